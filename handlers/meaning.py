"""What a message means: exact words, likeness to examples, and whether it is a question."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from handlers import ABILITIES, finder
from handlers.ability import Ability
from handlers.hearing.numerals import unwrapped
from knowledge import facets, programmes
from knowledge.book import Book
from knowledge.phrases import Phrases
from knowledge.sounds import syllables
from knowledge.text import fold, simplified
from knowledge.verdict import ENOUGH, PLENTY, THIN

AHEAD: Final = 0.2
"""By how much something must rank before the best question on the plans to be meant."""

AHEAD_IF_ASKED: Final = 0.48
"""The same for what is asked: it may be of the plans, although they do not answer it."""

AHEAD_IF_ANSWERED: Final = 0.95
"""The same for what is asked and answered by the plans."""

AHEAD_BY_MATTER: Final = 0.18
"""The same grows by this with each pair of matter that the plans answer with beyond MATTER."""

MOST_AHEAD: Final = 1.5
"""What is so far ahead is meant, whatever the plans say."""

MATTER: Final = 1.5
"""So much rare matter, in pairs that a single fact has, is more than chance."""

SURE_IN_FORM: Final = 0.46
"""How like an example a message in the middle of a form must be; most are answers."""

FAINT: Final = 0.3
"""A remark that ranks lower was not understood."""

FAINT_IF_ASKED: Final = 0.45
"""The same for a question: it may be of anything."""

FAINT_COURTESY: Final = 0.5
"""The same for kind words, whose replies must fit."""

SHOWS: Final = frozenset({"ask", "find", "coming", "today", "mine", "help", "human"})
"""What a question in the middle of a form may lead to: they show something and change nothing."""

THANKFUL: Final = 0.7
"""What ranks lower as thanks is a remark to which no 不客气 fits."""

FEW: Final = 4
"""A question of so few characters belongs to the greeting beside it: 哈喽，有人么."""

COURTESY: Final = frozenset({"welcome", "thanks"})
"""What people say along with what they want."""

BESIDE: Final = 0.9
"""What is wanted must rank this share of the courtesy beside it."""

COSTS: Final = frozenset({"fee", "money", "pay", "insurance"})
"""What is asked about signing up and not done by it; no form tells it."""

CLOSED: Final = "not_yet"
"""What cannot be done here yet is not meant where the plans answer a question of nobody's own."""

ANSWER: Final = "form"
"""The section of what answers in a form sound like."""

LOST: Final = "lost"
"""The section of what is like nothing; it has no examples."""

SIGN: Final = "thanks:sign"
"""What answers a message of signs alone: 👍, 。。。"""

RESUME: Final = "resume"
"""The section that is listened for in a form and while one is laid aside."""

SURE_IF_SHORT: Final = 0.7
"""The same for what is so short that it could be a name."""

LONGEST_NAME: Final = 4

