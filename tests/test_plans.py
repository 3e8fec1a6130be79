"""The digests of the plans: well formed, in our own words, and true to their originals."""

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest

from knowledge import places
from tests.digests import (
    DIGESTS,
    KINDS,
    MARKS,
    NUMERALS,
    ORIGINALS,
    TITLE,
    Digest,
    bare,
    figures,
    members_of_lists,
    names,
    original,
    pairs,
    read,
    sections_of_digest,
    sections_of_original,
    share_told,
    squeeze,
    titles,
    told_unquoted,
    towns,
    untitled,
)

KEYS = {"title": str, "issuer": str, "place": str, "year": int, "number": str, "issued": str}
LONGEST_COPY = 27
SHORTEST, LONGEST = 18, 100
A_PART, PART_TOLD, SENTENCE_TOLD = 2, 0.4, 0.65
NEEDS_WHAT_STANDS_BEFORE = re.compile(
    r"该[^死打去说不做怎]|此项|上述|前者|后者|这项|这份文件|^[这他她它此]"
)

MARK_TOO_LATE = "《关于进一步加强基层关心下一代工作的意见要求》"
IN_FULL = "《中共重庆市委办公厅、重庆市人民政府办公厅关于进一步加强基层关心下一代工作的意见》"
NOT_OF_A_LIST = {"将辅导站建设与家庭教育", "社区教育紧密"}
"""What follows on a list in 003 behind one more 、."""

EXCEPTIONS = {
    ("000", "两大"): "people ask for 两大工程; the plan names the two without counting them",
    ("004", MARK_TOO_LATE): "the title ends with 意见; its full form stands in the digest",
    ("004", IN_FULL): "the full form of the title that the plan closes too late",
}


@pytest.fixture(params=DIGESTS, ids=lambda path: path.stem)
def digest(request: pytest.FixtureRequest) -> Digest:
    return read(request.param)


@pytest.fixture(params=KINDS, ids=lambda kind: kind.__name__)
def kind(request: pytest.FixtureRequest) -> Callable[[str], set[str]]:
    found: Callable[[str], set[str]] = request.param
    return found


def excused(digits: str, tokens: set[str]) -> set[str]:
    return {token for token in tokens if (digits, token) not in EXCEPTIONS}


def level(line: str) -> int:
    """1 to 3 for a heading, 0 for a bullet."""
    return len(line) - len(line.lstrip("#"))


def runs(text: str) -> Iterator[str]:
    """Every run of characters that would be too long to share with an original."""
    return (text[i : i + LONGEST_COPY + 1] for i in range(len(text) - LONGEST_COPY))


def test_every_original_has_its_digest() -> None:
    assert [path.stem[:3] for path in DIGESTS] == sorted(ORIGINALS)


def test_the_header_is_complete(digest: Digest) -> None:
    found = {key: type(value) for key, value in digest.header.items()}
    assert found == KEYS, f"{digest.path.name}: header {found}"
    empty = [key for key in ("title", "issuer", "place") if not digest.header[key].strip()]
    assert not empty, f"{digest.path.name}: empty {empty}"


def test_the_header_agrees_with_the_name_and_the_heading(digest: Digest) -> None:
    assert digest.path.stem.endswith(f"-{digest.header['year']}"), digest.path.name
    assert digest.body.startswith(f"# {digest.header['title']}\n"), digest.path.name
    if issued := digest.header["issued"]:
        assert date.fromisoformat(issued).year == digest.header["year"], digest.path.name


def test_a_line_is_a_heading_or_a_bullet(digest: Digest) -> None:
    shape = re.compile(r"#{1,3} \S.*|- \S.*。|")
    odd = [line for line in digest.body.splitlines() if not shape.fullmatch(line)]
    assert not odd, f"{digest.path.name}: {odd}"


def test_a_bullet_has_the_length_of_a_reply(digest: Digest) -> None:
    odd = [bullet for bullet in digest.bullets if not SHORTEST <= len(bullet) <= LONGEST]
    assert not odd, f"{digest.path.name}: {odd}"


def test_a_bullet_is_one_sentence(digest: Digest) -> None:
    odd = [bullet for bullet in digest.bullets if re.search("[。！？!?].", bullet)]
    assert not odd, f"{digest.path.name}: {odd}"


def test_a_bullet_makes_sense_alone(digest: Digest) -> None:
    home = places.named_in(digest.header["place"]) or ""
    short = digest.header["place"] if digest.header["place"].endswith("学院") else home[:-1]
    nameless = [bullet for bullet in digest.bullets if short not in bullet]
    assert not nameless, f"{digest.path.name} does not say whose facts these are: {nameless}"
    leaning = [bullet for bullet in digest.bullets if NEEDS_WHAT_STANDS_BEFORE.search(bullet)]
    assert not leaning, f"{digest.path.name}: not to be understood alone: {leaning}"


def test_no_bullet_stands_twice(digest: Digest) -> None:
    twice = {bullet for bullet in digest.bullets if digest.bullets.count(bullet) > 1}
    assert not twice, f"{digest.path.name}: {twice}"


