"""Remember which invoice a payment is for until a cheque clears."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "91d4c7e2b6f8"
down_revision = "3b8e6f04d1a7"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payments", sa.Column("named_invoice_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        op.f("fk_payments_named_invoice_id"), "payments", "invoices", ["named_invoice_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_column("payments", "named_invoice_id")