_FILE: Final = Path(__file__).parent / "phrases.toml"
_QUESTION = re.compile(
    r"[?？]\s*$|(?:吗|[成行中能来学去]不|(?:这|那|你们).{2,8}的吧)(?=\W|$)|[吗么伐]$|(?<!着)呢$|"
    r"你们(?!.*[别把帮给让请])\w{2,10}吧$|阿[有要是会好能]|有没得|没得$|是.{1,10}\W*还是\w|"
    r"\w\w(?<![我你您还也可都才就偏])不$|"
    r"哪[一二两三四五六七八九十几部本方句层所间]|什么|啥|怎么|怎样|咋|如何|多少|多久|多长|多大|多远|多高|多重|几点|几号|"
    r"(?<![好十百过会有这那])几[个回次场天年月日岁位人块样节堂趟路楼]|[在去到从]哪|哪$|哪里|哪儿|哪[些个天条家位所种路边块样年期届份项支类级]|"
    r"谁(?!都)|为什么|(?P<verb>.)\w?不(?P=verb)|有没有|可不可以|[要行钱远有贵收管]不$|[能会可要].{1,8}不$|"
    r"有.{1,6}没有?$|[了过上到功]没有?$|想(问|打听|咨询|了解|知道)|请问|\w{3,}还是\w{2,}(?<![吧了])$|"
    r"(?i:shen ?me|zen ?me|na ?[le][ir]|duo ?shao|ji ?dian|"
    r"ji ?sui|ji ?nian ?ji|shei|zai ?na|you ?mei ?you)"
)
_MINE = re.compile("[我俺咱偶]")
_COMMAND = re.compile(r"/([a-z]+)\s")
_INDEFINITE = re.compile(
    r"(什么|啥|怎么|怎样|咋|如何|多少|几[点样个]|几号|哪里|哪儿|哪些|哪个|哪天|哪|谁|多[大远久长])[^，,。；;]{0,4}[都也]|"
    r"这算什么|什么破|[像是]什么话(?![题剧])|什么态度|你说\w{1,3}不\w{1,3}$|没什么|没有什么|没啥|怎么(会|能|可能)不|有什么不(行|好|可以|同意|愿意)|还能(有|是)?(什么|啥)|[你您]看怎么|"
    r"问(啥|什么)\w{0,4}[嘛呀]|不(好|会|知道|晓得)(说|叫|写)\w{0,2}(啥|什么)|想学怎么|老问|"
    r"多少会|多少懂|(随便|不管|无论)(什么|啥|怎么|哪)|[看听随]你们|"
    r"(教|讲|说|聊)(孩子|小孩|学生|娃|大家)?们?.{0,2}(什么是|为什么|如何|怎么[^报走办去收算])"
)
_JOINS = re.compile(r"报名|报上|登记|参加|加入|签到|取消|我要|我想")
_CHILD = re.compile(r"(?:娃|孩子|小孩|儿子|女儿|闺女|丫头|孙子|孙女|外孙|宝宝)(?!们)")
_HELPS = re.compile(
    r"教|讲|辅导(?![班站])|陪|帮[扶助带]|结对|志愿|义工|公益|资助|导师|五老|出.{0,2}力"
)
_PUZZLED = re.compile(r"[?？]")
_CLAUSE_END = re.compile(r"[，,。.；;!！?？\s]+")
_TAG = re.compile(
    r"(这样|你看|那|能)?(行|可以|成|好|对|中|得|要得|可|是|能行|算)(吗|么|不|不行|不成|不好|不对|不中|不可以|不算|没|伐|呗)"
    r"|听(清楚|懂|明白)(了?[吗没]|了没有?)|(明白|晓得|知道|听到)了?[吗没不]"
)
_REMARK = re.compile(
    r"[我俺咱偶]|^(?:今[天早晚儿]|昨[天晚儿]|前[天些]|刚)|[了啊呀啦哦哈嘛呗吧]$|"
    r"真|好[热冷累烦高开]|太.+了"
)
_LEAVE = re.compile(r"(?<=\w\w)(行|好|可以|成|中)(吗|么|不\1|不|不行|不好)$")
_WANTS = re.compile(
    r"想[知问了听看查找]|帮|给我|告诉|介绍|说说|讲讲|[查找问]一?[下查找问]|请问|计划|文件|要点|通知|规定|材料|内容|情况|要求|活动|工作"
)


@dataclass(frozen=True, slots=True)
class Call:
    """An ability and its argument, as a button carries them: "ability:argument"."""

    ability: Ability
    argument: str = ""


@cache
def by_name() -> Mapping[str, Ability]:
    """Every ability by its name."""
    return {ability.name: ability for ability in ABILITIES}


def call(data: str) -> Call | None:
    """Return what a button calls, None for data that no button of ours has."""
    name, _, argument = data.partition(":")
    ability = by_name().get(name)
    if ability is None:
        return None
    intent = _phrases().get(data, {}).get("intent", ability.intent)
    return Call(replace(ability, intent=intent), argument)


@cache
def _phrases() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def _exact() -> Mapping[str, str]:
    return {fold(word) or word: data for data, said in _phrases().items() for word in said["words"]}


@cache
def _examples(*, in_form: bool) -> Phrases:
    """The examples that are listened for inside a form, or outside of one."""
    chosen = {
        data: [*said["words"], *said["examples"]]
        for data, said in _phrases().items()
        if (_is_for_forms(data) == in_form or data == RESUME) and data != LOST
    }
    return Phrases(chosen, _intent, _courtesy())


def _intent(data: str) -> str:
    """Return what a section means, under one name for all that mean the same."""
    if data == ANSWER or by_name()[data.partition(":")[0]].only_in_form:
        return data
    found = call(data)
    return found.ability.intent if found else data


