"""Whether two questions are the same one: pairs that are, pairs that are not, places and days."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.answered import NEARLY_THE_SAME, Answered, Match, alike, best, is_still_meant

TODAY = date(2026, 11, 25)

ALIKE = (
    ("红烧肉怎么烧才烂", "请问红烧肉要怎么烧才能烂"),
    ("和平社区辅导站周六开门吗", "和平社区的辅导站星期六开不开门"),
    ("周六和平社区辅导站开吗", "和平社区辅导站礼拜六开放吗"),
    ("书法班收费吗", "书法班要不要钱"),
    ("书法班多少钱", "请问一下书法班的收费标准是多少"),
    ("辅导站的电话是多少", "辅导站联系电话"),
    ("辅导站电话号码", "想问一下辅导站怎么联系"),
    ("征文什么时候截止", "征文的截止日期是哪天"),
    ("夏令营要带什么", "参加夏令营需要准备什么"),
    ("孩子可以带弟弟一起来吗", "小孩能不能带弟弟来"),
    ("shufaban duoshao qian", "书法班多少钱"),
    ("hongshaorou zenme shao", "红烧肉怎么烧"),
    ("书发班收费吗", "书法班收费吗"),
    ("夏令营几岁可以参加", "夏令营参加要多大年龄"),
    ("三年级可以来辅导站吗", "3年级能来辅导站吗"),
    ("河海社区辅导站在哪里", "河海社区辅导站地址"),
    ("辅导站暑假开门吗", "暑期辅导站开不开"),
    ("志愿者有补贴吗", "志愿者有没有补贴"),
    ("辅导站有空調嗎", "辅导站有空调吗"),
    ("志愿者马甲在哪里领", "请问志愿者马甲在哪儿领啊"),
    ("家长学校怎么报名", "家长学校如何报名"),
    ("讲故事比赛在哪个学校举行", "讲故事竞赛在哪个学校举行呀"),
    ("五老志愿者证丢了怎么补办", "请问志愿者证丢了怎么补办"),
    ("老同志体检安排在什么时候", "老同志什么时候体检"),
    ("参加夏令营要家长签字吗", "夏令营要不要家长签字"),
    ("宣讲团请谁来讲课", "宣讲团请哪位来讲课"),
    ("留守儿童一对一帮扶怎么申请", "怎么申请留守儿童一对一帮扶"),
    ("宣讲稿有模板吗", "有没有宣讲稿的模板"),
    ("我想问一下，活动室可以借用吗？", "活动室能借用吗"),
    ("老花镜可以领吗", "老花镜能领不"),
    ("zhiyuanzhe zenme baoming", "志愿者怎么报名"),
    ("志愿者怎么抱名", "志愿者怎么报名"),
    ("辅导站最晚几点关门", "辅导站几点关门"),
    ("积分可以换什么", "积分能换些什么东西"),
    ("志愿服务時長怎麼算", "志愿服务时长怎么算"),
    ("请问绘画比赛的作品要多大尺寸？", "绘画比赛作品尺寸要多大"),
)

NOT_ALIKE = (
    ("书法班收费吗", "书法班电话多少"),
    ("书法班收费吗", "书法班几点开始"),
    ("书法班收费吗", "绘画班收费吗"),
    ("和平社区辅导站周六开门吗", "河海社区辅导站周六开门吗"),
    ("和平社区辅导站周六开门吗", "和平社区辅导站周日开门吗"),
    ("辅导站周六开门吗", "辅导站周六几点开门"),
    ("四点钟课堂怎么报名", "四点钟课堂是什么"),
    ("四点钟课堂怎么报名", "四点钟课堂怎么取消"),
    ("2025年征文什么时候截止", "2026年征文什么时候截止"),
    ("征文什么时候截止", "征文什么时候开始"),
    ("征文要多少字", "征文什么时候截止"),
    ("三年级可以来辅导站吗", "一年级可以来辅导站吗"),
    ("王老师电话多少", "李老师电话多少"),
    ("可以带弟弟来吗", "可以带妹妹来吗"),
    ("男生可以参加吗", "女生可以参加吗"),
    ("上半年的活动有哪些", "下半年的活动有哪些"),
    ("明天辅导站开门吗", "后天辅导站开门吗"),
    ("为什么要办家长学校", "怎么办家长学校"),
    ("家长学校在哪里报名", "家长学校怎么报名"),
    ("能不能报名家长学校", "怎么报名家长学校"),
    ("志愿者有补贴吗", "志愿者要交钱吗"),
    ("不参加会怎么样", "参加会怎么样"),
    ("辅导站地址", "辅导站电话"),
    ("河海小学辅导站电话", "河海中学辅导站电话"),
    ("夏令营几岁可以参加", "夏令营多少人参加"),
    ("去年征文获奖名单", "今年征文获奖名单"),
    ("书法班老师是谁", "书法班老师电话"),
    ("书法班有名额吗", "书法班收费吗"),
    ("第一期夏令营什么时候开始", "第二期夏令营什么时候开始"),
    ("孩子生病了不能来怎么办", "老师生病了不能来怎么办"),
    ("hehai shequ dianhua", "和平社区电话"),
    ("辅导站", "辅导站收费吗"),
    ("志愿者证丢了怎么补办", "志愿者证怎么办理"),
    ("辅导站几点关门", "辅导站几点开门"),
    ("绘画比赛什么时候交作品", "绘画比赛什么时候公布结果"),
    ("东湖站电话", "西湖站电话"),
    ("积分可以换什么", "积分怎么查"),
    ("张主任的办公室在哪里", "张主任的电话是多少"),
    ("可以带狗来吗", "可以带猫来吗"),
    ("志愿服务时长怎么算", "志愿服务时长怎么查"),
    ("今天下午辅导站开门吗", "今天上午辅导站开门吗"),
    ("小学组征文多少字", "初中组征文多少字"),
    ("讲座要提前报名吗", "讲座要收费吗"),
    ("报名截止到几号", "公布结果是几号"),
    ("书法班什么时候开课", "书法班什么时候结束"),
    ("宣讲团怎么申请", "宣讲团怎么退出"),
    ("城东辅导站有暖气吗", "城西辅导站有暖气吗"),
    ("夏令营收多少人", "夏令营收多少钱"),
    ("老师有工资吗", "老师有证书吗"),
    ("每周三有课吗", "每周五有课吗"),
    ("奖状什么时候发", "奖金什么时候发"),
    ("家长可以旁听吗", "家长可以不来吗"),
    ("钢琴课在几楼", "钢琴课在几点"),
    ("报名表在哪里下载", "报名表交到哪里"),
)
"""The same topic and another detail, another station, another year; or another topic."""


@pytest.mark.parametrize(("question", "other"), ALIKE)
def test_the_same_question_in_other_words(question: str, other: str) -> None:
    assert alike(question, other) == alike(other, question) > 0.7


@pytest.mark.parametrize(("question", "other"), NOT_ALIKE)
def test_a_question_that_is_only_near(question: str, other: str) -> None:
    assert alike(question, other) == alike(other, question) == 0


def test_there_are_enough_pairs() -> None:
    assert len(ALIKE) >= 30
    assert len(NOT_ALIKE) >= 50


@pytest.mark.parametrize("word", ["？", " ", "！！", "呢", "请问一下，"])
def test_what_says_nothing_changes_nothing(word: str) -> None:
    assert alike(f"{word}书法班收费吗{word}", "书法班收费吗") >= NEARLY_THE_SAME


@pytest.mark.parametrize("words", ["", "？", "多少钱", "怎么", "2026年", "常州市"])
def test_a_question_without_a_topic_is_like_itself_alone(words: str) -> None:
    assert alike(words, words) == 1.0
    assert alike(words, "书法班收费吗") == 0


@pytest.mark.parametrize(
    ("region", "question", "asker", "fits"),
    [
        (None, "书法班收费吗", None, True),
        (None, "书法班收费吗", "南通市", True),
        ("常州市", "书法班收费吗", "常州市", True),
        ("常州市", "书法班收费吗", "天宁区", True),
        ("天宁区", "书法班收费吗", "常州市", False),
        ("常州市", "书法班收费吗", "南通市", False),
        ("常州市", "书法班收费吗", None, False),
        ("常州市", "常州的书法班收费吗", "南通市", True),
        ("常州市", "常州的书法班收费吗", None, True),
        ("常州市", "南通的书法班收费吗", "常州市", False),
    ],
)
def test_an_answer_holds_for_its_place(
    region: str | None, question: str, asker: str | None, fits: bool
) -> None:
    given = Answered(1, ("书法班收费吗",), region, TODAY)
    assert (best(question, asker, [given], TODAY) is not None) == fits


def test_the_answer_for_the_smallest_place_counts_then_the_newest() -> None:
    wording = ("书法班收费吗",)
    given = [
        Answered(1, wording, "天宁区", TODAY),
        Answered(2, wording, "常州市", TODAY),
        Answered(3, wording, None, TODAY),
        Answered(4, wording, None, TODAY),
    ]
    asked = "书法班要钱吗"
    for asker, id in (("天宁区", 1), ("武进区", 2), ("南通市", 4)):
        found = best(asked, asker, given, TODAY)
        assert found is not None
        assert found.id == id


def test_the_wording_that_is_most_alike_counts() -> None:
    given = [Answered(7, ("绘画班收费吗", "书法班收费吗"), None, TODAY)]
    assert best("书法班收费吗", None, given, TODAY) == Match(7, 1.0)
    assert best("象棋班收费吗", None, given, TODAY) is None


@pytest.mark.parametrize(
    ("question", "asked", "still"),
    [
        ("辅导站明天开门吗", date(2026, 11, 25), True),
        ("辅导站明天开门吗", date(2026, 11, 24), False),
        ("这周六开门吗", date(2026, 11, 23), True),
        ("这周六开门吗", date(2026, 11, 22), False),
        ("这个月有讲座吗", date(2026, 11, 1), True),
        ("这个月有讲座吗", date(2026, 10, 31), False),
        ("今年有夏令营吗", date(2026, 1, 1), True),
        ("今年有夏令营吗", date(2025, 12, 31), False),
        ("有夏令营吗", date(2020, 1, 1), True),
    ],
)
def test_what_holds_for_a_while_is_not_said_later(question: str, asked: date, still: bool) -> None:
    assert is_still_meant(question, asked, TODAY) == still
    given = [Answered(1, (question,), None, asked)]
    assert (best(question, None, given, TODAY) is not None) == still
