"""What staff found missing: days that are held after all, and who a broadcast is from."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("pauses") as pauses:
        pauses.add_column(sa.Column("moved_to", sa.Integer(), nullable=True))
        pauses.create_foreign_key("fk_pauses_moved_to", "shifts", ["moved_to"], ["id"])
    op.add_column("changes", sa.Column("day", sa.Date(), nullable=True))
    op.add_column("broadcasts", sa.Column("sender", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("broadcasts", "sender")
    op.drop_column("changes", "day")
    with op.batch_alter_table("pauses") as pauses:
        pauses.drop_constraint("fk_pauses_moved_to", type_="foreignkey")
        pauses.drop_column("moved_to")
