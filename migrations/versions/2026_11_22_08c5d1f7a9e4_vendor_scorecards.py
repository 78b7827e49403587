"""Vendors' histories counted up, so that a basket's price does not wait for a count of everything."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "08c5d1f7a9e4"
down_revision = "f27b6c3e9a05"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vendor_scorecards",
        sa.Column("vendor_id", sa.BigInteger(), nullable=False),
        sa.Column("answered_yes", sa.BigInteger(), nullable=False),
        sa.Column("declined", sa.BigInteger(), nullable=False),
        sa.Column("lapsed", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn", sa.BigInteger(), nullable=False),
        sa.Column("delivery_hours", sa.Numeric(14, 3), nullable=False),
        sa.Column("measured_deliveries", sa.BigInteger(), nullable=False),
        sa.Column("price_index", sa.Numeric(6, 3), nullable=True),
        sa.Column("calculated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendors.id"], name=op.f("fk_vendor_scorecards_vendor_id")
        ),
        sa.PrimaryKeyConstraint("vendor_id", name=op.f("pk_vendor_scorecards")),
    )


def downgrade() -> None:
    op.drop_table("vendor_scorecards")
