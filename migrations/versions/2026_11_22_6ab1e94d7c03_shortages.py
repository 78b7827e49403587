"""What shops report short or damaged after a delivery."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "6ab1e94d7c03"
down_revision = "5f0c9a3e7d21"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shortages",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("fulfillment_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("credited_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'agreed', 'refused')", name=op.f("ck_shortages_shortage_status")
        ),
        sa.CheckConstraint(
            "(status = 'open') = (answered_at IS NULL)", name=op.f("ck_shortages_answered_has_time")
        ),
        sa.CheckConstraint(
            "(status = 'agreed') = (credited_minor IS NOT NULL)", name=op.f("ck_shortages_agreed_has_amount")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_id"], ["fulfillments.id"], name=op.f("fk_shortages_fulfillment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortages")),
    )
    op.create_index(op.f("ix_shortages_fulfillment_id"), "shortages", ["fulfillment_id"])
    op.create_index(
        "uq_shortages_open",
        "shortages",
        ["fulfillment_id"],
        unique=True,
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_table(
        "shortage_lines",
        sa.Column("shortage_id", sa.BigInteger(), nullable=False),
        sa.Column("fulfillment_line_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shortage_lines_quantity_is_positive")),
        sa.ForeignKeyConstraint(
            ["shortage_id"], ["shortages.id"], name=op.f("fk_shortage_lines_shortage_id")
        ),
        sa.ForeignKeyConstraint(
            ["fulfillment_line_id"],
            ["fulfillment_lines.id"],
            name=op.f("fk_shortage_lines_fulfillment_line_id"),
        ),
        sa.PrimaryKeyConstraint("shortage_id", "fulfillment_line_id", name=op.f("pk_shortage_lines")),
    )
    op.create_index(op.f("ix_shortage_lines_fulfillment_line_id"), "shortage_lines", ["fulfillment_line_id"])


def downgrade() -> None:
    op.drop_table("shortage_lines")
    op.drop_table("shortages")
