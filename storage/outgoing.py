"""The tables of what goes out: broadcasts, changes, deliveries, and whom staff have to call.

``metadata`` has all tables here, those of ``storage.tables`` too.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
    true,
)

from storage.columns import Encrypted, EncryptedJson, UtcTime
from storage.tables import metadata as metadata

OPEN_DELIVERY = text("state IN ('waiting', 'sending')")

# A message of staff to many. ``cursor`` is the last person for whom a delivery was made;
# ``recipients`` are those for whom one was, whoever has been deleted since. ``sender``: the name
# below the text, NULL where it is the author's.
broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Encrypted("broadcasts.text"), nullable=False),
    Column("fingerprint", String(32), nullable=False),
    Column("audience", EncryptedJson("broadcasts.audience"), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("state", String(10), nullable=False, index=True),
    Column("author_id", ForeignKey("staff.id"), nullable=False),
    Column("sender", String(40)),
    Column("created_at", UtcTime, nullable=False),
    Column("confirmed_at", UtcTime),
    Column("cursor", Integer, nullable=False),
    Column("recipients", Integer, nullable=False),
    Index("ix_broadcasts_fingerprint_confirmed_at", "fingerprint", "confirmed_at"),
    sqlite_autoincrement=True,
)

# Days on which a weekly shift does not take place; ``moved_to`` is the single shift by which it is
# held at another time.
pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shift_id", ForeignKey("shifts.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("moved_to", ForeignKey("shifts.id")),
    UniqueConstraint("shift_id", "day"),
)

# Days (in China) on which somebody does not come, though the weekly place stays theirs.
absences = Table(
    "absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("signup_id", ForeignKey("signups.id", ondelete="CASCADE"), nullable=False),
    Column("day", Date, nullable=False),
    UniqueConstraint("signup_id", "day"),
)

# What staff moved, cancelled or closed, in the words that those concerned read. ``day``: the one
# day in China of a weekly shift that it is about.
changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("shift_id", ForeignKey("shifts.id"), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("text", Encrypted("changes.text"), nullable=False),
    Column("author", String(60), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("day", Date),
    sqlite_autoincrement=True,
)

# Whom staff have to call, because nothing else reaches them or they did not answer.
calls = Table(
    "calls",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cause", String(80), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("why", String(20), nullable=False),
    Column("words", Encrypted("calls.words"), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime, index=True),
    Column("outcome", Encrypted("calls.outcome")),
    UniqueConstraint("cause", "person_id"),
    sqlite_autoincrement=True,
)

# What is to be sent by a call, and what became of it. One row a cause and person: sent once.
# ``due_at`` is the machine's clock; ``hold_until``, ``expires_at`` and ``on_day`` the business
# clock's. ``on_day``: the day whose one message that is not urgent this is. ``sent_at`` is the
# business clock's too; ``after_message`` is the newest message in the inbox when it came before
# somebody's eyes: what people read last is known by it, without a clock.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cause", String(80), nullable=False),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("address_id", ForeignKey("addresses.id")),
    Column("reply", EncryptedJson("deliveries.reply")),
    Column("state", String(12), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("owner", String(40)),
    Column("outcome", String(200)),
    Column("kind", String(12), nullable=False, server_default="reply"),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("way", String(20), nullable=False, server_default="telegram"),
    Column("urgent", Boolean, nullable=False, server_default=true()),
    Column("hold_until", UtcTime),
    Column("expires_at", UtcTime),
    Column("queued_at", UtcTime),
    Column("settled_at", UtcTime),
    Column("on_day", Date),
    Column("broadcast_id", ForeignKey("broadcasts.id")),
    Column("answer", String(10)),
    Column("answered_at", UtcTime),
    Column("sent_at", UtcTime),
    Column("after_message", Integer),
    UniqueConstraint("cause", "person_id"),
    Index(
        "ix_deliveries_rank_id",
        "rank",
        "id",
        sqlite_where=OPEN_DELIVERY,
        postgresql_where=OPEN_DELIVERY,
    ),
    Index(
        "ix_deliveries_address_id",
        "address_id",
        sqlite_where=OPEN_DELIVERY,
        postgresql_where=OPEN_DELIVERY,
    ),
    Index("uq_deliveries_person_id_on_day", "person_id", "on_day", unique=True),
    Index("ix_deliveries_broadcast_id_state", "broadcast_id", "state"),
    sqlite_autoincrement=True,
)

# The processes that send, each with a number that grows while it lives.
postmen = Table(
    "postmen",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("owner", String(40), nullable=False, unique=True),
    Column("beat", Integer, nullable=False),
)
