"""Logging in to the console: who gets in, who does not, and what ends a session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

import httpx
import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot import app, members
from bot.app import Guanxin
from storage import logins, passwords, sessions, staff, tables
from storage.engine import Transaction
from storage.errors import Busy
from storage.store import Store
from tests.conftest import NOW, CheapHasher, Clock
from tests.console import PASSWORD, Browser, browser, enter
from web import wording_console as say
from web.console import cookies, login


@pytest.fixture
async def visitor(guanxin: Guanxin) -> AsyncIterator[Browser]:
    async with browser(guanxin) as opened:
        yield opened


@pytest.fixture
async def member(guanxin: Guanxin, visitor: Browser) -> Browser:
    """Somebody who is logged in, at the first page."""
    enter(guanxin)
    await visitor.log_in()
    await visitor.open("/console/")
    return visitor


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The machine's clock, moved by the test."""
    moved = Clock()
    monkeypatch.setattr("bot.clock.system", moved)
    return moved


def kept_sessions(guanxin: Guanxin) -> list[str]:
    query = select(tables.staff_sessions.c.token_hash)
    return guanxin.store.read_now(lambda tx: list(tx.execute(query).scalars()))


async def test_nobody_sees_a_page_without_a_login(visitor: Browser) -> None:
    for path in ("/console", "/console/", "/console/account", "/console/password"):
        await visitor.open(path)
        assert "工作人员登录" in visitor.said()
    answer = await visitor.client.get("/console/account")
    assert answer.headers["location"] == "/console/login?next=/console/account"


async def test_a_login_leads_to_the_page_that_was_wanted(
    guanxin: Guanxin, visitor: Browser
) -> None:
    enter(guanxin)
    await visitor.open("/console/account")
    answer = await visitor.send(
        "/console/login", name="王老师", password=PASSWORD, next="/console/account"
    )
    assert answer.headers["location"] == "/console/account"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/console/../x\\y"])
async def test_a_login_leads_to_no_other_site(
    guanxin: Guanxin, visitor: Browser, wanted: str
) -> None:
    enter(guanxin)
    await visitor.open("/console/login")
    answer = await visitor.send("/console/login", name="王老师", password=PASSWORD, next=wanted)
    assert answer.headers["location"] == "/console/"


async def test_the_cookie_is_for_the_console_alone(guanxin: Guanxin, visitor: Browser) -> None:
    enter(guanxin)
    answer = await visitor.log_in()
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/console" in cookie
    assert "secure" not in cookie


async def test_over_https_the_cookie_is_secure(guanxin: Guanxin) -> None:
    chosen = guanxin.settings.model_copy(update={"public_url": "https://guanxin.example"})
    async with browser(replace(guanxin, settings=chosen)) as visitor:
        await visitor.open("/console/login")
        assert "; secure" in visitor.page.headers["set-cookie"].lower()


async def test_only_a_hash_of_the_cookie_is_stored(guanxin: Guanxin, member: Browser) -> None:
    token = member.client.cookies[cookies.COOKIE]
    (kept,) = kept_sessions(guanxin)
    assert len(kept) == 64
    assert token not in kept


async def test_a_login_gives_a_new_token_and_ends_the_old_session(
    guanxin: Guanxin, visitor: Browser
) -> None:
    enter(guanxin)
    planted = "x" * 43
    visitor.client.cookies.set(cookies.COOKIE, planted, path=cookies.PATH, domain="guanxin.test")
    await visitor.open("/console/login")
    assert "set-cookie" not in visitor.page.headers or planted in visitor.page.headers["set-cookie"]
    answer = await visitor.log_in()
    assert answer.status_code == 303
    assert planted not in answer.headers["set-cookie"]
    async with browser(guanxin) as thief:
        thief.client.cookies.set(cookies.COOKIE, planted, path=cookies.PATH)
        await thief.open("/console/")
        assert "工作人员登录" in thief.said()
    assert len(kept_sessions(guanxin)) == 1


async def test_who_logs_in_once_more_has_one_session(guanxin: Guanxin, member: Browser) -> None:
    before = kept_sessions(guanxin)
    assert (await member.log_in()).status_code == 303
    after = kept_sessions(guanxin)
    assert len(after) == 1
    assert after != before


