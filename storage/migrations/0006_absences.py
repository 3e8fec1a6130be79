"""Absences: single times of a weekly place at which somebody does not come."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("signup_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["signup_id"], ["signups.id"], name="fk_absences_signup_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_absences"),
        sa.UniqueConstraint("signup_id", "day", name="uq_absences_signup_id_day"),
    )


def downgrade() -> None:
    op.drop_table("absences")
