"""Settings: what is read, what is refused and how, and that docs/settings.md tells all of it."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args

import pytest

from bot import settings
from bot.settings import Settings, SettingsError
from storage.cipher import decode_key, new_key

DOC = (Path(__file__).parent.parent / "docs" / "settings.md").read_text("utf-8")


def refusal(**environment: str) -> str:
    """Return the sentence with which an environment is refused."""
    with pytest.raises(SettingsError) as refused:
        settings.load({f"GUANXIN_{name}": value for name, value in environment.items()})
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


def test_nothing_given_gives_the_defaults() -> None:
    chosen = settings.load({"HOME": "/root"})
    assert (chosen.host, chosen.port) == ("127.0.0.1", 8000)
    assert chosen.data_dir == Path("data")
    assert chosen.now is None


def test_an_empty_variable_is_as_if_it_were_not_there() -> None:
    assert settings.load({"GUANXIN_PORT": "", "GUANXIN_NOW": ""}) == settings.load({})


def test_the_environment_is_read_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXIN_PORT", "9")
    assert settings.load({}).port == 8000
    assert settings.load().port == 9


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("PORTT", "GUANXIN_PORT"),
        ("DB_URL", "GUANXIN_DATABASE_URL"),
        ("DATADIR", "GUANXIN_DATA_DIR"),
        ("Host", "GUANXIN_HOST"),
        ("KEYFILE", "GUANXIN_KEY_FILE"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(name: str, nearest: str) -> None:
    assert refusal(**{name: "1"}).endswith(f"did you mean {nearest}?")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("PORT", "65536"),
        ("NOW", "yesterday"),
        ("NOW", "2027-04-01T09:00:00"),
        ("PUBLIC_URL", "guanxin.example.org"),
        ("PLANS", "/no/such/folder"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://a@localhost:port/x"),
    ],
)
def test_what_cannot_be_used_is_told_with_an_example(name: str, value: str) -> None:
    sentence = refusal(**{name: value})
    assert sentence.startswith(f"GUANXIN_{name} cannot be used: ")
    example = sentence.partition("Example: ")[2]
    if name != "PLANS":
        settings.load({f"GUANXIN_{name}": example})


def test_a_password_stays_out_of_the_sentence() -> None:
    assert "hunter" not in refusal(DATABASE_URL="postgresql://a:hunter/2@localhost/x")
    chosen = settings.load({"GUANXIN_DATABASE_URL": "postgres://a:hunter2@db:5432/x?password=p"})
    assert settings.shown_database(chosen) == "postgresql://db:5432/x"


@pytest.mark.parametrize("name", settings.SECRETS)
def test_a_secret_may_stand_in_a_file(name: str, tmp_path: Path) -> None:
    value = {"KEY": new_key(), "DATABASE_URL": "postgresql://a@localhost/x"}.get(name, "secret")
    file = tmp_path / "secret"
    file.write_text(value + "\n", "utf-8")
    chosen = settings.load({f"GUANXIN_{name}_FILE": str(file)})
    assert getattr(chosen, name.lower()) == value
    assert "both set" in refusal(**{name: value, f"{name}_FILE": str(file)})


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    assert "/no/file" in refusal(KEY_FILE="/no/file")
    assert "GUANXIN_KEY_FILE cannot be read" in refusal(KEY_FILE=str(tmp_path / "binary"))


def load_in(folder: Path, **more: str) -> Settings:
    return settings.load({"GUANXIN_DATA_DIR": str(folder)} | more)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    chosen = load_in(tmp_path / "data")
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: settings.key(chosen), range(8)))
    assert len(keys) == 1
    made = tmp_path / "data" / "key"
    assert decode_key(made.read_text("ascii")) in keys
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert [path.name for path in made.parent.iterdir()] == ["key"]


@pytest.mark.parametrize("content", [b"", b"123", b"\xff\xfe"])
def test_a_damaged_key_file_is_named_and_kept(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=re.escape(str(file))):
        settings.key(load_in(tmp_path))
    assert file.read_bytes() == content


def test_a_key_that_is_none_is_not_shown() -> None:
    chosen = settings.load({"GUANXIN_KEY": "this-is-secret-but-no-key"})
    with pytest.raises(SettingsError, match="GUANXIN_KEY cannot be used") as refused:
        settings.key(chosen)
    assert "this-is-secret" not in str(refused.value)


def test_a_data_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(SettingsError, match="GUANXIN_DATA_DIR cannot be used"):
            settings.database_url(load_in(folder))


def documented() -> dict[str, str]:
    """Return the variables of the table in docs/settings.md with their defaults."""
    rows = re.findall(r"^\| `(GUANXIN_\w+)` \| (.+?) \|", DOC, re.M)
    assert len(rows) == len(dict(rows))
    return dict(rows)


def shown_default(name: str) -> str:
    default = Settings.model_fields[name.removeprefix("GUANXIN_").lower()].default
    if isinstance(default, frozenset):
        return f"`{','.join(role for role in get_args(settings.Role) if role in default)}`"
    return "none" if default in ("", None) else f"`{default}`"


def test_the_documentation_names_every_variable_with_its_default_and_no_other() -> None:
    assert documented() == {name: shown_default(name) for name in settings.variables()}
    spoken = set(re.findall(r"GUANXIN_[A-Z_]+", DOC))
    files = {f"GUANXIN_{name}_FILE" for name in settings.SECRETS}
    assert spoken == settings.variables().keys() | files | {"GUANXIN_PORTT"}


def test_the_documented_commands_can_be_run() -> None:
    lines = re.findall(r"^((?:GUANXIN_\w+=\S+ )+)guanxin", DOC, re.M)
    assert len(lines) == 3
    for line in lines:
        settings.load(dict(pair.split("=", 1) for pair in line.split()))


def test_the_documented_refusals_are_real() -> None:
    refused = re.findall(r"^\$ GUANXIN_(\w+)=(\S+) guanxin \w+\n(.+)$", DOC, re.M)
    assert len(refused) == 2
    assert all(refusal(**{name: value}) == sentence for name, value, sentence in refused)


def test_a_process_may_do_a_part() -> None:
    assert settings.load({}).roles == {"doors", "clock", "postman"}
    assert settings.load({"GUANXIN_ROLES": "clock, postman"}).roles == {"clock", "postman"}
    with pytest.raises(SettingsError, match=r"GUANXIN_ROLES .*clok is no role.*clock,postman"):
        settings.load({"GUANXIN_ROLES": "doors,clok"})
