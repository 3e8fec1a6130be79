"""Plans as papers: which year a question means, which plan, and whether it is about the paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from knowledge.text import fold, sound

_HAN_YEAR: Final = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_YEAR = re.compile(
    r"(?<!\d)((?:19|20)\d\d)(?=年(?![进入毕退出生参])|的|工作要点)"
    r"|(?<![\d了过满干做教当第近有])([0-2]\d|30)年(?![多来书以级龄进入毕退出生参纪庆])"
)
_WRITTEN_YEAR = re.compile(
    r"(?<![\d-])(?:(?:19|20)\d\d年?|(?:[0-2]\d|30)年)(?![\d进入毕退出生参纪庆])"
)
_YEAR_IN_HAN = re.compile(r"[二2][〇零○0][〇零○一二三四五六七八九\d]{2}(?=年)")

_ASPECT = re.compile(
    r"文件?号|字号|编号|(?:几|多少|哪个|什么)号文|发的?是?(?:哪个|什么|几)号|签的?是?[哪几何]|(?:意见|安排|计划|要点|方案|通知|打算).{0,6}(?:发布|公布|下发|时候发)"
    r"|(?:哪个?会|会上?)通过|(?:意见|安排|计划|要点|方案).{0,6}通过"
    r"|签发|签的?字|谁签|落的?款|印[发制]|[哪几何].{0,3}[印发]的?$|[谁位]发的|发文|谁印|全称|标题|发给"
    r"|哪[几些两三四]家?(?:单位|部门)?(?:联合|一起)(?:搞|发|印|下发|出)"
)
_OF_PAPER = re.compile(
    r"文号|字号|编号|几号文|行动|落的?款|发布|公布|下发|安排|打算|今年|[哪一]天|签发|签|字|文件?|会上?|过|通过|函|党委会?|医院|公司|大学|中学|小学|系统|体育局|教体局|集团|油田|农场|还有|印发|印|发文|发给|发|全称|标题|日期|时间|单位|工作|要点|计划|意见|通知|文件|方案|教育局|教委|教育|学校|学院|市|镇|厂里?|县里?|区里?|校里?|院里?|街道|社区"
    r"|思路|重点|小组|联合|一起|搞|家|注明|行事历|任务|机关|[省市县区]直|[上下]半年|第?[一二]学期|[盟旗]|[春秋]季学期|学期|学年|关心下一代|关工委|关工|委员会|是|在|由|有|什么|啥|哪[天年里个些份家]?|几月|几号|几|多少|何时|时候|号|谁|那|这|份|个|的|年度?|\d|月|你们|我们|请问|怎么|呢|吗|呀|啊|了|出|来|叫|末尾|尾巴|最后|结尾|开头|日子|[一二三四五六七八九十]+月|上写的|上面|下面|底下|州里?|省里?|编的?|第|写材料|材料|引用|要用|要|用|麻烦|帮我?|查一?下?|抄|写|制|分别|各自?|和|与|跟|[a-z]+"
)

_WHICH_PLAN = re.compile(
    r"哪一?份(?:里|上|中|写|提|说|讲)|哪[所个家](?:高校|大学)|哪一?(份|几份|个|几个|些)?(计划|要点|通知)|(计划|要点)(里|中)?的?$|[是在有]?哪([两几一]?家|边|几家|个单位|个市|个镇|座城市|个城市|(?<![进去到往走]哪)些地方|些单位)"
    r"|(?<![进去到往走])哪个(学校|学院|地方|街道|镇|县|区|市)(?=的?(?:计划|要点|安排))|(?<![进去到往走])哪个(学校|学院|地方)|谁家|(?:哪[里儿家]|谁)的(?:计划|要点|方案|通知)|哪[里儿](提|有|在搞|在办)"
)

_WHICH_PLANS = re.compile(
    r"哪[几两些三]?(?:家|份|个|些)?的?(?:计划|要点)|哪[几两些三](?:家|份|个)?(?:地方|单位|学校|城市)?(?:写|提|有|都|讲|说)|哪[几两些三][家份]$"
    r"|还有哪(?:些|几|里|个)(?:地方|家|个)?"
)
_SOURCE = re.compile(
    "文件?号|几号文|出自哪|哪个单位的(?:计划|要点)|(?<![要带交备])(?:什么|啥)文件(?=[里上中规要说写定])"
    "|哪一?[个份](?:文件?|计划|要点|通知|方案)(?:号|里|中|上|定|写|提|说|规定|要求|$)"
)
_COMPARED = re.compile(
    r"各自|分别|两[边家]|都|是不是(?:一[码回]事|同)|同一|各(?:自|办|叫|是|有|给|订|多少|几|发|招|设|搞|要|在|怎)|区别|差别|不同|一样|对比|相比|比一比|比比|比较|和.{1,12}比"
)

_SIDE_BY_SIDE = re.compile(
    "各地(?!的?老同志|关工委)|几个地方|几份计划|几家单位|每份计划|各家(?!长|庭)|(?:有什么|有啥|有何)(?:不同|不一样|区别)"
    "|差别|对比|相比|比一比|(?:[和与跟、]|》《).{1,24}(?:分别|各自|区别)|大家.{0,4}分别"
)


def named_years(question: str) -> set[int]:
    """Return the years that a question names: 2023年, 二〇二三年, 23年; but not 教了20年书."""
    folded = _YEAR_IN_HAN.sub(lambda year: year[0].translate(_HAN_YEAR), fold(question))
    found = (full or f"20{short}" for full, short in _YEAR.findall(folded))
    return {int(year) for year in found}


def without_years(question: str) -> str:
    """Return a question without the years that it names."""
    return _WRITTEN_YEAR.sub(" ", question)


def asks_of_paper(question: str, titles: Iterable[str] = ()) -> bool:
    """Tell whether a question is only about a plan as a paper: its number, date or sender.

    The paper may be named by a part of one of the ``titles``.
    """
    folded = fold(question)
    if not _ASPECT.search(folded):
        return False
    left = _OF_PAPER.sub("", folded)
    heard = " ".join(sound(left))
    return len(left) < 2 or any(heard in " ".join(sound(fold(title))) for title in titles)


def asks_for_source(question: str) -> bool:
    """Tell whether a question wants to know in which paper a matter stands, or its number."""
    return bool(_SOURCE.search(fold(question)))


def asks_of_all_plans(question: str) -> bool:
    """Tell whether a question wants every plan named that says something."""
    return asks_which_plan(question) and bool(_WHICH_PLANS.search(fold(question)))


def asks_side_by_side(question: str) -> bool:
    """Tell whether a question wants each of several matters told, whoever's plan has it."""
    return bool(_SIDE_BY_SIDE.search(fold(question)))


def asks_to_compare(question: str) -> bool:
    """Tell whether a question wants to see side by side what two plans say."""
    return bool(_COMPARED.search(fold(question)))


def asks_which_plan(question: str) -> bool:
    """Tell whether a question wants to know whose plans say something."""
    return bool(_WHICH_PLAN.search(fold(question)))
