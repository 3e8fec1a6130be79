"""The commands. Exit status: 0 done, 1 could not be done (one sentence on stderr), 2 wrong use."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

import structlog
import typer
from rich.console import Console

from bot import app as composition
from bot import backup as backups
from bot import (
    cli_answers,
    cli_ask,
    cli_broadcast,
    cli_changes,
    cli_dates,
    cli_learn,
    cli_plans,
    clock,
    doctor,
    logs,
    members,
    opening,
    samples,
    serve,
    settings,
    shell,
)
from bot.app import Guanxin
from bot.doctor import Finding
from bot.settings import Settings
from bot.simulate import SimulatedClock, Simulation
from storage import schema, stations
from storage.store import Store

cli = typer.Typer(
    name="guanxin",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.add_typer(cli_dates.commands)
staff_cli = typer.Typer(no_args_is_help=True, help="Members of staff.", rich_markup_mode=None)
staff_cli.add_typer(cli_changes.commands)
cli_broadcast.add_to(staff_cli)
cli_answers.add_to(staff_cli)
cli_ask.add_to(cli)
cli_learn.add_to(cli)
cli_plans.add_to(cli)
cli.add_typer(staff_cli, name="staff")
connect_cli = typer.Typer(no_args_is_help=True, help="Connect a platform.", rich_markup_mode=None)
cli.add_typer(connect_cli, name="connect")

LONGEST_NAME: Final = 40


class StaffRole(enum.StrEnum):
    """What a member of staff may do."""

    admin = "admin"
    staff = "staff"


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            errors = "replace" if stream is sys.stdin else "backslashreplace"
            stream.reconfigure(encoding="utf-8", errors=errors)
    _log(quiet=True)
    try:
        cli(prog_name="guanxin")
    except Exception as problem:
        structlog.get_logger().exception("failed")
        shell.complain(f"guanxin made a mistake: {opening.first_line(problem)}")
        sys.exit(1)


def _log(*, quiet: bool) -> None:
    logs.set_up(as_json=not sys.stderr.isatty(), quiet=quiet)


@contextlib.contextmanager
def _assistant(chosen: Settings, own_clock: clock.Clock | None = None) -> Iterator[Guanxin]:
    opening.store(chosen).close()
    guanxin = composition.build(chosen, own_clock)
    with contextlib.closing(guanxin.store):
        yield guanxin


def _load_samples(store: Store, now: clock.Clock) -> int:
    return store.write_now(lambda tx: samples.load(tx, now()))


def _load_samples_if_empty(store: Store, now: clock.Clock) -> None:
    if store.read_now(stations.count) == 0:
        _load_samples(store, now)


@cli.command("serve")
def serve_command() -> None:
    """Serve the chat page until stopped."""
    _log(quiet=False)
    with shell.settings_or_fail() as chosen:
        listening = serve.listen(chosen.host, chosen.port)
        with contextlib.closing(listening), _assistant(chosen) as guanxin:
            shell.say(f"guanxin 关心 is ready. Open {serve.address(listening)}  (stop with Ctrl-C)")
            _tell_first(guanxin, serve.address(listening))
            serve.run(composition.asgi(guanxin), listening)


def _tell_first(guanxin: Guanxin, address: str) -> None:
    has_pages = "doors" in guanxin.settings.roles
    new = members.first(guanxin.store, guanxin.clock()) if has_pages else None
    if new is not None:
        name, password = new
        shell.say(f"Staff: {address}/console  name {name}  password {password}")
        shell.say("The password is shown this one time and must be changed at the first login.")


@cli.command()
def talk() -> None:
    """Talk with the assistant in the terminal."""
    from bot.talk import talk as converse

    with shell.settings_or_fail() as chosen, _assistant(chosen) as guanxin:
        _load_samples_if_empty(guanxin.store, guanxin.clock)
        converse(guanxin, Console())


@cli.command()
def migrate() -> None:
    """Bring the database to the tables of this version."""
    with shell.settings_or_fail() as chosen:
        store = Store(settings.database_url(chosen), settings.key(chosen))
        try:
            before = schema.migrate(store.engine)
        except Exception as problem:
            why = opening.first_line(problem)
            raise shell.fail(f"not migrated, nothing was changed: {why}") from None
        finally:
            store.close()
        shell.say(f"from {before or 'nothing'} to {schema.newest()}")


@cli.command("samples")
def samples_command(
    if_empty: Annotated[
        bool, typer.Option("--if-empty", help="Only where there is no station yet.")
    ] = False,
) -> None:
    """Load stations and shifts marked 示例."""
    with shell.store_or_fail() as (chosen, store):
        if if_empty and store.read_now(stations.count):
            return
        now = clock.starting_at(chosen.now)
        shell.say(f"{_load_samples(store, now)} sample stations loaded")


@cli.command("doctor")
def doctor_command(as_json: shell.AsJson = False) -> None:
    """Look whether everything is as it must be."""
    with shell.settings_or_fail() as chosen:
        findings = list(doctor.examine(chosen))
    _show_findings(findings, as_json=as_json)


@cli.command()
def backup(file: Path) -> None:
    """Write the whole database into a new FILE. The key is not in it: keep both."""
    with shell.store_or_fail() as (chosen, store):
        backups.backup(store, settings.key(chosen), file, _progress)
        shell.say(f"backed up to {file}; it can be read only with the same GUANXIN_KEY")


@cli.command()
def restore(file: Path) -> None:
    """Read a backup FILE into an empty database."""
    with shell.store_or_fail() as (chosen, store):
        backups.restore(store, settings.key(chosen), file, _progress)
        shell.say(f"restored from {file}")


def _progress(table: str, rows: int) -> None:
    typer.echo(f"  {table}: {rows}", err=True)


@connect_cli.command("telegram")
def connect_telegram_command() -> None:
    """Check Telegram's token and address; publish commands and webhook."""
    from bot import connect_telegram

    with shell.settings_or_fail() as chosen:
        wanted = connect_telegram.Wanted(
            chosen.telegram_token,
            chosen.telegram_api_url,
            chosen.telegram_mode,
            chosen.public_url,
            chosen.telegram_webhook_secret,
        )
        _show_findings(asyncio.run(connect_telegram.connect(wanted)))