async def test_after_the_logout_the_old_cookie_opens_nothing(
    guanxin: Guanxin, member: Browser
) -> None:
    token = member.client.cookies[cookies.COOKIE]
    answer = await member.send("/console/logout")
    assert answer.headers["location"] == "/console/login"
    assert kept_sessions(guanxin) == []
    async with browser(guanxin) as thief:
        thief.client.cookies.set(cookies.COOKIE, token, path=cookies.PATH)
        await thief.open("/console/")
        assert "工作人员登录" in thief.said()


async def test_a_session_ends_after_eight_idle_hours(
    guanxin: Guanxin, visitor: Browser, machine: Clock
) -> None:
    enter(guanxin)
    async with browser(guanxin) as member:
        await member.log_in()
        for _ in range(2):
            machine.wait(hours=7, minutes=59)
            assert "您好" in await member.open("/console/")
        machine.wait(hours=8)
        assert "工作人员登录" in await member.open("/console/")


async def test_a_session_ends_after_a_day_however_busy(guanxin: Guanxin, machine: Clock) -> None:
    enter(guanxin)
    async with browser(guanxin) as member:
        await member.log_in()
        for _ in range(4):
            machine.wait(hours=5)
            assert "您好" in await member.open("/console/")
        machine.wait(hours=4)
        assert "工作人员登录" in await member.open("/console/")


async def test_a_form_that_came_too_late_is_kept_over_the_login(
    guanxin: Guanxin, machine: Clock
) -> None:
    enter(guanxin)
    async with browser(guanxin) as member:
        await member.log_in()
        await member.open("/console/stations/new")
        machine.wait(hours=9)
        late = await member.send("/console/stations/new", name="银杏辅导站", region="常州市")
        assert late.status_code == 401
        assert say.OVER_KEPT in late.text
        kept = httpx.QueryParams({"name": "银杏辅导站", "region": "常州市"})
        answer = await member.send(
            "/console/login",
            name="王老师",
            password=PASSWORD,
            next="/console/stations/new",
            kept=str(kept),
        )
        assert say.WELCOME_BACK in answer.text
        assert "银杏辅导站" in answer.text
        assert "银杏辅导站" in await member.do(
            "/console/stations/new", name="银杏辅导站", region="常州市"
        )


