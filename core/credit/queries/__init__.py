"""What there is to know about money: standings, open invoices, statements, ageing, claims, and whether the books agree."""

from core.credit.queries.ageing import Ageing, ageing
from core.credit.queries.balances import (
    OwedByShop,
    Standing,
    cash_due,
    open_invoices,
    outstanding,
    owed_for_vendor,
    paid_state_of_invoice,
    paid_state_of_order,
    prepaid,
    standing,
)
from core.credit.queries.check import Difference, DifferenceUnit, find_differences
from core.credit.queries.claims import (
    get_claim,
    list_claims,
    open_claims_for_vendor,
    open_claims_of_retailer,
)
from core.credit.queries.documents import (
    PaidInvoice,
    credit_notes,
    get_invoice,
    get_payment,
    invoice_lines,
    invoice_of_fulfillment,
    last_payment,
    list_invoices,
    newest_credited,
    paid_by,
    vendors_of_invoices,
    vendors_who_billed,
)
from core.credit.queries.settlement import Settlement, settlement
from core.credit.queries.statement import Statement, StatementLine, statement, vendor_statement

__all__ = [
    "Ageing",
    "Difference",
    "DifferenceUnit",
    "OwedByShop",
    "PaidInvoice",
    "Settlement",
    "Standing",
    "Statement",
    "StatementLine",
    "ageing",
    "cash_due",
    "credit_notes",
    "find_differences",
    "get_claim",
    "get_invoice",
    "get_payment",
    "invoice_lines",
    "invoice_of_fulfillment",
    "last_payment",
    "list_claims",
    "list_invoices",
    "newest_credited",
    "open_claims_for_vendor",
    "open_claims_of_retailer",
    "open_invoices",
    "outstanding",
    "owed_for_vendor",
    "paid_by",
    "paid_state_of_invoice",
    "paid_state_of_order",
    "prepaid",
    "settlement",
    "standing",
    "statement",
    "vendor_statement",
    "vendors_of_invoices",
    "vendors_who_billed",
]