@connect_cli.command("wechat")
def connect_wechat_command() -> None:
    """Check WeChat's keys, address and IP list; publish the menu."""
    with shell.store_or_fail() as (chosen, store):
        _show_findings(asyncio.run(_connected_wechat(chosen, store)))


async def _connected_wechat(chosen: Settings, store: Store) -> list[Finding]:
    from bot import connect_wechat
    from bot.channels.wechat_client import WeChatClient
    from bot.channels.wechat_token import Keys

    if not (chosen.wechat_app_id and chosen.wechat_app_secret):
        why = "set GUANXIN_WECHAT_APP_ID and GUANXIN_WECHAT_APP_SECRET"
        return [Finding("wechat keys", False, why)]
    keys = Keys(chosen.wechat_app_id, chosen.wechat_app_secret)
    client = WeChatClient(keys, store, chosen.wechat_api_url)
    try:
        looks = connect_wechat.connect(client, chosen.wechat_account, chosen.public_url)
        return [finding async for finding in looks]
    finally:
        await client.aclose()


def _show_findings(findings: list[Finding], *, as_json: bool = False) -> None:
    """Print a line for each; exit status 1 where one is not well."""
    for finding in findings:
        if as_json:
            shell.show({"what": finding.what, "well": finding.well, "seen": finding.seen})
        else:
            shell.say(f"{'✓' if finding.well else '✗'} {finding.what}: {finding.seen}")
    if not all(finding.well for finding in findings):
        raise shell.fail("something is not as it must be; see the lines marked ✗")


@staff_cli.command("add")
def staff_add(
    name: str,
    role: Annotated[
        StaffRole, typer.Option(help="admin: may also enter and disable other members.")
    ] = StaffRole.admin,
) -> None:
    """Enter a member of staff NAME; prints a password that is shown once."""
    name = name.strip()
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        wanted = f"1 to {LONGEST_NAME} printable characters, such as 王老师"
        raise typer.BadParameter(wanted, param_hint="name")
    with shell.store_or_fail() as (chosen, store):
        password = members.enter(store, name, role.value, clock.starting_at(chosen.now)())
        if password is None:
            raise shell.fail(f"{name} is entered already")
    shell.say(f"{name} may log in with the password {password} and must change it then.")


@staff_cli.command("reset")
def staff_reset(name: str) -> None:
    """Give the member of staff NAME a new one-time password; it is shown once."""
    name = name.strip()
    with shell.store_or_fail() as (chosen, store):
        now = clock.starting_at(chosen.now)()
        password = members.reset(store, name, now, clock.system())
        if password is None:
            raise shell.fail(f"{name} is no member of staff who may log in")
    shell.say(f"{name} may log in with the password {password} and must change it then.")


@cli.command()
def simulate() -> None:
    """Play JSON lines from standard input; one JSON line out for each."""
    with shell.settings_or_fail() as chosen:
        own_clock = SimulatedClock(clock.starting_at(chosen.now)())
        with _assistant(chosen, own_clock) as guanxin:
            _load_samples_if_empty(guanxin.store, own_clock)
            simulation = Simulation(guanxin, own_clock, cli)
            with contextlib.closing(simulation):
                for line in sys.stdin.buffer:
                    if line.strip():
                        shell.show(simulation.play(line))
