"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

from handlers import ABILITIES
from handlers.forms import FORMS

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "web", "handlers", "storage", "knowledge")
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
SOURCES = [path for path in MODULES if not path.name[0].isdigit()]  # a migration is one long list
TOP_LEVEL = {
    ".ci", ".gitignore", "bot", "handlers", "knowledge", "storage", "web", "tests", "docs",
    "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md", "README.zh-CN.md",
    "constraints.txt", "pyproject.toml",
}  # fmt: skip


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout, so what belongs to the project is not known")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> set[str]:
    """Return what a file imports, inside of functions too: ``from a import b`` is a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
            names.add(str(node.module))
    return names


@cache
def imports() -> dict[str, set[str]]:
    """Return what each module of ours imports."""
    return {module(path): imported(path) for path in MODULES}


def reached(start: str) -> set[str]:
    """Return the modules of ours that ``start`` imports, directly or through others."""
    found: set[str] = set()
    left = {start}
    while left:
        left = {name for one in left for name in imports()[one] if name in imports()} - found
        found |= left
    return found


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[1] if ast.get_docstring(node) and len(node.body) > 1 else node.body[0]
    return (node.end_lineno or first.lineno) - first.lineno + 1


def test_files_have_one_subject() -> None:
    long = {p: n for p in SOURCES if (n := p.read_text("utf-8").count("\n")) > 400}
    assert not long


def test_functions_are_short() -> None:
    lengths = sorted(body_lines(node) for _, node in functions())
    assert median(lengths) <= 8
    assert lengths[int(len(lengths) * 0.9)] <= 25
    assert lengths[-1] <= 60


SDKS = {"telegram": "telegram", "wechatpy": "wechat"}
"""The library of a platform, and the channel whose modules alone may import it."""
CHANNELS = ("telegram", "wechat", "page", "terminal")
SHARED = ("base", "graphemes", "wording")


def channel(name: str) -> str:
    """Return the channel that a module of ``bot.channels`` belongs to, empty for the others."""
    last = name.removeprefix("bot.channels.")
    return "" if last == name else last.partition("_")[0]


@pytest.mark.parametrize("sdk", SDKS)
def test_a_chat_sdk_stays_inside_its_own_channel(sdk: str) -> None:
    users = {
        name
        for name, needs in imports().items()
        if any(one.partition(".")[0] == sdk for one in needs)
    }
    own = {n for n in imports() if channel(n) == SDKS[sdk] or n == f"bot.connect_{SDKS[sdk]}"}
    assert users
    assert not users - own


def test_each_module_of_a_channel_bears_its_name() -> None:
    named = {channel(name) for name in imports()} - {""}
    assert named == {*CHANNELS, *SHARED}


@pytest.mark.parametrize("of", [*CHANNELS, *SHARED])
def test_channels_do_not_know_one_another(of: str) -> None:
    modules = [name for name in imports() if channel(name) == of]
    known = {channel(name) for one in modules for name in reached(one)} - {""}
    assert modules
    assert known <= {of, *SHARED}


def test_the_top_level_holds_little() -> None:
    found = {path.relative_to(ROOT).parts[0] for path in tracked()}
    assert found <= TOP_LEVEL


WORDINGS = sorted((ROOT / "handlers").glob("wording*.py"))


@pytest.mark.parametrize("path", WORDINGS, ids=lambda path: path.stem)
def test_every_sentence_is_said_somewhere(path: Path) -> None:
    said = "\n".join(other.read_text("utf-8") for other in SOURCES if other not in WORDINGS)
    own = path.read_text("utf-8")
    names = re.findall(r"^([A-Z][A-Z_0-9]+)\b", own, re.M)
    assert names
    silent = [n for n in names if not re.search(rf"\b{n}\b", said) and own.count(n) < 2]
    assert not silent


def test_every_ability_is_asked_for_in_some_words_or_by_a_button() -> None:
    phrases = tomllib.loads((ROOT / "handlers" / "phrases.toml").read_text("utf-8"))
    called = {data.partition(":")[0] for data in phrases}
    names = {ability.name for ability in ABILITIES}
    assert called <= names
    assert names - called == {"fact", "more", "noted", "notice", "region", "scene"}


def test_ability_names_are_unique() -> None:
    names = [ability.name for ability in ABILITIES]
    assert len(names) == len(set(names))


def test_every_form_can_be_asked_for() -> None:
    phrases = tomllib.loads((ROOT / "handlers" / "phrases.toml").read_text("utf-8"))
    programmes = {f"signup:{name}" for name, form in FORMS.items() if form.title}
    assert programmes == {data for data in phrases if data.startswith("signup:")}


HOSTS = re.compile("|".join(["py" + r"pi\.org", "python" + r"hosted\.org", r"registry\.npm"]))


def test_nothing_names_a_package_registry() -> None:
    named = [p for p in tracked() if HOSTS.search(p.read_text("utf-8", "ignore"))]
    assert not named


def test_every_pin_has_a_hash() -> None:
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    wanted = re.findall(r"^[\w.-]+==", pins, re.M)
    blocks = re.split(r"^(?=[\w.-]+==)", pins, flags=re.M)[1:]
    assert len(wanted) == len(blocks) > 50
    assert all("--hash=sha256:" in block for block in blocks)


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    names = [re.split(r"[\[;<>= ]", wish)[0] for wish in wanted]
    assert all(re.search(rf"^{re.escape(name)}==", pins, re.M) for name in names)


CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMENT = re.compile(r"^\s*#.*[\u4e00-\u9fff]{6,}", re.M)


def test_comments_are_english() -> None:
    spoken = {p: c[0] for p in SOURCES if (c := COMMENT.search(p.read_text("utf-8")))}
    assert not spoken


TELEPHONE = re.compile(r"(?<![\d.])1[3-9]\d{9}(?!\d)")
SAMPLE = re.compile(r"1(39|38)0000\d{4}")


def test_no_telephone_number_is_real() -> None:
    found = {
        number
        for path in tracked()
        if path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".js", ".jsonl"}
        and path.name != "constraints.txt"
        for number in TELEPHONE.findall(path.read_text("utf-8", "ignore"))
        if not SAMPLE.fullmatch(number)
    }
    assert not found
