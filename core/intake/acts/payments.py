"""A shop's money: what it paid, means to pay, puts right, or asks how to pay."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.drafting import draft
from core.intake.acts.types import Act, ActKind, Mood

WAYS = tuple(
    f"way.{way}" for way in ("esewa", "khalti", "imepay", "fonepay", "connectips", "cheque", "bank_transfer")
)
_PAYING = (
    "way.",
    "is.money",
    "is.cash",
    "is.reference",
    "is.code",
    "is.bill",
    "is.full",
    "is.part",
    "is.balance",
    "is.statement",
    "is.credit",
    "is.mine",
    "is.goods",
    "is.order",
    "is.rest",
    "v.pay.",
    "v.give.",
    "v.send.",
    "v.do.",
    "v.be.",
    "v.put.",
    "v.confirm.",
    "v.finish.",
    "v.deliver.bare",
    "small.",
    "day.",
    "is.list",
    "is.line",
    "v.hand.",
    "v.go.",
    "v.take.",
)
_NUMBERS_OF_PAY = ("money", "when", "invoice", "name")


def read_payment(clause: Clause) -> list[Act]:
    """Money that went, goes or shall go to a wholesaler."""
    way = clause.has(*WAYS)
    cash = clause.has("is.cash")
    pays = clause.verb("pay")
    moved = clause.verb("give", "send", "put", "do", "hand")
    amount, is_sure, used = facts.money_of(clause)
    reference = facts.reference_of(clause)
    if reference and any(unit in reference[1] for unit in used):
        amount, is_sure, used = facts.money_of(clause, besides=reference[1])
    speaks = (
        pays
        or way
        or clause.has("is.money")
        or (cash and bool(used))
        or (reference is not None and clause.has("is.reference"))
    )
    if not speaks or _asks_how(clause) or counts_goods(clause):
        return []
    if not (used or way or pays or moved or reference):
        return []
    if clause.has("is.price", "is.stock") or (clause.has("is.money") and clause.verb("return")):
        return []
    if (clause.has("is.balance", "is.statement") and not used) or (clause.has("mood.asked") and not used):
        return []
    mood = mood_of(clause)
    marks = (*used, *(reference[1] if reference else ()))
    is_noun = not any(
        clause.verb(verb, tense="past")
        for verb in ("pay", "give", "send", "put", "do", "hand", "be", "deposit")
    )
    # Without a word for doing it, only a reference or a way tells that it is done.
    certain = (
        (is_sure or not used)
        and not (is_noun and reference is None and not (way and used))
        and not (
            is_noun
            and clause.verb("pay", "give", "send", tense="bare")
            and reference is None
            and not clause.has("is.money")
        )
    )
    if mood in (Mood.FUTURE, Mood.WISHED, Mood.DUE):
        certain = is_sure or not used
    kind = ActKind.PROMISE if mood in (Mood.FUTURE, Mood.WISHED, Mood.DUE) else ActKind.PAY
    if mood is Mood.NOW:
        mood = Mood.DONE
    days = [one.best.date for one in clause.numerals if one.best.date is not None]
    return [
        draft(
            kind, clause, means=_PAYING, numbers=_NUMBERS_OF_PAY, used=marks, mood=mood, is_certain=certain,
            amount=amount, method=facts.method_of(clause), reference=reference[0] if reference else None, paid_on=days[0] if days else None,
            invoices=clause.invoices, when=facts.when_of(clause), is_all=clause.has("is.full"),
        )
    ]  # fmt: skip


def counts_goods(clause: Clause) -> bool:
    """Say whether goods are named with an amount of their own."""
    return bool(clause.strangers) and any(
        unit.numeral is not None and unit.numeral.best.unit is not None for unit in clause.units
    )


def _asks_how(clause: Clause) -> bool:
    if clause.has("is.how") and clause.has("is.money", "is.cash", *WAYS):
        return True
    asks = clause.is_asked or clause.has("mood.asked")
    return (
        asks
        and clause.has(*WAYS, "is.money")
        and not clause.figures
        and clause.verb("send", "pay", "do", "give")
        and not clause.verb("send", "pay", "do", "give", tense="past")
    )


def read_pay_how(clause: Clause) -> list[Act]:
    if clause.has("is.load") and clause.has(*WAYS) and not clause.strangers:
        return [
            draft(
                ActKind.WALLET_LOAD,
                clause,
                means=("is.", "v.", "way."),
                numbers=("money", "when", "phone"),
                is_certain=False,
                method=facts.method_of(clause),
            )
        ]
    if not _asks_how(clause):
        return []
    return [
        draft(
            ActKind.PAY_HOW,
            clause,
            means=("is.", "v.", "way."),
            mood=Mood.ASKED,
            method=facts.method_of(clause),
        )
    ]


def read_correction(clause: Clause) -> list[Act]:
    """A correction of what was just claimed: "hoina 6000 ho", "ref is not A1 but A2"."""
    return _reference_put_right(clause) or _amount_put_right(clause)


def _reference_put_right(clause: Clause) -> list[Act]:
    if not (clause.has("is.reference") and clause.has("mood.neg", "is.correct", "is.wrong")):
        return []
    if clause.has(*WAYS, "is.money") or clause.verb("pay", "give", "send"):
        return []
    right = _right_reference(clause)
    return [
        draft(
            ActKind.CORRECT_PAYMENT,
            clause,
            means=("is.", "mood.neg", "talk.", "v.be.", "v.do."),
            numbers=("name", "order", "money", "count", "line"),
            ignoring=denials(clause),
            mood=Mood.NOW if right else None,
            reference=right,
            used=clause.strangers,
            is_certain=right is not None,
        )
    ]


def _right_reference(clause: Clause) -> str | None:
    """Give the right one of two references, or the one behind "hoina,"; "not A1" alone names none."""
    names = [unit for unit in clause.units if unit.numeral and any(letter.isdigit() for letter in unit.text)]
    words = [unit for unit in clause.units if unit.has("mood.neg", "is.correct", "is.wrong")]
    if len(names) == 2:
        # "not A1 but A2", "A1 hoina A2": the denial stands before or right after the wrong one.
        first, second = names
        return (second if words[0].start < second.start else first).text.upper()
    if len(names) == 1 and (clause.is_list or clause.has("is.correct")) and words[0].start < names[0].start:
        return names[0].text.upper()
    return None


def _amount_put_right(clause: Clause) -> list[Act]:
    first = next((unit for unit in clause.units if unit.senses or unit.numeral), None)
    amount, is_sure, used = facts.money_of(clause)
    if first is None or amount is None or amount.minor < _SMALLEST_CORRECTION or clause.strangers:
        return []
    says_wrong = first.text in _NO_BUT or clause.has("is.correct")
    denies_more = denied(clause) or any(unit is not first and unit.has("mood.neg") for unit in clause.units)
    did = clause.has("v.pay.past", "v.send.past", "v.give.past", "v.do.past") and first.text not in _NOT_BUT
    other = any(sense.startswith("v.") and not sense.startswith(_DOING_MONEY) for sense in clause.senses)
    counted = any(one.best.unit is not None for one in clause.numerals)
    if not says_wrong or denies_more or did or other or counted:
        return []
    means = ("is.money", "is.correct", "talk.", "way.", "is.cash", "v.be.", "v.pay.", "v.give.")
    return [
        draft(
            ActKind.CORRECT_PAYMENT,
            clause,
            means=means,
            numbers=("money", "order"),
            ignoring=denials(clause),
            used=used,
            amount=amount,
            method=facts.method_of(clause),
            is_certain=is_sure,
        )
    ]


_DOING_MONEY = ("v.be.", "v.pay.past", "v.send.past", "v.give.past", "v.do.past")
_NOT_BUT = frozenset({"hoina", "haina", "होइन", "हैन"})
_NO_BUT = _NOT_BUT | {"no", "nope", "nahi", "nahin", "नहीं", "नही"}
_SMALLEST_CORRECTION = 10_000  # a hundred rupees: a smaller bare number is a quantity


def denials(clause: Clause) -> tuple[str, ...]:
    return tuple(
        sense for sense in clause.senses if sense in ("mood.neg", "talk.no") or sense.endswith(".not")
    )


def denied(clause: Clause) -> bool:
    return any(sense.endswith(".not") for sense in clause.senses)
