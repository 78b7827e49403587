"""Find the credit notes of an invoice without reading all postings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "f27b6c3e9a05"
down_revision = "c4e18a6d2b37"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_postings_credit_notes",
        "postings",
        [sa.literal_column("(memo -> 'invoice_id')")],
        postgresql_where=sa.text("kind = 'credit_note'"),
    )


def downgrade() -> None:
    op.drop_index("ix_postings_credit_notes", "postings")
