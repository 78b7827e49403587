"""What a shop asks about the money it owes: bills, the balance, the statement."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking
from core.intake.acts.making import make_act
from core.intake.acts.shop_basket import sends_rest
from core.intake.acts.types import Act, ActKind


def read_bill(clause: Clause) -> list[Act]:
    """A bill that is asked for, or a complaint about one; "pdf" beside a number is a bill, else the statement."""
    if _asks_for_file(clause):
        return [
            make_act(
                ActKind.STATEMENT,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("when", "count", "line"),
                mood=asking(clause),
                when=facts.when_of(clause),
                as_file=True,
            )
        ]
    if clause.has("is.bill", "is.pdf", "is.credit_note") or (clause.invoices and not clause.has(*facts.WAYS)):
        kind = ActKind.COMPLAINT if clause.has("is.wrong", "is.problem") else ActKind.INVOICE
        return [
            make_act(
                kind,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("order", "invoice", "when"),
                mood=asking(clause),
                orders=clause.orders,
                invoices=clause.invoices,
                is_credit_note=clause.has("is.credit_note"),
            )
        ]
    return []


def _asks_for_file(clause: Clause) -> bool:
    names_a_bill = clause.has("is.bill", "is.credit_note") or clause.orders or clause.invoices
    return clause.has("is.pdf") and not names_a_bill


def read_appeal(clause: Clause) -> list[Act]:
    """The score isn't right, or a block isn't: somebody should look. Nothing moves on it."""
    is_about = clause.has("is.scorecard") or (clause.has("ask.blocked") and not clause.has("is.goods"))
    if not (clause.has("is.appeal") or (is_about and clause.has("is.wrong", "is.problem"))):
        return []
    return [make_act(ActKind.APPEAL, clause, means=("is.", "v.", "talk.", "ask."), mood=asking(clause))]


def read_score(clause: Clause) -> list[Act]:
    """The credit score is asked for, or how to raise it; "score" beside a number or goods may be a name."""
    if not clause.has("is.scorecard") or clause.numerals or clause.unknown_words or clause.has("is.goods"):
        return []
    return [make_act(ActKind.SCORECARD, clause, means=("is.", "v.", "talk."), mood=asking(clause))]


def read_balance(clause: Clause) -> list[Act]:
    """How much the shop owes, or its statement."""
    if clause.unknown_words or clause.orders or clause.codes or clause.has("is.goods"):
        return []
    if sends_rest(clause) or (clause.says("why") and clause.verb("stop", "close")):
        return []
    if _asks_for_statement(clause):
        return [
            make_act(
                ActKind.STATEMENT,
                clause,
                means=("is.", "v.", "talk."),
                numbers=("when", "count", "line"),
                mood=asking(clause),
                when=facts.when_of(clause),
            )
        ]
    if clause.counts or not _asks_what_is_owed(clause):
        return []
    return [make_act(ActKind.BALANCE, clause, means=("is.", "v.", "talk."), mood=asking(clause))]


def _asks_for_statement(clause: Clause) -> bool:
    asks_for_balance = clause.has("mood.asked") and clause.has("is.balance", "is.credit")
    return clause.has("is.statement") and not asks_for_balance


def asks_how_much_to_pay(clause: Clause) -> bool:
    """Say whether it is asked how much is still to be paid: "kati bujhaunu parcha", "tirnu parne kati ho"."""
    if not clause.says("asking_how_much") or clause.counts or clause.unknown_words:
        return False
    if clause.has("is.cash", "is.price"):
        return False
    is_due = clause.has("mood.due") or clause.verb("must") or clause.verb("pay", "give", "hand", tense="due")
    return is_due and clause.verb("pay", "give", "hand", "understand", "must")


def _asks_what_is_owed(clause: Clause) -> bool:
    if clause.has("is.balance") or asks_how_much_to_pay(clause):
        return True
    if clause.has("mood.asked") and clause.verb("pay", "give"):
        return True
    return clause.is_question and clause.has("is.credit", "is.money") and not clause.verb("send")
