"""What a shop asks about the money it owes: bills, the balance, the statement."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking
from core.intake.acts.drafting import draft
from core.intake.acts.types import Act, ActKind


def read_bill(clause: Clause) -> list[Act]:
    if clause.has("is.bill") or clause.has("is.pdf") or (clause.invoices and not clause.has(*facts.WAYS)):
        kind = ActKind.COMPLAINT if clause.has("is.wrong", "is.problem") else ActKind.INVOICE
        return [
            draft(
                kind,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("order", "invoice", "when"),
                mood=asking(clause),
                orders=clause.orders,
                invoices=clause.invoices,
            )
        ]
    return []


def read_balance(clause: Clause) -> list[Act]:
    if clause.strangers or clause.has("is.goods") or clause.orders or clause.codes:
        return []
    if clause.has("is.statement") and not (
        clause.has("is.balance", "is.credit") and clause.has("mood.asked")
    ):
        return [
            draft(
                ActKind.STATEMENT,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("when", "count", "line"),
                mood=asking(clause),
                when=facts.when_of(clause),
            )
        ]
    if clause.figures:
        return []
    owes = (
        clause.verb("pay", "give")
        and (clause.has("mood.asked", "mood.due") or clause.verb("must"))
        and clause.has("mood.asked")
    )
    on_credit = clause.has("is.credit", "is.money") and (clause.is_question) and not clause.verb("send")
    if clause.has("is.balance") or owes or on_credit:
        return [draft(ActKind.BALANCE, clause, means=("is.", "v.", "talk."), mood=asking(clause))]
    return []
