"""Every knob, read once from the environment: GUANXIN_*, secrets also from files (NAME_FILE)."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, get_args
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz import process

from storage.cipher import decode_key, new_key
from storage.engine import sqlite_url
from storage.errors import GuanxinError

PREFIX: Final = "GUANXIN_"
SECRETS: Final = (
    "KEY",
    "DATABASE_URL",
    "TELEGRAM_TOKEN",
    "TELEGRAM_WEBHOOK_SECRET",
    "WECHAT_APP_SECRET",
    "WECHAT_TOKEN",
    "WECHAT_AES_KEY",
    "WECHAT_AES_KEY_PREVIOUS",
)


Role = Literal["doors", "clock", "postman"]


class SettingsError(GuanxinError):
    """A setting that cannot be used; the message names the variable and shows an example."""


class Settings(BaseSettings):
    """The settings of one process, never changed after the start."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data_dir: Path = Field(
        Path("data"), description="Folder of the database and the key", examples=["/srv/guanxin"]
    )
    database_url: str = Field(
        "",
        description="Database; empty: SQLite in the data folder",
        examples=["postgresql://guanxin@localhost/guanxin"],
    )
    key: str = Field(
        "",
        description="Key of the encrypted columns; empty: made once in the data folder",
        examples=["(32 bytes, URL-safe base64)"],
    )
    host: str = Field("127.0.0.1", description="Address to listen on", examples=["0.0.0.0"])
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on", examples=["8080"])
    public_url: str = Field(
        "",
        description="Address under which people reach the pages",
        examples=["https://guanxin.example.org"],
    )
    plans: Path | None = Field(
        None, description="Folder of plan files to learn at start", examples=["/srv/plans"]
    )
    telegram_token: str = Field(
        "", description="Token of the Telegram bot; empty: no Telegram", examples=["123:ABC…"]
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        description="Root of the Bot API server, without /bot",
        examples=["http://127.0.0.1:8081"],
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", description="How updates come", examples=["webhook"]
    )
    telegram_webhook_secret: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-]{1,256})?$",
        description="What Telegram sends with each update to the webhook",
        examples=["a-long-random-word"],
    )
    wechat_app_id: str = Field(
        "", description="AppID of the WeChat account; empty: no WeChat", examples=["wx0123456789"]
    )
    wechat_app_secret: str = Field(
        "", description="AppSecret; empty: WeChat only answers", examples=["(32 characters)"]
    )
    wechat_token: str = Field(
        "", description="Token of the message push", examples=["a-long-random-word"]
    )
    wechat_aes_key: str = Field(
        "", description="EncodingAESKey of the message push", examples=["(43 characters)"]
    )
    wechat_aes_key_previous: str = Field(
        "", description="EncodingAESKey before it was changed", examples=["(43 characters)"]
    )
    wechat_mode: Literal["plain", "compatible", "safe"] = Field(
        "safe", description="How WeChat encrypts its messages", examples=["compatible"]
    )
    wechat_api_url: str = Field(
        "https://api.weixin.qq.com",
        description="Root of WeChat's server, without /cgi-bin",
        examples=["http://127.0.0.1:8082"],
    )
    wechat_account: Literal[
        "subscription", "subscription-verified", "service", "service-verified"
    ] = Field(
        "subscription",
        description="Which rights the WeChat account has",
        examples=["service-verified"],
    )
    wechat_templates: Path | None = Field(
        None,
        description="TOML file: template id and fields for each purpose",
        examples=["/srv/guanxin/templates.toml"],
    )
    roles: frozenset[Role] = Field(
        frozenset(get_args(Role)),
        description="What this process does: doors, clock, postman, with commas between",
        examples=["clock,postman"],
    )
    now: datetime | None = Field(
        None,
        description="Where the business clock starts; it then runs on",
        examples=["2027-04-01T09:00:00+08:00"],
    )

    @field_validator("roles", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        named = frozenset(name.strip() for name in value.split(","))
        unknown = named - {*get_args(Role)}
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown)) or 'nothing'} is no role")
        return named

    @field_validator("now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs its zone, such as +08:00")
        return value

    @field_validator("public_url", "telegram_api_url", "wechat_api_url")
    @classmethod
    def _web_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("it begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgres://")):
            raise ValueError("it begins with postgresql:// or sqlite:///")
        if value in ("sqlite:///", "sqlite:///:memory:"):
            raise ValueError("a file follows sqlite:///")
        _check_address(value)
        return value.replace("postgres://", "postgresql://", 1)

    @field_validator("plans")
    @classmethod
    def _folder(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_dir():
            raise ValueError(f"there is no folder {value}")
        return value


def _check_address(url: str) -> None:
    """Raise ValueError where host or port cannot be told; the URL itself stays unsaid."""
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("host or port cannot be told; in a password, write @ as %40") from None


def variables() -> dict[str, str]:
    """Return every variable that is read, with what it is for."""
    fields = Settings.model_fields.items()
    return {PREFIX + name.upper(): str(field.description) for name, field in fields}


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings. Raises SettingsError."""
    given = _from_files(dict(os.environ if environment is None else environment))
    _refuse_unknown(given)
    values: dict[str, Any] = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in given.items()
        if name.startswith(PREFIX) and value
    }
    try:
        return _Given(**values)
    except ValidationError as problem:
        raise _sentence(problem) from None


class _Given(Settings):
    """Settings from what was given alone: the environment was read by ``load``."""

    @classmethod
    def settings_customise_sources(cls, *_sources: Any, **named: Any) -> tuple[Any, ...]:
        return (named["init_settings"],)


def _from_files(environment: dict[str, str]) -> dict[str, str]:
    for name in SECRETS:
        path = environment.pop(f"{PREFIX}{name}_FILE", "")
        if not path:
            continue
        if environment.get(PREFIX + name):
            raise SettingsError(f"{PREFIX}{name} and {PREFIX}{name}_FILE are both set; keep one")
        try:
            environment[PREFIX + name] = Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as problem:
            raise SettingsError(f"{PREFIX}{name}_FILE cannot be read: {_why(problem)}") from None
    return environment


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = variables()
    endings = [name.removeprefix(PREFIX) for name in known] + [f"{name}_FILE" for name in SECRETS]
    for name in environment:
        if name.startswith(PREFIX) and name not in known:
            nearest, *_ = process.extractOne(name.removeprefix(PREFIX).upper(), endings)
            raise SettingsError(f"{name} is not a setting; did you mean {PREFIX}{nearest}?")


def _sentence(problem: ValidationError) -> SettingsError:
    first = problem.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    field = Settings.model_fields.get(name)
    example = (field.examples or [""])[0] if field else ""
    why = first["msg"].removeprefix("Value error, ")
    return SettingsError(f"{PREFIX}{name.upper()} cannot be used: {why}. Example: {example}")


def database_url(settings: Settings) -> str:
    """Return the database to open; makes the data folder for SQLite."""
    if settings.database_url:
        return settings.database_url
    _make_folder(settings.data_dir)
    return sqlite_url(settings.data_dir / "guanxin.db")


def shown_database(settings: Settings) -> str:
    """Return the database as it may be shown, without a password."""
    if not settings.database_url:
        return str(settings.data_dir / "guanxin.db")
    return re.sub(r"(?<=//)[^/]*@", "", settings.database_url.partition("?")[0])


def key(settings: Settings) -> bytes:
    """Return the key, made once with mode 600 in the data folder. Raises SettingsError."""
    where = "GUANXIN_KEY" if settings.key else str(settings.data_dir / "key")
    text = settings.key or _key_file(settings.data_dir)
    try:
        return decode_key(text)
    except ValueError as problem:
        raise SettingsError(f"{where} cannot be used: {problem}. Example: {new_key()}") from None


def _key_file(folder: Path) -> str:
    _make_folder(folder)
    path = folder / "key"
    try:
        if not path.exists():
            _write_once(path, new_key() + "\n")
        return path.read_text("ascii")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path} cannot be used: {_why(problem)}") from None


def _write_once(path: Path, text: str) -> None:
    """Make ``path`` with the whole text at once; the first of several processes wins."""
    ours = path.with_name(f".key-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(ours, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(ours)
    finally:
        ours.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as problem:
        raise SettingsError(f"GUANXIN_DATA_DIR cannot be used: {_why(problem)}") from None


def _why(problem: OSError | UnicodeDecodeError) -> str:
    if isinstance(problem, OSError):
        return f"{problem.filename}: {problem.strerror}"
    return "not text"
