"""Codes of retailers and vendors (R-0001, V-0001) come from sequences."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Sequence
from sqlalchemy.schema import CreateSequence, DropSequence

revision = "c4e18a6d2b37"
down_revision = "d5a90e7c1b48"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(CreateSequence(Sequence("retailer_codes")))
    op.execute(CreateSequence(Sequence("vendor_codes")))


def downgrade() -> None:
    op.execute(DropSequence(Sequence("vendor_codes")))
    op.execute(DropSequence(Sequence("retailer_codes")))