def _is_for_forms(data: str) -> bool:
    return data == ANSWER or by_name()[data.partition(":")[0]].only_in_form


def exactly(words: str) -> Call | None:
    """Return what words call that always mean the same; a command may have more behind it."""
    data = _exact().get(fold(words) or words.strip())
    if data is None and (command := _COMMAND.match(words)):
        data = _exact().get(command[1])
    return call(data) if data else None


def meant(words: str, book: Book, region: str | None = None) -> Call:
    """Return what words mean outside of a form.

    What may be meant for an ability, but not surely, is a question, the more so if the plans of
    ``book`` answer it; what is like nothing is a question or a remark. ``region``: the asker's.
    """
    if found := exactly(words):
        return found
    if is_sign(words):
        return _call(LOST if _PUZZLED.search(words) else SIGN)
    if only_polite := _polite().get(fold(words)):
        return _call(only_polite)
    words = _asked_politely(words)
    ranks = _ranks(words)
    name = _first(ranks)
    told = partial(_told, words, book, region)
    is_ahead = _is_ahead(name, ranks, words, told) and _is_clear(name, ranks[name], words)
    if is_ahead and not _is_of_the_plans(name, words):
        return _call(_exactly_meant(name, ranks[name], words))
    if finder.asks_for_details(words):
        return _call("find")
    return _call(LOST if is_remark(words) and told() < MATTER else "ask")


def is_sign(words: str) -> bool:
    """Tell whether a message has no words, only signs, drawn faces and what stands for them."""
    return not fold(words) or not fold(unwrapped(words))


def is_well_answered(words: str, book: Book, region: str | None) -> bool:
    """Tell whether words are plainly a question and the plans answer it at length."""
    is_asked = is_question(words) and meant(words, book, region).ability.name == "ask"
    return is_asked and _told(words, book, region) >= PLENTY


def _told(words: str, book: Book, region: str | None) -> float:
    """Return by how much rare matter the plans answer words, 0 where they do not."""
    found = book.ask(words, region)
    if found.kind not in ("answer", "ask_back"):
        return 0.0
    best = found.hits[0]
    is_wordy = best.score >= THIN and best.evidence >= PLENTY
    return best.evidence if best.score >= ENOUGH or is_wordy else 0.0


def _asked_politely(words: str) -> str:
    """Return a question without the greeting or the thanks around it."""
    rest = "，".join(clause for clause in _clauses(words) if fold(clause) not in _polite())
    return rest if is_question(rest) and len(fold(rest)) > FEW else words


@cache
def _polite() -> Mapping[str, str]:
    """What is said of courtesy alone, folded, with the section it stands in."""
    said = _phrases()
    return {
        fold(word): name
        for name in _courtesy()
        for word in (*said[name]["words"], *said[name]["examples"])
    }


def _ranks(words: str) -> dict[str, float]:
    """Return how high each section ranks, "ask" in any case."""
    ranked = _examples(in_form=False).ranked(words)
    return {"ask": 0.0} | {match.name: match.rank for match in ranked}


def _first(ranks: Mapping[str, float]) -> str:
    """Return what ranks first; what is to be done goes before what is only said with it."""
    first = max(ranks, key=ranks.__getitem__)
    wanted = max(ranks.keys() - _courtesy(), key=ranks.__getitem__)
    return wanted if wanted != "ask" and ranks[wanted] >= BESIDE * ranks[first] else first


@cache
def _courtesy() -> frozenset[str]:
    return frozenset(name for name in _phrases() if name.partition(":")[0] in COURTESY)


def _is_ahead(name: str, ranks: Mapping[str, float], words: str, told: Callable[[], float]) -> bool:
    """Tell whether something ranks so far before a question on the plans that it is meant.

    The plans are asked only where that decides: ``told`` is by how much matter they answer.
    """
    ahead = ranks[name] - ranks["ask"]
    is_own = _is_own(name, words)
    if not is_question(words):
        return ahead >= AHEAD_IF_ASKED or (ahead >= AHEAD and (is_own or told() < PLENTY))
    if name.startswith(CLOSED) and not _MINE.search(words) and told() >= MATTER:
        return False
    if ahead < AHEAD_IF_ASKED or ahead >= MOST_AHEAD or is_own:
        return ahead >= AHEAD_IF_ASKED
    matter = told() - MATTER
    return matter < 0 or ahead >= AHEAD_IF_ANSWERED + AHEAD_BY_MATTER * matter