def test_no_heading_is_empty(digest: Digest) -> None:
    lines = [line for line in digest.body.splitlines() if line]
    under = zip(lines, [*lines[1:], "# end"], strict=True)
    empty = [line for line, below in under if level(line) and level(below)]
    assert [line for line in empty if not line.startswith("# ")] == [], digest.path.name


def test_sections_are_numbered_in_order(digest: Digest) -> None:
    found = re.findall(rf"^## ([{NUMERALS}])、", digest.body, re.MULTILINE)
    assert found == list(NUMERALS[: len(found)]), f"{digest.path.name}: sections {found}"
    assert found, f"{digest.path.name}: no section is numbered"


def test_the_sections_are_those_of_the_original(digest: Digest) -> None:
    assert list(sections_of_digest(digest)) == list(sections_of_original(digest.digits))


def test_the_header_stands_in_the_original(digest: Digest) -> None:
    source = squeeze(original(digest.digits))
    issued = digest.header["issued"]
    day = date.fromisoformat(issued) if issued else None
    printed = f"{day.year}年{day.month}月{day.day}日" if day else ""
    for token in (digest.header["title"], digest.header["number"], printed):
        assert squeeze(token) in source, f"{digest.path.name}: {token} is not in the plan"


@pytest.mark.parametrize("read_as", [untitled, bare], ids=["as written", "as read aloud"])
def test_no_sentence_is_copied(digest: Digest, read_as: Callable[[str], str]) -> None:
    plans = [read_as(MARKS.sub("", original(digits))) for digits in ORIGINALS]
    lines = [read_as(line.lstrip("#- ")) for line in digest.body.splitlines()[1:]]
    copied = [run for line in lines for run in runs(line) if any(run in plan for plan in plans)]
    assert not copied, f"{digest.path.name}: {copied}"


def test_nothing_is_missing(digest: Digest, kind: Callable[[str], set[str]]) -> None:
    told = sections_of_digest(digest)
    for section, text in sections_of_original(digest.digits).items():
        wanted = kind(TITLE.sub("", text) if kind is figures else text)
        if kind is names:
            wanted -= told_unquoted(text, told[section])
        left = excused(digest.digits, wanted - kind(told[section]))
        assert not left, f"{digest.path.name}, {section or 'letterhead'} leaves out {left}"


def test_nothing_is_added(digest: Digest, kind: Callable[[str], set[str]]) -> None:
    source = sections_of_original(digest.digits)
    for section, text in sections_of_digest(digest).items():
        below = "\n".join(words for name, words in source.items() if name.startswith(f"{section}/"))
        allowed = kind(f"{source[section]}\n{below}") | of_the_whole_plan(digest, kind)
        left = excused(digest.digits, kind(text) - allowed)
        assert not left, f"{digest.path.name}, {section or 'letterhead'} has of its own {left}"


def of_the_whole_plan(digest: Digest, kind: Callable[[str], set[str]]) -> set[str]:
    """Return what may stand in every section: the plan's own year, title and place."""
    year, place = digest.header["year"], digest.header["place"]
    own: dict[str, set[str]] = {
        figures.__name__: {f"{year}年"},
        titles.__name__: {f"《{digest.header['title']}》"},
        towns.__name__: towns(place) | {town[:-1] for town in towns(place)},
    }
    return own.get(kind.__name__, set())


def test_every_part_of_every_sentence_is_told(digest: Digest) -> None:
    told = sections_of_digest(digest)
    for section, text in sections_of_original(digest.digits).items():
        words = "".join(text.split())
        parts = [part for part in re.split("[。；，：、]", words) if len(pairs(part)) >= A_PART]
        untold = [part for part in parts if share_told(part, told[section]) < PART_TOLD]
        untold += [s for s in words.split("。") if share_told(s, told[section]) < SENTENCE_TOLD]
        assert not untold, f"{digest.path.name}, {section or 'letterhead'} leaves out {untold}"


def test_a_list_stands_whole_in_one_bullet(digest: Digest) -> None:
    told = sections_of_digest(digest)
    for section, text in sections_of_original(digest.digits).items():
        for members in members_of_lists(text):
            found = [
                [member for member in members if share_told(member, bullet) >= PART_TOLD]
                for bullet in told[section].splitlines()
            ]
            most = max(found, key=len)
            apart = set(members) - set(most) - NOT_OF_A_LIST
            assert not apart, f"{digest.path.name}, {section}: {apart} are not with {most}"


def test_each_exception_is_needed() -> None:
    for (digits, token), reason in EXCEPTIONS.items():
        told = sections_of_digest(next(read(p) for p in DIGESTS if p.stem.startswith(digits)))
        source = sections_of_original(digits)
        apart = [
            section
            for section in source
            for kind in KINDS
            if (token in kind(source[section])) != (token in kind(told[section]))
        ]
        assert apart, f"{digits}: {token} needs no exception ({reason})"


def test_names_are_found_in_quotations_within_quotations() -> None:
    assert names("“班子好，‘五老’作用好”") == {"班子好", "‘五老’作用好", "五老"}