async def test_unknown_wrong_and_disabled_get_the_same_answer_after_the_same_work(
    guanxin: Guanxin, visitor: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(guanxin)
    gone = enter(guanxin, "李老师")
    guanxin.store.write_now(lambda tx: staff.disable(tx, gone, NOW))
    verified: list[str] = []

    class Hasher(CheapHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            verified.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "PasswordHasher", Hasher)
    pages = []
    for name, password in (("王老师", "wrong"), ("李老师", PASSWORD), ("赵老师", PASSWORD)):
        answer = await visitor.log_in(name, password)
        assert answer.status_code == 401
        assert answer.headers.get("set-cookie") is not None
        pages.append(visitor.said())
    assert pages[0].count(say.WRONG) == 1
    assert len(set(pages)) == 1
    assert len(verified) == 3
    assert len(set(verified)) == 1  # the same parameters, so about the same time


async def test_after_five_wrong_passwords_the_account_waits_ever_longer(
    guanxin: Guanxin, visitor: Browser, machine: Clock
) -> None:
    enter(guanxin)
    async with browser(guanxin) as thief:
        for _ in range(5):
            assert (await thief.log_in(password="wrong")).status_code == 401
        machine.wait(seconds=59)
        refused = await thief.log_in()
        assert refused.status_code == 429
        assert say.LOCKED.format(time="09:01") in refused.text
        machine.wait(seconds=1)
        assert (await thief.log_in(password="wrong")).status_code == 401
        machine.wait(seconds=119)
        assert (await thief.log_in()).status_code == 429
        machine.wait(seconds=1)
        assert (await thief.log_in()).status_code == 303


async def test_a_success_forgets_the_failures_of_the_account(
    guanxin: Guanxin, visitor: Browser
) -> None:
    enter(guanxin)
    for _ in range(3):
        for _ in range(4):
            await visitor.log_in(password="wrong")
        assert (await visitor.log_in()).status_code == 303
        await visitor.open("/console/")
        await visitor.send("/console/logout")


async def test_a_network_that_tries_many_names_waits_and_others_do_not(guanxin: Guanxin) -> None:
    enter(guanxin)
    async with browser(guanxin, "192.0.2.66") as thief:
        for number in range(25):
            assert (await thief.log_in(f"name {number}", "wrong")).status_code == 401
        assert (await thief.log_in()).status_code == 429
    async with browser(guanxin, "192.0.2.7") as member:
        assert (await member.log_in()).status_code == 303


async def test_a_lock_survives_a_restart_and_holds_in_another_process(guanxin: Guanxin) -> None:
    enter(guanxin)
    async with browser(guanxin) as thief:
        for _ in range(5):
            await thief.log_in(password="wrong")
    other = app.build(guanxin.settings, guanxin.clock)
    try:
        async with browser(other) as member:
            assert (await member.log_in()).status_code == 429
    finally:
        other.store.close()


async def test_tries_at_once_are_counted_one_by_one(store: Store) -> None:
    keys = (logins.account("王老师"), logins.network("192.0.2.7"))
    tries = [store.write(lambda tx: logins.attempt(tx, keys, NOW)) for _ in range(20)]
    opened = await asyncio.gather(*tries)
    assert opened.count(None) == 5
    assert {when for when in opened if when} == {NOW + timedelta(minutes=1)}


def test_no_wait_is_longer_than_half_an_hour_and_a_day_forgets(store: Store) -> None:
    keys = (logins.account("王老师"),)
    now = NOW
    waits = []
    while len(waits) < 8:
        opens = store.write_now(partial(logins.attempt, keys=keys, now=now))
        if opens is not None:
            waits.append((opens - now) // timedelta(minutes=1))
            now = opens
    assert waits == [1, 2, 4, 8, 16, 30, 30, 30]
    assert store.write_now(lambda tx: logins.attempt(tx, keys, now)) is None
    assert store.write_now(lambda tx: logins.attempt(tx, keys, now)) == now + timedelta(minutes=30)
    later = now + timedelta(hours=24)
    assert store.write_now(lambda tx: logins.attempt(tx, keys, later)) is None
    assert store.write_now(lambda tx: logins.attempt(tx, keys, later)) is None


def test_no_name_and_no_address_is_kept_of_failures(store: Store) -> None:
    keys = (logins.account("王老师"), logins.network("192.0.2.7"))
    store.write_now(lambda tx: logins.attempt(tx, keys, NOW))
    kept = store.read_now(
        lambda tx: list(tx.execute(select(tables.login_failures.c.who)).scalars())
    )
    assert len(kept) == 2
    assert not any("王老师" in who or "192.0.2.7" in who for who in kept)


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # no proxy of ours: it may say anything
        ("127.0.0.1", "198.51.100.1, 192.0.2.9", "192.0.2.9"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "unknown"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ],
)
def test_what_counts_as_one_network(peer: str, forwarded: str, network: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    request = login.Request({"type": "http", "client": (peer, 5), "headers": headers})
    assert login.network_of(request) == network


async def test_a_refused_login_is_logged_without_the_name(
    guanxin: Guanxin, visitor: Browser
) -> None:
    enter(guanxin)
    with capture_logs() as logged:
        await visitor.log_in(password="wrong-secret")
    assert logged == [
        {
            "event": "login refused",
            "log_level": "warning",
            "network": "192.0.2.7",
            "why": "wrong",
        }
    ]


@pytest.mark.parametrize("carried", [None, "", "0" * 64])
async def test_a_form_without_its_token_is_refused(
    guanxin: Guanxin, member: Browser, carried: str | None
) -> None:
    fields = {"name": "x"} if carried is None else {"csrf": carried}
    for path in ("/console/logout", "/console/account/code", "/console/stations/new"):
        answer = await member.post(path, fields)
        assert answer.status_code == 403
        assert say.OLD_PAGE in answer.text
    assert len(kept_sessions(guanxin)) == 1


async def test_the_token_of_another_browser_is_refused(guanxin: Guanxin, member: Browser) -> None:
    enter(guanxin, "李老师")
    async with browser(guanxin) as other:
        await other.log_in("李老师")
        await other.open("/console/")
        answer = await member.post("/console/logout", {"csrf": other.csrf()})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_form_of_another_site_is_refused_with_the_right_token_too(
    guanxin: Guanxin, member: Browser, headers: dict[str, str]
) -> None:
    csrf = member.csrf()
    for path in ("/console/logout", "/console/login"):
        answer = await member.client.post(path, data={"csrf": csrf}, headers=headers)
        assert answer.status_code == 403
        assert say.FOREIGN in answer.text
    assert len(kept_sessions(guanxin)) == 1


async def test_a_login_needs_the_token_of_its_page(guanxin: Guanxin, visitor: Browser) -> None:
    enter(guanxin)
    await visitor.open("/console/login")
    fields = {"name": "王老师", "password": PASSWORD}
    assert (await visitor.post("/console/login", fields)).status_code == 403
    assert (await visitor.post("/console/login", {**fields, "csrf": "0" * 64})).status_code == 403
    assert kept_sessions(guanxin) == []


async def test_no_page_may_be_framed_kept_or_run_foreign_scripts(member: Browser) -> None:
    for path in ("/console/", "/console/account", "/console/nothing"):
        await member.open(path)
        headers = member.page.headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "script-src 'self';" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "<script>" not in member.page.text
        assert " style=" not in member.page.text
        assert " on" + "click" not in member.page.text


async def test_a_one_time_password_opens_nothing_but_its_change(
    guanxin: Guanxin, visitor: Browser
) -> None:
    given = members.enter(guanxin.store, "王老师", "admin", NOW)
    assert given is not None
    await visitor.log_in(password=given)
    for path in ("/console/", "/console/account", "/console/stations"):
        await visitor.open(path)
        assert visitor.page.url.path == "/console/password"
    answer = await visitor.send("/console/account/code")
    assert answer.headers["location"] == "/console/password"
    first = await visitor.send("/console/password", new_password=PASSWORD, again=PASSWORD)
    assert first.headers["location"] == "/console/"
    assert "王老师，您好" in await visitor.open("/console/")
    assert (await visitor.log_in(password=given)).status_code in (303, 401)
    async with browser(guanxin) as other:
        assert (await other.log_in(password=given)).status_code == 401


@pytest.mark.parametrize(
    ("new", "again", "sentence"),
    [
        ("short", "short", say.PASSWORD_SHORT.format(least=8)),
        ("88888888", "88888888", say.PASSWORD_SIMPLE),
        ("Password", "Password", say.PASSWORD_SIMPLE),
        ("我是王老师王老师", "我是王老师王老师", say.PASSWORD_SIMPLE),
        ("长" * 201, "长" * 201, say.PASSWORD_LONG.format(most=200)),
        ("桂花开了又落了呢", "桂花开了又落了吗", say.PASSWORD_AGAIN),
        (f"{PASSWORD}一", f"{PASSWORD}一", say.PASSWORD_WRONG),
    ],
)
async def test_a_password_that_cannot_be_taken(
    member: Browser, new: str, again: str, sentence: str
) -> None:
    await member.open("/console/password")
    answer = await member.send("/console/password", password="wrong", new_password=new, again=again)
    assert answer.status_code == 400
    assert sentence in member.said()
    assert f'value="{new}"' not in answer.text


async def test_the_same_password_again_is_no_change(member: Browser) -> None:
    await member.open("/console/password")
    same = {"password": PASSWORD, "new_password": PASSWORD, "again": PASSWORD}
    assert say.PASSWORD_SAME in (await member.send("/console/password", **same)).text


async def test_a_changed_password_ends_every_other_session(
    guanxin: Guanxin, member: Browser
) -> None:
    new = "桂花开了又落了呀"
    async with browser(guanxin) as elsewhere:
        await elsewhere.log_in()
        assert "您好" in await elsewhere.open("/console/")
        before = member.client.cookies[cookies.COOKIE]
        await member.open("/console/password")
        await member.do("/console/password", password=PASSWORD, new_password=new, again=new)
        assert member.client.cookies[cookies.COOKIE] != before
        assert "您好" in await member.open("/console/")
        assert "工作人员登录" in await elsewhere.open("/console/")
        assert (await elsewhere.log_in()).status_code == 401
        assert (await elsewhere.log_in(password=new)).status_code == 303


async def test_the_old_password_cannot_be_guessed_on_the_page_that_changes_it(
    member: Browser,
) -> None:
    await member.open("/console/password")
    guess = {"password": "wrong", "new_password": "桂花开了又落了呀", "again": "桂花开了又落了呀"}
    for _ in range(5):
        assert say.PASSWORD_WRONG in (await member.send("/console/password", **guess)).text
    guess["password"] = PASSWORD
    assert say.PASSWORD_LOCKED in (await member.send("/console/password", **guess)).text


async def test_a_disabled_member_is_out_at_once(guanxin: Guanxin, member: Browser) -> None:
    guanxin.store.write_now(lambda tx: staff.disable(tx, 1, NOW))
    assert "工作人员登录" in await member.open("/console/")
    assert (await member.log_in()).status_code == 401


async def test_a_session_of_a_disabled_member_is_none_even_if_it_is_left(store: Store) -> None:
    def left(tx: Transaction) -> None:
        staff.add(tx, "王老师", "hash", NOW)
        sessions.start(tx, 1, "token", NOW)
        tx.execute(update(tables.staff).values(disabled_at=NOW))

    store.write_now(left)
    assert store.read_now(lambda tx: sessions.find(tx, "token", NOW)) is None


async def test_full_width_digits_are_digits(guanxin: Guanxin, visitor: Browser) -> None:
    enter(guanxin)
    kept = passwords.hashed("银杏树2026")
    guanxin.store.write_now(lambda tx: staff.set_password(tx, 1, kept, must_change=False))
    assert (await visitor.log_in(password="银杏树２０２６")).status_code == 303


@pytest.mark.parametrize("typed_for", [10, 120])
async def test_a_busy_database_loses_nothing_that_was_typed(
    guanxin: Guanxin,
    member: Browser,
    machine: Clock,
    monkeypatch: pytest.MonkeyPatch,
    typed_for: int,
) -> None:
    await member.open("/console/stations/new")
    csrf = member.csrf()
    machine.wait(seconds=typed_for)

    async def busy(_work: object) -> None:
        raise Busy("database is locked")

    monkeypatch.setattr(guanxin.store, "write", busy)
    fields = {"csrf": csrf, "name": "银杏辅导站", "region": "常州市"}
    answer = await member.post("/console/stations/new", fields)
    assert answer.status_code == 503
    assert say.BUSY_KEPT in answer.text
    assert "银杏辅导站" in answer.text
    await member.open("/console/stations")
    assert member.page.status_code == 200


async def test_a_form_is_kept_too_where_not_even_the_session_can_be_read(
    guanxin: Guanxin, member: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await member.open("/console/stations/new")
    fields = {"csrf": member.csrf(), "name": "银杏辅导站", "password": "secret", "region": "常州市"}

    async def busy(_work: object) -> None:
        raise Busy("database is locked")

    with monkeypatch.context() as patched:
        patched.setattr(guanxin.store, "read", busy)
        answer = await member.post("/console/stations/new", fields)
        foreign = await member.post("/console/stations/new", fields | {"csrf": "0" * 64})
        page = await member.client.get("/console/stations")
    assert answer.status_code == 503
    assert say.BUSY_KEPT in answer.text
    assert 'action="/console/stations/new"' in answer.text
    assert "银杏辅导站" in answer.text
    assert "secret" not in answer.text
    for plain in (foreign, page):
        assert plain.status_code == 503
        assert say.BUSY in plain.text
        assert "银杏辅导站" not in plain.text
    again = await member.do("/console/stations/new", name="银杏辅导站", region="常州市")
    assert "站存好了" in again


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"content-type": "application/json"}, b"{}", 415),
        ({"content-type": "application/x-www-form-urlencoded"}, b"name=%ff", 400),
        ({"content-type": "application/x-www-form-urlencoded"}, b"a=1&" * 500, 400),
    ],
)
async def test_a_broken_form_is_refused(
    member: Browser, headers: dict[str, str], body: bytes, status: int
) -> None:
    answer = await member.client.post("/console/logout", content=body, headers=headers)
    assert answer.status_code == status
    assert say.BROKEN in answer.text
    assert "回到后台首页" in answer.text


def test_the_first_administrator_is_entered_once(guanxin: Guanxin) -> None:
    first = members.first(guanxin.store, NOW)
    assert first is not None
    name, password = first
    known = guanxin.store.read_now(lambda tx: staff.credentials(tx, name))
    assert known is not None
    assert passwords.fits(password, known.password_hash)
    assert members.first(guanxin.store, NOW) is None
    (entry,) = guanxin.store.read_now(staff.everybody)
    assert (entry.role, entry.must_change) == ("admin", True)
