"""Which doors open by which settings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot import clock, settings
from bot.app import Guanxin
from bot.doors import Doors, Within, doors
from bot.settings import SettingsError
from handlers.outbox import Outbox
from handlers.ways import Reach
from tests.conftest import KEY

WECHAT = {"WECHAT_APP_ID": "wx1", "WECHAT_TOKEN": "word", "WECHAT_AES_KEY": "a" * 43}

OUTBOX = Outbox(Reach(), clock.system)


def opened(guanxin: Guanxin, **given: str) -> Doors:
    named = {f"GUANXIN_{name}": value for name, value in given.items()}
    chosen = settings.load({"GUANXIN_KEY": KEY} | named)
    return doors(Within(chosen, guanxin.store, guanxin.dispatcher.receive, guanxin.clock, OUTBOX))


IMPORTED = """
import json, sys
from bot import app, cli, settings
from bot.channels import telegram_polling, telegram_webhook
app.asgi(app.build(settings.load(json.loads(sys.argv[1]))))
print(*sorted({"telegram", "wechatpy", "requests"} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("given", "libraries"),
    [({}, ""), ({"TELEGRAM_TOKEN": "1:a"}, "telegram"), (WECHAT, "requests wechatpy")],
)
def test_the_library_of_a_platform_is_imported_on_first_use_only(
    guanxin: Guanxin, given: dict[str, str], libraries: str
) -> None:
    home = {"GUANXIN_KEY": KEY, "GUANXIN_DATA_DIR": str(guanxin.settings.data_dir)}
    chosen = json.dumps(home | {f"GUANXIN_{name}": value for name, value in given.items()})
    command = [sys.executable, "-c", IMPORTED, chosen]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[-1].strip() == libraries


def paths(of: Doors) -> set[str]:
    return {getattr(route, "path", "") for route in of.routes}


def test_without_settings_no_door_is_open_but_the_page_is_served(guanxin: Guanxin) -> None:
    none = opened(guanxin)
    assert (none.routes, len(none.work), len(none.close)) == ([], 2, 1)


async def test_telegram_polls_unless_it_is_told_to_wait(guanxin: Guanxin) -> None:
    polling = opened(guanxin, TELEGRAM_TOKEN="1:a")
    assert (paths(polling), len(polling.work)) == (set(), 4)
    given = {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": "s"}
    webhook = opened(guanxin, TELEGRAM_TOKEN="1:a", **given)
    assert (paths(webhook), len(webhook.work)) == ({"/telegram"}, 3)


def test_a_webhook_needs_its_secret(guanxin: Guanxin) -> None:
    with pytest.raises(SettingsError, match="GUANXIN_TELEGRAM_WEBHOOK_SECRET"):
        opened(guanxin, TELEGRAM_TOKEN="1:a", TELEGRAM_MODE="webhook")


async def test_wechat_answers_without_a_secret_and_sends_with_one(guanxin: Guanxin) -> None:
    answering = opened(guanxin, **WECHAT)
    assert (paths(answering), len(answering.work)) == ({"/wechat"}, 2)
    sending = opened(guanxin, **WECHAT, WECHAT_APP_SECRET="s")
    assert len(sending.work) == 3
    for close in sending.close:
        await close()


def test_a_broken_key_or_template_file_is_named(guanxin: Guanxin, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="GUANXIN_WECHAT"):
        opened(guanxin, **WECHAT | {"WECHAT_AES_KEY": "short"})
    broken = tmp_path / "templates.toml"
    broken.write_text("not toml", "utf-8")
    given = {"WECHAT_APP_SECRET": "s", "WECHAT_TEMPLATES": str(broken)}
    with pytest.raises(SettingsError, match="GUANXIN_WECHAT_TEMPLATES"):
        opened(guanxin, **WECHAT, **given)


@pytest.mark.parametrize(
    ("roles", "routes", "work"), [("doors", {"/telegram"}, 0), ("postman", set(), 3)]
)
async def test_a_process_does_its_roles_only(
    guanxin: Guanxin, roles: str, routes: set[str], work: int
) -> None:
    given = {"TELEGRAM_MODE": "webhook", "TELEGRAM_WEBHOOK_SECRET": "s", "ROLES": roles}
    one = opened(guanxin, TELEGRAM_TOKEN="1:a", **given)
    assert (paths(one), len(one.work)) == (routes, work)