def _is_own(name: str, words: str) -> bool:
    """Tell whether words ask for what only we can do, whatever the plans say of the matter."""
    own = _OWN.get(name.partition(":")[0])
    return own is not None and bool(own.search(words))


def _is_clear(name: str, rank: float, words: str) -> bool:
    """Tell whether words are like what is meant, and not only less unlike it than the rest."""
    if name in _courtesy():
        return rank >= FAINT_COURTESY
    if is_question(words):
        return rank >= FAINT_IF_ASKED
    return rank >= FAINT or not is_remark(words)


def _is_of_the_plans(name: str, words: str) -> bool:
    """Tell whether a question is about a programme, or what it costs, and not how to join in it."""
    detail = facets.missing(words, "") if name.startswith("signup") else None
    if detail is not None and detail.kind in COSTS:
        return True
    named = programmes.named_in(words)
    if named is None or (name not in _courtesy() and _JOINS.search(words)):
        return False
    is_all = _spelled(words) in map(_spelled, (named.name, *named.also))
    fits = _HELPED.get(name, set() if is_all or name in _courtesy() else {named.help})
    return (is_all or is_question(words)) and named.help not in fits


def _exactly_meant(name: str, rank: float, words: str) -> str:
    """Return what is meant: parents sign up a child of theirs; faint thanks are a remark."""
    if name == "signup" and _CHILD.search(words) and not _HELPS.search(words):
        return "child"
    return "thanks:talk" if name == "thanks" and rank < THANKFUL else name


def _spelled(words: str) -> list[str]:
    return syllables(fold(words))


_WANTS_IN = re.compile(r"我(?!们).{0,4}(?:加入|参加|报)|[加算]我|报[上名]|怎么(?:个|样)?报|登记")
_OF_US = re.compile(r"机器|助手|小程序|小关|你(?!们)")
_OWN: Final[Mapping[str, re.Pattern[str]]] = {
    "signup": _WANTS_IN,
    "child": _WANTS_IN,
    "find": re.compile(r"离.{0,8}[近远]"),
    "menu": _OF_US,
    "help": _OF_US,
}
"""What says of these sections that no plan is meant."""

_HELPED: Final[Mapping[str, Set[str]]] = {
    "find": {"station"},
    "coming": {"station", "any"},
    "today": {"station", "any"},
    "signup": {"station", "pair", "any"},
    "mine": {"station", "any"},
}
"""The ways to help in programmes that these sections may be asked of; others are the plans'."""


def _call(data: str) -> Call:
    found = call(data)
    assert found is not None, data
    return found


def leads_out(words: str) -> Call | None:
    """Return what somebody wants to do with the form they are in, instead of answering."""
    if not fold(words) and _PUZZLED.search(words):
        return call("again")
    match = _examples(in_form=True).best(words)
    sure = SURE_IF_SHORT if len(fold(words)) <= LONGEST_NAME else SURE_IN_FORM
    if match is None or match.name == ANSWER or match.likeness < sure:
        return None
    is_term = match.name == "again" and programmes.named_in(words)  # 五老是什么意思
    return None if is_term else call(match.name)


def is_question(words: str) -> bool:
    """Tell whether words are plainly a question; 哪天都行 is none."""
    plain = simplified(words)
    return bool(_QUESTION.search(plain)) and not _INDEFINITE.search(plain)


def is_remark(words: str) -> bool:
    """Tell whether words only tell something, so that no passage of a plan answers them."""
    if is_question(words) or _WANTS.search(words) or programmes.named_in(words):
        return False
    return bool(_REMARK.search(words))


def without_questions(words: str) -> str:
    """Return the clauses that ask nothing, or only for leave; all of them where each asks."""
    clauses = [_LEAVE.sub("", clause) for clause in _clauses(words)]
    told = [clause for clause in clauses if not is_question(clause)]
    return "，".join(told) or words


def without_tags(words: str) -> str:
    """Return words without a clause that only asks for leave: 数学，行吗."""
    kept = [clause for clause in _clauses(words) if not _TAG.fullmatch(clause)]
    return words if len(kept) == len(_clauses(words)) else "，".join(kept) or words


def _clauses(words: str) -> list[str]:
    return [clause for clause in _CLAUSE_END.split(words) if clause]
