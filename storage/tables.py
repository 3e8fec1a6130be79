"""The tables as they are today. Migrations make them; a test holds the two against each other."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Encrypted, EncryptedJson, UtcTime

# Where an id is shown to people or lives in a button, SQLite must not use it twice
# (sqlite_autoincrement).
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Encrypted("people.name")),
    Column("phone", Encrypted("people.phone")),
    Column("phone_index", String(32), index=True),
    Column("subjects", EncryptedJson("people.subjects")),
    Column("region", String(40)),
    Column("consent_version", String(20)),
    Column("consent_at", UtcTime),
    Column("consent_channel", String(20)),
    Column("created_at", UtcTime, nullable=False),
    Column("subscribed_at", UtcTime),
    Column("opted_out_at", UtcTime),
    sqlite_autoincrement=True,
)

# How a platform names a person: an openid, a chat id, a hashed cookie.
addresses = Table(
    "addresses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("address", String(128), nullable=False),
    Column("person_id", ForeignKey("people.id"), index=True),
    Column("off", String(80)),
    Column("wrong_codes", Integer, nullable=False, server_default="0"),
    Column("wrong_code_at", UtcTime),
    UniqueConstraint("channel", "address"),
)

# The inbox: the row is the receipt. Texts are blanked after 48 hours, the ids stay.
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address_id", ForeignKey("addresses.id"), nullable=False),
    Column("external_id", String(128), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("text", Encrypted("messages.text")),
    Column("reply", EncryptedJson("messages.reply")),
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("address_id", "external_id"),
    sqlite_autoincrement=True,
)

dialogs = Table(
    "dialogs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, unique=True),
    Column("script", String(40), nullable=False),
    Column("answers", EncryptedJson("dialogs.answers"), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

stations = Table(
    "stations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("region", String(40), nullable=False),
    Column("location", String(120)),
    Column("phone", String(20)),
    Column("subjects", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("closed_at", UtcTime),
)

# A time at which a station wants helpers. Weekly ones repeat at the same hour of the same weekday.
shifts = Table(
    "shifts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("station_id", ForeignKey("stations.id"), nullable=False, index=True),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("weekly", Boolean, nullable=False),
    Column("seats", Integer, nullable=False),
    Column("closed_at", UtcTime),
)

HOLDS_A_PLACE = text("status IN ('confirmed', 'waiting')")

signups = Table(
    "signups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("programme", String(20), nullable=False),
    Column("shift_id", ForeignKey("shifts.id")),
    Column("kind", String(20)),
    Column("details", EncryptedJson("signups.details"), nullable=False),
    Column("status", String(10), nullable=False),
    Column("told", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("cancelled_at", UtcTime),
    Column("promoted_at", UtcTime),
    Index("ix_signups_shift_id_status", "shift_id", "status"),
    Index(
        "uq_signups_person_id_shift_id",
        "person_id",
        "shift_id",
        unique=True,
        sqlite_where=HOLDS_A_PLACE,
        postgresql_where=HOLDS_A_PLACE,
    ),
    Index(
        "uq_signups_person_id_kind",
        "person_id",
        "kind",
        unique=True,
        sqlite_where=HOLDS_A_PLACE,
        postgresql_where=HOLDS_A_PLACE,
    ),
    sqlite_autoincrement=True,
)

# What staff answered, and the wordings that they say it answers. ``until`` is the last day in China
# on which it holds; ``telling``: not everybody who asked has been told yet.
answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("wordings", EncryptedJson("answers.wordings"), nullable=False),
    Column("text", Encrypted("answers.text"), nullable=False),
    Column("region", String(40)),
    Column("until", Date),
    Column("author_id", ForeignKey("staff.id")),
    Column("answered_at", UtcTime, nullable=False),
    Column("withdrawn_at", UtcTime),
    Column("telling", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

# A question that the plans do not answer, however often and in whatever words it was asked. Its
# words are those of its tickets; ``region`` is the place that it is about.
questions = Table(
    "questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("region", String(40)),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime, index=True),
    Column("answer_id", ForeignKey("answers.id"), index=True),
)

# What waits for staff: unanswered questions, people who want a human, dangers, parked messages.
# ``address_id`` is the chat in which it was said; ``told_at``: when the answer was queued for it.
tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("person_id", ForeignKey("people.id")),
    Column("words", Encrypted("tickets.words")),
    Column("region", String(40)),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("outcome", Encrypted("tickets.outcome")),
    Column("question_id", ForeignKey("questions.id"), index=True),
    Column("address_id", ForeignKey("addresses.id")),
    Column("told_at", UtcTime),
    Index("ix_tickets_closed_at_kind", "closed_at", "kind"),
    sqlite_autoincrement=True,
)

hotlines = Table(
    "hotlines",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String(20), nullable=False, unique=True),
    Column("name", String(40), nullable=False),
    Column("level", Integer, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("password_hash", String(200), nullable=False),
    Column("must_change_password", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("role", String(10), nullable=False, server_default="admin"),
    Column("person_id", ForeignKey("people.id"), unique=True),
    Column("disabled_at", UtcTime),
)

# Who is logged in, on the machine's clock. Of the cookie only a hash is kept.
staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("seen_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
)

# Six digits by which a member of staff is known in chat; only their blind index is kept.
staff_codes = Table(
    "staff_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False, unique=True),
    Column("code_index", String(32), nullable=False, index=True),
    Column("expires_at", UtcTime, nullable=False),
)

# Failed logins of an account or an address of the network, each hashed; the machine's clock.
login_failures = Table(
    "login_failures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("who", String(64), nullable=False, unique=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False),
)

# Who did what to which thing; never a personal datum.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", String(60), nullable=False),
    Column("act", String(40), nullable=False),
    Column("thing", String(80), nullable=False),
)

# Who does what only one process may do at a time, on the machine's clock.
leases = Table(
    "leases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("owner", String(40), nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("number", Integer, nullable=False),
)

# What platforms gave us for a while, shared by all processes.
tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(60), nullable=False, unique=True),
    Column("value", Encrypted("tokens.value"), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

# Six digits that join a second address to a person; only their blind index is kept.
links = Table(
    "links",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, unique=True),
    Column("code_index", String(32), nullable=False, index=True),
    Column("expires_at", UtcTime, nullable=False),
)

# Which part of a long reply an address has read last, where a channel shows it in parts.
pages = Table(
    "pages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address_id", ForeignKey("addresses.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("asked_by", String(128), nullable=False),
    UniqueConstraint("address_id"),
)

# What an act of somebody allows to be sent to them by calls, on the machine's clock.
windows = Table(
    "windows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("address_id", ForeignKey("addresses.id", ondelete="CASCADE"), nullable=False),
    Column("allowed", Integer, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    UniqueConstraint("address_id"),
)

# Facts about this database itself.
facts = Table(
    "facts",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Encrypted("facts.value"), nullable=False),
)

# A plan that was learned; texts of plans are public. ``identity`` is what makes it the same plan
# when it is learned again, which gives it a new id; ``fingerprint`` is that of its file.
plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(200), nullable=False, unique=True),
    Column("identity", String(64), nullable=False, unique=True),
    Column("fingerprint", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("issuer", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Text),
    Column("issued", String(10)),
    Column("digest", Boolean, nullable=False),
    Column("learned_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

passages = Table(
    "passages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("section", Text, nullable=False),
    Column("headings", JSON, nullable=False),
    Column("text", Text, nullable=False),
    UniqueConstraint("plan_id", "position"),
)
