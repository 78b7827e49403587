"""Tie applications to their postings, keep an invoice's commission, name contested claims, fit owners to accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d5a90e7c1b48"
down_revision = "b3f1d0a94c22"
branch_labels = None
depends_on = None

KINDS = "'delivery', 'payment', 'credit_note', 'write_off', 'adjustment', 'settlement', 'opening', 'reversal'"
CLAIMS = "'open', 'confirmed', 'rejected', 'replaced'"


def upgrade() -> None:
    op.add_column("payment_applications", sa.Column("posting_id", sa.BigInteger(), nullable=False))
    op.create_foreign_key(
        op.f("fk_payment_applications_posting_id"), "payment_applications", "postings", ["posting_id"], ["id"]
    )
    op.drop_constraint(op.f("uq_payment_applications_payment_id_invoice_id"), "payment_applications")
    op.create_unique_constraint(
        op.f("uq_payment_applications_posting_id_payment_id_invoice_id"),
        "payment_applications",
        ["posting_id", "payment_id", "invoice_id"],
    )
    op.create_index(op.f("ix_payment_applications_payment_id"), "payment_applications", ["payment_id"])

    op.add_column(
        "invoices", sa.Column("commission_basis_points", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.alter_column("invoices", "commission_basis_points", server_default=None)

    _replace_check("postings", "posting_kind", f"kind IN ({KINDS}, 'prepayment_used')")
    _replace_check("payment_claims", "claim_status", f"status IN ({CLAIMS}, 'contested')")
    op.create_check_constraint(
        op.f("ck_ledger_accounts_owner_fits_kind"),
        "ledger_accounts",
        "(kind IN ('receivable', 'cash_due', 'prepayment')) = (retailer_id IS NOT NULL)"
        " AND (kind = 'payable') = (vendor_id IS NOT NULL)",
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_ledger_accounts_owner_fits_kind"), "ledger_accounts")
    _replace_check("payment_claims", "claim_status", f"status IN ({CLAIMS})")
    _replace_check("postings", "posting_kind", f"kind IN ({KINDS})")
    op.drop_column("invoices", "commission_basis_points")
    op.drop_index(op.f("ix_payment_applications_payment_id"), "payment_applications")
    op.drop_constraint(op.f("uq_payment_applications_posting_id_payment_id_invoice_id"), "payment_applications")
    op.create_unique_constraint(
        op.f("uq_payment_applications_payment_id_invoice_id"),
        "payment_applications",
        ["payment_id", "invoice_id"],
    )
    op.drop_column("payment_applications", "posting_id")


def _replace_check(table: str, name: str, condition: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, condition)
