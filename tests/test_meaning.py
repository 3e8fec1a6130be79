"""What a message means, outside of a form and in the middle of one."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import meaning
from knowledge.book import Book
from knowledge.plan import Fact, Plan
from knowledge.text import fold
from tests.conftest import shipped_book as book

QUESTIONS = tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))
INTENTS = tomllib.loads((Path(__file__).parent / "intents.toml").read_text("utf-8"))
HELD_OUT = tomllib.loads((Path(__file__).parent / "intents_heldout.toml").read_text("utf-8"))
RIGHT = 0.95


def intent(words: str) -> str:
    return meaning.meant(words, book()).ability.intent


@cache
def examples() -> frozenset[str]:
    file = Path(meaning.__file__).parent / "phrases.toml"
    sections = tomllib.loads(file.read_text("utf-8")).values()
    return frozenset(fold(w) for said in sections for w in (*said["words"], *said["examples"]))


@pytest.mark.parametrize("messages", [INTENTS, HELD_OUT], ids=["intents", "held out"])
def test_messages_that_are_no_example_mean_what_people_meant(
    messages: dict[str, list[str]],
) -> None:
    rows = [(name, words) for name, said in messages.items() for words in said]
    unseen = [(name, words) for name, words in rows if fold(words) not in examples()]
    missed = [
        f"{words}: {got}, not {name}" for name, words in unseen if (got := intent(words)) != name
    ]
    assert len(unseen) >= 150
    assert len(missed) <= (1 - RIGHT) * len(unseen), "\n".join(missed)


def test_no_ability_takes_a_question_on_the_plans() -> None:
    answered = [row["words"] for row in QUESTIONS["question"] if row["kind"] == "answer"]
    taken = [words for words in answered if intent(words) != "ask_kb"]
    assert len(taken) <= 1, taken


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("/broadcast 清明祭扫改到4月3日", "announce"),
        ("/broadcast", "announce"),
        ("bm", "signup"),
        ("重阳节搞不搞活动", "coming"),
        ("读书征文最近有什么活动", "ask"),
        ("当志愿者有工资吗", "ask"),
        ("别提醒我", "unsubscribe"),
        ("别忘了提醒我", "subscribe"),
        ("我老伴去世了", "thanks"),
        ("我们这边从前有座桥啊", "thanks"),
        ("青砖黛瓦马头墙啊", "lost"),
        ("四张名片", "ask"),
        ("五老是什么人", "ask"),
        ("guo qiang ji jin", "ask"),
        ("您好，自查报告几月份交，谢谢", "ask"),
        ("我年轻时当过兵，讲师团要什么样的人", "ask"),
        ("请问我可以加入你们吗，我是退休教师", "signup"),
        ("给我娃报一个七彩的夏日", "child"),
        ("哪个地方的四点钟课堂离我家近些", "find"),
        ("你这机器人管些什么事情", "menu"),
        ("您好，明天的课我不去了帮我退掉", "cancel"),
        ("谢谢侬，以后弗要再发消息了", "unsubscribe"),
        ("今朝站头有啥子活动", "today"),
    ],
)
def test_what_is_near_to_another_meaning_is_told_apart(words: str, name: str) -> None:
    assert meaning.meant(words, book()).ability.name == name


def test_what_the_plans_answer_must_be_further_ahead() -> None:
    words = "校外辅导是不是要走很远"
    assert meaning.meant(words, Book(())).ability.name == "find"
    assert meaning.meant(words, book()).ability.name == "ask"


def test_what_cannot_be_done_yet_gives_way_to_what_the_plans_tell() -> None:
    plan = Plan("示例", "某市2026年工作要点", "某市关工委", "某市", 2026, None, None)
    told = "“薪火之星”：全年服务满150小时可以申报，50小时算合格。"
    known = Book([Fact(plan, 0, "一", ("一、志愿者",), told)])
    words = "一年服务满多少小时能报薪火之星"
    assert meaning.meant(words, known, "某市").ability.name == "ask"
    assert meaning.meant(words, Book(()), "某市").ability.intent == "hours"
    assert meaning.meant("我今年服务了多少小时", known, "某市").ability.intent == "hours"


def test_the_plans_of_the_asker_decide() -> None:
    words = "娃娃的爸妈在福建打工，附近哪里能跟他们视频通话"
    assert meaning.meant(words, book()).ability.name == "find"
    assert meaning.meant(words, book(), "云阳县").ability.name == "ask"


@pytest.mark.parametrize(
    "words",
    [
        "表格交到哪兩個部門",
        "你們收不收外地的孩子嗎",
        "讲哪部法律",
        "阿有唱戏的队伍",
        "教小孩画图的地方有没得",
        "外头来的小囡收伐",
        "是自己去，还是学校统一送",
        "奖状是一年一发 还是一季一发",
        "你们也教大人吧",
        "退休的医生你们要不",
        "每天派几个人，都站哪儿",
        "征文的题目是什么话题",
        "zhe ge huo dong zai na",
        "zhe shi shei zu zhi de",
    ],
)
def test_a_question_is_known_by_its_form(words: str) -> None:
    assert meaning.is_question(words)


@pytest.mark.parametrize(
    "words",
    [
        "水还烧着呢",
        "作业没人看，这算什么托管",
        "你说怪不怪",
        "你们把我写上吧",
        "哪天都行",
        "我才不",
    ],
)
def test_what_only_looks_like_a_question_is_none(words: str) -> None:
    assert not meaning.is_question(words)


@pytest.mark.parametrize(
    ("words", "name", "argument"),
    [
        ("给我娃报个书法班", "child", ""),
        ("暑假班给我外孙报一个", "child", ""),
        ("娃想来上课，怎么报名", "child", ""),
        ("我想教孩子画画，怎么报名", "signup", ""),
        ("我儿子想当志愿者", "signup", ""),
        ("给孩子们讲讲故事，算我一个", "signup", ""),
        ("我要投诉你们", "feedback", "complaint"),
        ("老师打骂学生，太不像话", "feedback", "complaint"),
        ("建议周末多开两门课", "feedback", ""),
        ("我要表扬你们的老师", "feedback", "praise"),
        ("👍", "thanks", "sign"),
        ("😂😂", "thanks", "sign"),
        ("。。。", "thanks", "sign"),
        ("？？？", "lost", ""),
    ],
)
def test_what_calls_for_another_reply_is_told_apart(words: str, name: str, argument: str) -> None:
    call = meaning.meant(words, book())
    assert (call.ability.name, call.argument) == (name, argument)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("退订", "unsubscribe"),
        ("\uff34D", "unsubscribe"),
        ("簽到", "checkin"),
        ("查时长", "hours"),
        ("群发", "staff_broadcast"),
        ("订阅", "subscribe"),
        ("人工", "human"),
        ("0", "menu/help"),
    ],
)
def test_exact_words_have_the_name_of_their_intent(words: str, name: str) -> None:
    call = meaning.exactly(words)
    assert call is not None
    assert call.ability.intent == name


def test_a_button_has_the_intent_of_its_ability() -> None:
    call = meaning.call("signup:station")
    assert call is not None
    assert (call.ability.name, call.ability.intent, call.argument) == (
        "signup",
        "signup_start",
        "station",
    )
    assert meaning.call("nonsense:1") is None


def in_form(words: str) -> str:
    """Say what becomes of words in the middle of a form."""
    call = meaning.exactly(words) or meaning.leads_out(words)
    if call:
        return call.ability.name
    return "question" if meaning.is_question(words) else "answer"


ANSWERS = """
王小凤 何其芳 常乐 李要武 黎海志 我叫周素琴 会唱锡剧 教小学数学 毛笔字和国画 科普和无线电
随便教什么都行 什么都会一点 没什么特长 多少会一点书法 以前在中学教物理 带过孙子会带小孩
陪孩子聊聊天 人生导师 都可以 哪天都可以 几点都行 周三上午和周五下午 除了星期一都行 三点半以后
同意 要改 第二个 听你们安排 就近安排 村委会旁边 常州市天宁区示例路18号 13900001234 0519-80000002
"""


@pytest.mark.parametrize("words", [*ANSWERS.split(), "许 国 强", "1 3"])
def test_an_answer_is_not_stolen(words: str) -> None:
    assert in_form(words) == "answer"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("算了不报了", "leave"),
        ("我不填了太麻烦", "leave"),
        ("不参加了不参加了", "leave"),
        ("quxiao", "leave"),
        ("刚才那个写错了", "back"),
        ("前面填错了", "back"),
        ("我先去接孙子", "pause"),
        ("有人敲门等一下", "pause"),
        ("要去买菜晚点再弄", "pause"),
        ("先去吃饭回头填", "pause"),
        ("接着填吧", "resume"),
        ("我回来了，接着填", "resume"),
        ("没看懂", "again"),
        ("看不明白你说的", "again"),
        ("刚刚问我什么", "again"),
        ("听不懂啊", "again"),
        ("？？？", "again"),
        ("这个要钱吗", "question"),
        ("辅导站几点开门", "question"),
        ("要不要带身份证", "question"),
        ("去一次多长时间", "question"),
        ("远不远", "question"),
        ("四点钟课堂是什么？", "question"),
    ],
)
def test_what_is_no_answer_is_heard(words: str, name: str) -> None:
    assert in_form(words) == name


STORY = "我今年七十一了，老伴前年走的，儿子在深圳，一年回来一趟"


@pytest.mark.parametrize("story", [STORY, STORY.replace("，", "")])
@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("你们最近有什么活动", "coming"),
        ("以后别再给我发消息了", "unsubscribe"),
        ("帮我把报名退掉", "cancel"),
        ("附近有没有辅导站", "find"),
        ("有活动提前告诉我一声", "subscribe"),
        ("我要找人工", "human"),
    ],
)
def test_a_wish_is_heard_behind_a_story(story: str, wish: str, name: str) -> None:
    assert meaning.meant(f"{story}，{wish}", book()).ability.name == name
    assert meaning.meant(f"{story}{wish}", book()).ability.name == name


def test_a_story_alone_is_a_remark() -> None:
    assert meaning.meant(STORY, book()).ability.intent == "smalltalk"


def test_a_form_laid_aside_can_be_taken_up() -> None:
    call = meaning.meant("我回来了接着填", book())
    assert call.ability.name == "resume"


@given(st.text())
def test_any_text_means_something_or_nothing(words: str) -> None:
    meaning.exactly(words)
    meaning.meant(words, book())
    meaning.leads_out(words)
    meaning.is_question(words)


def test_an_example_stands_once() -> None:
    file = Path(meaning.__file__).parent / "phrases.toml"
    said = re.findall(r'"([^"]+)"', file.read_text("utf-8").split("[menu]", 1)[1])
    twice = {phrase for phrase in said if said.count(phrase) > 1}
    assert not twice


@pytest.mark.parametrize(
    ("words", "told", "untagged"),
    [
        ("数学，行吗", "数学", "数学"),
        ("郑陆那个，还有位子没有", "郑陆那个", "郑陆那个，还有位子没有"),
        ("要不要钱？几点开门", "要不要钱？几点开门", "要不要钱？几点开门"),
        ("行吗", "行吗", "行吗"),
    ],
)
def test_a_question_behind_an_answer_is_told_apart(words: str, told: str, untagged: str) -> None:
    assert meaning.without_questions(words) == told
    assert meaning.without_tags(words) == untagged
