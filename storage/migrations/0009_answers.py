"""Learning from what failed: alike questions in groups, what staff answered, who was told."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wordings", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("telling", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name="fk_answers_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name="fk_questions_answer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
    )
    op.create_index("ix_questions_answer_id", "questions", ["answer_id"], unique=False)
    op.create_index("ix_questions_closed_at", "questions", ["closed_at"], unique=False)
    with op.batch_alter_table("tickets", table_kwargs={"sqlite_autoincrement": True}) as tickets:
        tickets.add_column(sa.Column("question_id", sa.Integer(), nullable=True))
        tickets.add_column(sa.Column("address_id", sa.Integer(), nullable=True))
        tickets.add_column(sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
        tickets.create_foreign_key("fk_tickets_question_id", "questions", ["question_id"], ["id"])
        tickets.create_foreign_key("fk_tickets_address_id", "addresses", ["address_id"], ["id"])
    op.create_index("ix_tickets_question_id", "tickets", ["question_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_tickets_question_id", "tickets")
    with op.batch_alter_table("tickets", table_kwargs={"sqlite_autoincrement": True}) as tickets:
        tickets.drop_constraint("fk_tickets_question_id", type_="foreignkey")
        tickets.drop_constraint("fk_tickets_address_id", type_="foreignkey")
        for name in ("question_id", "address_id", "told_at"):
            tickets.drop_column(name)
    op.drop_table("questions")
    op.drop_table("answers")
