"""Pushing: ways and holds of deliveries, broadcasts, changes, calls, and staff at work."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

OPEN_DELIVERY = sa.text("state IN ('waiting', 'sending')")


def upgrade() -> None:
    _people()
    _staff()
    _broadcasts()
    _changes()
    _deliveries()


def _people() -> None:
    for name in ("subscribed_at", "opted_out_at"):
        op.add_column("people", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column("signups", sa.Column("promoted_at", sa.DateTime(timezone=True), nullable=True))


def _staff() -> None:
    with op.batch_alter_table("staff") as staff:
        staff.add_column(
            sa.Column("role", sa.String(length=10), server_default="admin", nullable=False)
        )
        staff.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        staff.add_column(sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True))
        staff.create_foreign_key("fk_staff_person_id", "people", ["person_id"], ["id"])
        staff.create_unique_constraint("uq_staff_person_id", ["person_id"])
    op.add_column("tickets", sa.Column("outcome", sa.LargeBinary(), nullable=True))
    op.create_table(
        "staff_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_sessions_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_staff_sessions_token_hash"),
    )
    op.create_table(
        "staff_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("code_index", sa.String(length=32), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_staff_codes_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_staff_codes"),
        sa.UniqueConstraint("staff_id", name="uq_staff_codes_staff_id"),
    )
    op.create_index("ix_staff_codes_code_index", "staff_codes", ["code_index"], unique=False)
    op.create_table(
        "login_failures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_failures"),
        sa.UniqueConstraint("who", name="uq_login_failures_who"),
    )


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("audience", sa.LargeBinary(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("recipients", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name="fk_broadcasts_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_broadcasts"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_broadcasts_fingerprint_confirmed_at",
        "broadcasts",
        ["fingerprint", "confirmed_at"],
        unique=False,
    )
    op.create_index("ix_broadcasts_state", "broadcasts", ["state"], unique=False)


def _changes() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name="fk_pauses_shift_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pauses"),
        sa.UniqueConstraint("shift_id", "day", name="uq_pauses_shift_id_day"),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name="fk_changes_shift_id"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_calls_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        sa.UniqueConstraint("cause", "person_id", name="uq_calls_cause_person_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_calls_closed_at", "calls", ["closed_at"], unique=False)


def _deliveries() -> None:
    op.create_table(
        "postmen",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_postmen"),
        sa.UniqueConstraint("owner", name="uq_postmen_owner"),
    )
    added: tuple[sa.Column[Any], ...] = (
        sa.Column("kind", sa.String(length=12), server_default="reply", nullable=False),
        sa.Column("rank", sa.Integer(), server_default="0", nullable=False),
        sa.Column("way", sa.String(length=20), server_default="telegram", nullable=False),
        sa.Column("urgent", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=True),
        sa.Column("broadcast_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_message", sa.Integer(), nullable=True),
    )
    op.drop_index("ix_deliveries_due_at", "deliveries")
    with op.batch_alter_table("deliveries", table_kwargs={"sqlite_autoincrement": True}) as table:
        for column in added:
            table.add_column(column)
        table.alter_column("address_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column(
            "state", existing_type=sa.String(length=10), type_=sa.String(length=12), nullable=False
        )
        table.drop_column("lease_until")
        table.create_foreign_key(
            "fk_deliveries_broadcast_id", "broadcasts", ["broadcast_id"], ["id"]
        )
    op.create_index(
        "ix_deliveries_rank_id",
        "deliveries",
        ["rank", "id"],
        unique=False,
        sqlite_where=OPEN_DELIVERY,
        postgresql_where=OPEN_DELIVERY,
    )
    op.create_index(
        "ix_deliveries_address_id",
        "deliveries",
        ["address_id"],
        unique=False,
        sqlite_where=OPEN_DELIVERY,
        postgresql_where=OPEN_DELIVERY,
    )
    op.create_index(
        "uq_deliveries_person_id_on_day", "deliveries", ["person_id", "on_day"], unique=True
    )
    op.create_index("ix_deliveries_broadcast_id_state", "deliveries", ["broadcast_id", "state"])


NEW_COLUMNS = (
    "kind",
    "rank",
    "way",
    "urgent",
    "hold_until",
    "expires_at",
    "queued_at",
    "settled_at",
    "on_day",
    "broadcast_id",
    "answer",
    "answered_at",
    "sent_at",
    "after_message",
)


def downgrade() -> None:
    for name in ("rank_id", "address_id", "broadcast_id_state"):
        op.drop_index(f"ix_deliveries_{name}", "deliveries")
    op.drop_index("uq_deliveries_person_id_on_day", "deliveries")
    op.execute("DELETE FROM deliveries WHERE address_id IS NULL")
    with op.batch_alter_table("deliveries", table_kwargs={"sqlite_autoincrement": True}) as table:
        table.drop_constraint("fk_deliveries_broadcast_id", type_="foreignkey")
        for name in NEW_COLUMNS:
            table.drop_column(name)
        table.alter_column("address_id", existing_type=sa.Integer(), nullable=False)
        table.add_column(sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_deliveries_due_at",
        "deliveries",
        ["due_at"],
        sqlite_where=OPEN_DELIVERY,
        postgresql_where=OPEN_DELIVERY,
    )
    for table_name in (
        "postmen",
        "calls",
        "changes",
        "pauses",
        "broadcasts",
        "login_failures",
        "staff_codes",
        "staff_sessions",
    ):
        op.drop_table(table_name)
    with op.batch_alter_table("tickets", table_kwargs={"sqlite_autoincrement": True}) as tickets:
        tickets.drop_column("outcome")
    with op.batch_alter_table("staff") as staff:
        staff.drop_constraint("fk_staff_person_id", type_="foreignkey")
        staff.drop_constraint("uq_staff_person_id", type_="unique")
        for name in ("role", "person_id", "disabled_at"):
            staff.drop_column(name)
    op.drop_column("signups", "promoted_at")
    with op.batch_alter_table("people", table_kwargs={"sqlite_autoincrement": True}) as people:
        for name in ("subscribed_at", "opted_out_at"):
            people.drop_column(name)
