"""Members of staff as the terminal enters them: each with a password that is shown once."""

from __future__ import annotations

from datetime import datetime

from handlers import wording_staff as say
from storage import logins, passwords, staff
from storage.engine import Transaction
from storage.staff import Role
from storage.store import Store


def enter(store: Store, name: str, role: Role, now: datetime) -> str | None:
    """Enter a member and return the one-time password; None where the name is taken."""
    password = passwords.one_time()
    kept = passwords.hashed(password)
    new = store.write_now(lambda tx: _entered(tx, name, kept, role, now))
    return None if new is None else password


def reset(store: Store, name: str, now: datetime, machine: datetime) -> str | None:
    """Return a new one-time password of a member; None where nobody of the name may log in.

    Their sessions end, and their wrong tries are forgotten. ``machine`` is the machine's clock.
    """
    password = passwords.one_time()
    kept = passwords.hashed(password)
    given = store.write_now(lambda tx: _reset(tx, name, kept, now, machine))
    return password if given else None


def _reset(tx: Transaction, name: str, kept: str, now: datetime, machine: datetime) -> bool:
    known = staff.credentials(tx, name)
    if known is None:
        return False
    staff.set_password(tx, known.id, kept, must_change=True)
    logins.succeeded(tx, (logins.account(name),), machine)
    staff.record(tx, "terminal", "staff password", f"staff {known.id}", now)
    return True


def first(store: Store, now: datetime) -> tuple[str, str] | None:
    """Enter the first administrator where there is no member of staff yet.

    Returns name and one-time password. Of two processes that start at once, one gets them.
    """
    if store.read_now(staff.count):
        return None
    password = enter(store, say.FIRST_NAME, "admin", now)
    return None if password is None else (say.FIRST_NAME, password)


def _entered(tx: Transaction, name: str, kept: str, role: Role, now: datetime) -> int | None:
    new = staff.add(tx, name, kept, now, role)
    if new is not None:
        staff.record(tx, "terminal", "staff add", f"staff {new}", now)
    return new
