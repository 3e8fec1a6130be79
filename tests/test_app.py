"""The joined web application: health, metrics, the headers of every answer, and tidying."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from bot import app
from bot.app import Guanxin
from storage import messages, tickets
from storage.errors import Busy
from tests.conftest import Clock, Say
from web import console

DOC = (Path(__file__).parent.parent / "docs" / "http.md").read_text("utf-8")
HERE, THERE = ("127.0.0.1", 5), ("192.0.2.7", 5)
PROXIES = ({"x-forwarded-for": "192.0.2.7"}, {"forwarded": "for=192.0.2.7"})


async def get(
    guanxin: Guanxin,
    path: str,
    client: tuple[str, int] = HERE,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    transport = httpx.ASGITransport(app.asgi(guanxin), client=client)
    async with httpx.AsyncClient(transport=transport, base_url="http://guanxin.test") as browser:
        return await browser.get(path, headers=headers)


async def test_health_tells_this_machine_what_waits(guanxin: Guanxin) -> None:
    guanxin.store.write_now(lambda tx: tickets.open_ticket(tx, "human", guanxin.clock()))
    answer = await get(guanxin, "/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "plans": 5, "waiting_for_staff": {"human": 1}}


@pytest.mark.parametrize("proxy", PROXIES)
async def test_others_hear_only_that_it_is_well(guanxin: Guanxin, proxy: dict[str, str]) -> None:
    for answer in (
        await get(guanxin, "/healthz", THERE),
        await get(guanxin, "/healthz", headers=proxy),
    ):
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_without_a_database_it_is_not_well(
    guanxin: Guanxin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_work: object) -> None:
        raise Busy("disk I/O error")

    monkeypatch.setattr(guanxin.store, "read", busy)
    here, there = await get(guanxin, "/healthz"), await get(guanxin, "/healthz", THERE)
    assert (here.status_code, there.status_code) == (503, 503)
    assert here.json() == {"status": "unavailable", "problem": "disk I/O error"}
    assert there.json() == {"status": "unavailable"}


async def test_metrics_count_messages_for_this_machine_alone(guanxin: Guanxin, say: Say) -> None:
    def done(shown: str) -> float:
        counted = re.search(r'^guanxin_messages_total\{.*"web",.*"done"\} (\S+)$', shown, re.M)
        return float(counted[1]) if counted else 0

    before = await get(guanxin, "/metrics")
    await say("菜单")
    after = await get(guanxin, "/metrics")
    assert after.headers["content-type"].startswith("text/plain")
    assert done(after.text) == done(before.text) + 1
    assert 'guanxin_message_seconds_count{channel="web"}' in after.text
    assert (await get(guanxin, "/metrics", THERE)).status_code == 403
    assert (await get(guanxin, "/metrics", headers=PROXIES[0])).status_code == 403


@pytest.mark.parametrize("path", ["/", "/healthz", "/metrics", "/nothing", "/say"])
async def test_every_answer_has_the_headers(guanxin: Guanxin, path: str) -> None:
    headers = (await get(guanxin, path)).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"


async def test_old_words_and_forms_are_forgotten(
    guanxin: Guanxin, say: Say, business_clock: Clock
) -> None:
    await say("报名")
    address_of_a = "a"

    def remembered() -> int:
        return len(guanxin.store.read_now(lambda tx: messages.recent(tx, "web", address_of_a, 9)))

    business_clock.now += messages.TEXTS_KEPT - timedelta(hours=1)
    await app.tidy(guanxin.store, business_clock())
    assert remembered() == 1
    business_clock.wait(hours=2)
    await app.tidy(guanxin.store, business_clock())
    assert remembered() == 0


def test_the_documentation_names_every_route_and_no_other(guanxin: Guanxin) -> None:
    inner: Any = app.asgi(guanxin)
    while not isinstance(inner, Starlette):
        inner = inner._app
    routes = set()
    for route in inner.routes:
        if isinstance(route, Mount):
            routes.add(f"GET {route.path}/…")
        elif isinstance(route, Route):
            method = "POST" if "POST" in (route.methods or ()) else "GET"
            routes.add(f"{method} {route.path}")
    assert set(re.findall(r"^\| `((?:GET|POST) \S+)` \|", DOC, re.M)) == routes


def test_the_documentation_names_every_part_of_the_console() -> None:
    missing = [one.path for one in console.SUBJECTS if f"`/console{one.path}`" not in DOC]
    assert missing == []


async def test_the_documented_example_is_real(guanxin: Guanxin) -> None:
    example = re.search(r"^\$ curl -s (\S+?)(/messages) -H .* -d '(.+)'\n(.+)$", DOC, re.M)
    assert example is not None
    transport = httpx.ASGITransport(app.asgi(guanxin))
    async with httpx.AsyncClient(transport=transport, base_url=example[1]) as browser:
        answer = await browser.post(example[2], json=json.loads(example[3]))
    assert answer.json() == json.loads(example[4])
