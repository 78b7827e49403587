"""A shop's money: what it paid, means to pay, puts right, or asks how to pay."""

from dataclasses import dataclass

from core.intake.acts import facts
from core.intake.acts.chunks import Chunk, ChunkKind
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, Mood
from core.money import Money

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


_TO_COME = frozenset({Mood.FUTURE, Mood.WISHED, Mood.DUE})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Payment:
    """What a clause says of money that goes to a wholesaler."""

    clause: Clause
    amount: Money | None
    is_sure: bool  # of the amount
    used: tuple[Chunk, ...]  # the numbers that the amount was read from
    reference: str | None
    reference_chunks: tuple[Chunk, ...]

    @property
    def names_a_way(self) -> bool:
        return self.clause.has(*facts.WAYS)

    @property
    def is_done(self) -> bool:
        """Say whether a verb tells that it was paid."""
        verbs = ("pay", "give", "send", "put", "do", "hand", "be")
        return self.clause.verb(*verbs, tense="past")


def read_payment(clause: Clause) -> list[Act]:
    """Money that went, goes or shall go to a wholesaler."""
    payment = _payment(clause)
    if not _speaks_of_paying(payment) or _speaks_of_something_else(payment):
        return []
    # "thaha bhaena": whom it went to isn't known, which is no denial of the payment.
    knows_not = clause.says("not_knowing")
    contradicts = _contradicts(clause)
    ignored = (*(clause.denials if knows_not or contradicts else ()), *_yesterday(clause))
    mood = mood_of(clause, ignoring=ignored)
    days = [one.best.date for one in clause.numerals if one.best.date is not None]
    return [
        make_act(
            ActKind.PROMISE if mood in _TO_COME else ActKind.PAY, clause, means=_PAYING, numbers=_NUMBERS_OF_PAY,
            used=(*payment.used, *payment.reference_chunks), mood=Mood.DONE if mood is Mood.NOW else mood, is_certain=_is_certain(payment, mood) and not (knows_not or contradicts),
            amount=payment.amount, method=facts.method_of(clause) or _at_the_door(clause), reference=payment.reference, paid_on=days[0] if days else None,
            invoices=clause.invoices, when=facts.when_of(clause), is_all=clause.has("is.full"),
        )
    ]  # fmt: skip


def _at_the_door(clause: Clause) -> str | None:
    """Money that was given to a driver was cash."""
    gave = clause.verb("pay", "give", "hand", tense="past")
    return "cash" if gave and any(chunk.text in exact_words()["driver"] for chunk in clause.chunks) else None


def _contradicts(clause: Clause) -> bool:
    """Say whether the no is of what somebody else said: "no i gave all 1983"."""
    words = [chunk for chunk in clause.chunks if chunk.kind is ChunkKind.WORD]
    if len(words) < 2 or not words[0].has("talk.no") or words[1].text not in exact_words()["who_paid"]:
        return False
    others = any(chunk.has("mood.neg") for chunk in words[1:]) or clause.has_denied_verb
    return not others and clause.verb("pay", "give", "send", "put", "hand", tense="past")


def _yesterday(clause: Clause) -> tuple[str, ...]:
    """The sense of the day that is no tomorrow: "kal 6000 diya tha" was yesterday."""
    days = [chunk for chunk in clause.chunks if chunk.has("mood.tomorrow")]
    is_either = bool(days) and all(chunk.text in exact_words()["either_day"] for chunk in days)
    gave = clause.verb("pay", "give", "send", "put", "do", tense="past")
    return ("mood.tomorrow",) if is_either and gave else ()


def _payment(clause: Clause) -> _Payment:
    """Read amount and reference apart: no number is both."""
    amount, is_sure, used = facts.money_of(clause)
    reference, chunks = facts.reference_of(clause) or (None, ())
    if any(chunk in chunks for chunk in used):
        amount, is_sure, used = facts.money_of(clause, besides=chunks)
    return _Payment(
        clause=clause, amount=amount, is_sure=is_sure, used=used, reference=reference, reference_chunks=chunks
    )


def _speaks_of_paying(payment: _Payment) -> bool:
    clause = payment.clause
    if _only_checks(clause):
        return False
    pays = clause.verb("pay") or payment.names_a_way or _gives_a_sum(payment)
    if clause.has("is.reference") and payment.reference is not None:
        return True
    if clause.has("is.money"):
        moves = pays or clause.verb("give", "send", "put", "do", "hand")
        return moves or bool(payment.used) or payment.reference is not None
    return pays or (clause.has("is.cash") and bool(payment.used))


def _only_checks(clause: Clause) -> bool:
    """Say whether "check" is no cheque: "let me check first"."""
    cheques = [chunk.text for chunk in clause.chunks if chunk.has("way.cheque")]
    other_ways = clause.has(*(way for way in facts.WAYS if way != "way.cheque"))
    pays = clause.verb("pay", "give", "send", "put", "hand")
    return bool(cheques) and set(cheques) <= {"check", "chek"} and not (other_ways or pays or clause.numerals)


def _gives_a_sum(payment: _Payment) -> bool:
    """Say whether nothing but a sum was given: "maile 5274 matra diye"."""
    clause = payment.clause
    gave = clause.verb("give", tense="past") and not clause.has_denied_verb
    return (
        gave
        and len(payment.used) == len(clause.numerals) == 1
        and not clause.unknown_words
        and not clause.has("is.goods")
    )


def _speaks_of_something_else(payment: _Payment) -> bool:
    """Say whether the money is asked about, owed or given back, or whether goods are counted or priced."""
    clause = payment.clause
    if _asks_how(clause) or counts_goods(clause) or clause.has("is.price", "is.stock"):
        return True
    if clause.has("is.money") and clause.verb("return"):
        return True
    if wants_no_order(clause):
        return True
    return clause.has("is.balance", "is.statement", "mood.asked") and not payment.used


def wants_no_order(clause: Clause) -> bool:
    """Say whether a placed order is not wanted any more: "1026 cash wala chahidaina", "yo order chahidaina"."""
    wanted = any(form.endswith("not") for form in clause.tenses.get("want", ()))
    denied = wanted or (clause.verb("want") and clause.has("mood.neg")) or clause.says("unwanted")
    is_of_money = clause.has("is.money", *facts.WAYS) or clause.verb("pay", "give", "send")
    names_it = bool(clause.orders) or (clause.has("is.order") and not clause.unknown_words)
    return denied and names_it and not is_of_money and not clause.is_question


def _is_certain(payment: _Payment, mood: Mood) -> bool:
    """Say whether the payment is clear. Without a verb for it, only a reference or a way tells that it was paid."""
    if payment.used and not payment.is_sure:
        return False
    if mood in _TO_COME or payment.is_done or payment.reference is not None:
        return True
    if not payment.names_a_way or not payment.used:
        return False
    clause = payment.clause
    return clause.has("is.money") or not clause.verb("pay", "give", "send", tense="bare")


def counts_goods(clause: Clause) -> bool:
    """Say whether goods are named with an amount of their own."""
    return bool(clause.unknown_words) and any(
        chunk.numeral is not None and chunk.numeral.best.unit is not None for chunk in clause.chunks
    )


def _asks_how(clause: Clause) -> bool:
    if clause.has("is.how") and clause.has("is.money", "is.cash", *facts.WAYS):
        return True
    verbs = ("send", "pay", "do", "give")
    return (
        clause.is_question
        and clause.has(*facts.WAYS, "is.money")
        and not clause.counts
        and clause.verb(*verbs)
        and not clause.verb(*verbs, tense="past")
    )


def read_pay_how(clause: Clause) -> list[Act]:
    """A question how to pay, or a pasted message about a load of a wallet, which is no payment."""
    if clause.has("is.load") and clause.has(*facts.WAYS) and not clause.unknown_words:
        return [
            make_act(
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
        make_act(
            ActKind.PAY_HOW,
            clause,
            means=("is.", "v.", "way."),
            mood=Mood.ASKED,
            method=facts.method_of(clause),
        )
    ]


def read_correction(clause: Clause) -> list[Act]:
    """A correction of what was just claimed: "hoina 6000 ho", "ref is not A1 but A2"."""
    return (
        _reference_put_right(clause)
        or _one_of_two_amounts(clause)
        or _amount_put_right(clause)
        or _method_put_right(clause)
    )


_TAKEN_BACK = ("is.money", "is.claims", "is.reference", "is.wrong", "is.mine", "is.correct", "v.remove.", "v.cancel.", "v.withdraw.",
               "v.do.", "v.be.", "v.give.", "v.pay.", "v.send.past", "way.", "is.cash")  # fmt: skip


def read_taken_back(clause: Clause) -> list[Act]:
    """A payment that the shop told of, and takes back: "payment hatau", "delete my claim", "tyo payment bhayena".

    Only a command moves. What may as well be a report ("the payment didn't happen", "galat claim") asks.
    """
    if clause.unknown_words or _counts_anything(clause) or not _names_told_payment(clause):
        return []
    removes = clause.verb("remove", "cancel", "withdraw") and not clause.has("v.cancel.past")
    denies = clause.has("is.money", "is.claims") and clause.verb("be") and clause.is_denied
    if not (removes or denies or (clause.has("is.claims") and clause.has("is.wrong", "is.correct"))):
        return []
    reference, name = facts.reference_of(clause) or (None, ())
    amount, is_sure, used = facts.money_of(clause, besides=name)
    return [
        make_act(
            ActKind.TAKE_BACK_PAYMENT,
            clause,
            means=_TAKEN_BACK,
            numbers=_NUMBERS_OF_PAY,
            used=(*used, *name),
            mood=None if removes and _is_clear_command(clause) else Mood.ASKED,
            amount=amount,
            reference=reference,
            method=facts.method_of(clause),
            is_certain=is_sure or amount is None,
        )
    ]


def _is_clear_command(clause: Clause) -> bool:
    """Say whether only the taking back is said: beside "gareko chaina" or "cancel bhayo" it is asked about."""
    denied = [sense for sense in clause.verb_senses if sense.endswith(".not")]
    is_denied_itself = any(sense.startswith(("v.remove.", "v.cancel.", "v.do.command")) for sense in denied)
    return not clause.verb("be", tense="past") and (not clause.is_denied or is_denied_itself)


def _counts_anything(clause: Clause) -> bool:
    return any(one.best.unit is not None for one in clause.numerals)


def _names_told_payment(clause: Clause) -> bool:
    return clause.has("is.money", "is.claims", "v.pay.past") or (
        clause.has(*facts.WAYS, "is.reference") and bool(clause.numerals)
    )


def _one_of_two_amounts(clause: Clause) -> list[Act]:
    """Read "1800 not 1500" and "1500 haina 1800 ho": one amount is denied, the other is right."""
    _, names = facts.reference_of(clause) or (None, ())
    numbers = [chunk for chunk in clause.chunks if chunk.numeral is not None]
    if any(chunk in names for chunk in numbers):
        # "cheque no 555111 6000 diyeko chaina": the number of a paper is no sum.
        return []
    denials = [chunk for chunk in clause.chunks if chunk.has("mood.neg") or chunk.text in _denying_words()]
    amounts = _two_amounts(numbers)
    if not amounts or not denials or not _says_only_what_was_paid(clause):
        return []
    # "sorry no, 1800 not 1500": the last denial is the one beside an amount.
    wrong = _denied_number(denials[-1], [chunk.start for chunk in numbers])
    return [
        make_act(
            ActKind.CORRECT_PAYMENT, clause, means=("is.", "talk.", "way.", "v.", "mood.", "small."), numbers=("money", "order", "count", "line"),
            ignoring=clause.denials, used=tuple(numbers), mood=Mood.NOW, amount=Money(amounts[1 - wrong]), corrected=Money(amounts[wrong]), method=facts.method_of(clause),
            is_certain=not clause.is_asked,
        )
    ]  # fmt: skip


def _two_amounts(numbers: list[Chunk]) -> list[int]:
    """Give two different amounts in paisa; nothing when there are more or fewer numbers, or one is no such amount."""
    values = [chunk.numeral.value for chunk in numbers if chunk.numeral and chunk.numeral.best.unit is None]
    amounts = [int(value * 100) for value in values if value is not None]
    is_pair = len(numbers) == len(amounts) == len(set(amounts)) == 2
    return amounts if is_pair and min(amounts) >= _SMALLEST_CORRECTION else []


def _says_only_what_was_paid(clause: Clause) -> bool:
    is_only_paid = all(sense.startswith(("v.be.", *_PAID)) for sense in clause.verb_senses)
    return is_only_paid and not clause.unknown_words and not clause.has("is.order")


def _denying_words() -> frozenset[str]:
    return frozenset(exact_words()["not_but"]) | frozenset(exact_words()["not_before"])


def _denied_number(denial: Chunk, starts: list[int]) -> int:
    """Give which of two numbers is denied: "not" stands before the wrong one, "haina", "chaina" and "nahi" behind it."""
    behind = sum(start < denial.start for start in starts)
    if behind in (0, 2):
        return 0 if behind == 0 else 1
    return 1 if denial.text in exact_words()["not_before"] else 0


def _reference_put_right(clause: Clause) -> list[Act]:
    if not (clause.has("is.reference") and clause.has("mood.neg", "is.correct", "is.wrong")):
        return []
    if clause.has(*facts.WAYS, "is.money") or clause.verb("pay", "give", "send"):
        return []
    right = _right_reference(clause)
    return [
        make_act(
            ActKind.CORRECT_PAYMENT,
            clause,
            means=("is.", "mood.neg", "talk.", "v.be.", "v.do."),
            numbers=("name", "order", "money", "count", "line"),
            ignoring=clause.denials,
            mood=Mood.NOW if right else None,
            reference=right,
            used=clause.unknown_words,
            is_certain=right is not None,
        )
    ]


def _right_reference(clause: Clause) -> str | None:
    """Give the right one of two references, or the one behind "hoina,"; "not A1" alone names none."""
    names = [
        chunk for chunk in clause.chunks if chunk.numeral and any(letter.isdigit() for letter in chunk.text)
    ]
    denial = next(chunk.start for chunk in clause.chunks if chunk.has("mood.neg", "is.correct", "is.wrong"))
    if len(names) == 2:
        # "not A1 but A2", "A1 hoina A2": the denial stands before or right after the wrong one.
        first, second = names
        return (second if denial < second.start else first).text.upper()
    if len(names) == 1 and (clause.is_list or clause.has("is.correct")) and denial < names[0].start:
        return names[0].text.upper()
    return None


def _amount_put_right(clause: Clause) -> list[Act]:
    points = _points_at_one(clause)
    if not points and not _puts_amount_right(clause):
        return []
    reference, name = facts.reference_of(clause) or (None, ())
    amount, is_sure, used = facts.money_of(clause, besides=name)
    if amount is None or amount.minor < _SMALLEST_CORRECTION:
        return []
    means = (
        "is.money",
        "is.correct",
        "is.reference",
        "is.wrong",
        "talk.",
        "way.",
        "is.cash",
        "v.be.",
        "v.pay.",
        "v.give.",
        *(("is.part",) if clause.says("only_so_much") else ()),
    )
    return [
        make_act(
            ActKind.CORRECT_PAYMENT,
            clause,
            means=means,
            numbers=("money", "order", "name"),
            ignoring=clause.denials,
            used=(*used, *name),
            amount=amount,
            method=facts.method_of(clause),
            reference=reference,
            names_method=points,
            mood=Mood.NOW if points else None,
            is_certain=is_sure,
        )
    ]


def _method_put_right(clause: Clause) -> list[Act]:
    """Read "esewa haina cash ho" and "it was cash not esewa": one way is denied, the other is right."""
    ways = [chunk for chunk in clause.chunks if chunk.has("is.cash", *facts.WAYS)]
    denials = [chunk for chunk in clause.chunks if chunk.has("mood.neg") or chunk.text in _denying_words()]
    if len(ways) != 2 or len(denials) != 1 or clause.numerals or not _says_only_what_was_paid(clause):
        return []
    right = ways[1 - _denied_number(denials[0], [chunk.start for chunk in ways])]
    method = next((way.removeprefix("way.") for way in right.senses if way.startswith("way.")), "cash")
    return [
        make_act(
            ActKind.CORRECT_PAYMENT,
            clause,
            means=("is.", "talk.", "way.", "v.", "mood.", "small."),
            ignoring=clause.denials,
            mood=None if clause.is_question else Mood.NOW,
            method=method,
        )
    ]


def _points_at_one(clause: Clause) -> bool:
    """Say whether a payment that was told of is pointed at, and has another sum: "tyo khalti wala 3500 ho"."""
    words = [chunk for chunk in clause.chunks if chunk.senses or chunk.numeral]
    if len(words) < 3 or not words[0].has("small.func") or clause.is_question or clause.is_denied:
        return False
    points = words[0].text in exact_words()["pointing_at"]
    says_it_is = words[-1].text in exact_words()["copula"] and not clause.verb(
        "pay", "give", "send", "put", "do"
    )
    return points and says_it_is and clause.has("is.cash", *facts.WAYS) and len(clause.numerals) == 1


def _puts_amount_right(clause: Clause) -> bool:
    """Say whether it begins as a correction ("hoina 6000 ho"), and says nothing beside it but that it was paid."""
    first = next((chunk for chunk in clause.chunks if chunk.senses or chunk.numeral), None)
    if first is None or clause.unknown_words or _counts_anything(clause):
        return False
    words = exact_words()
    is_wrong = first.text in words["wrong"]
    begins = first.text in words["no_but"] or clause.has("is.correct") or is_wrong
    is_only_paid = all(sense.startswith(("v.be.", *_PAID)) for sense in clause.verb_senses)
    if not begins or not is_only_paid or _denies_beside(first, clause):
        return False
    # "Sorry, paid 5000" may report another payment; "my mistake, paid 450" can't.
    return first.text in words["not_but"] or is_wrong or clause.says("own_mistake") or not clause.has(*_PAID)


def _denies_beside(first: Chunk, clause: Clause) -> bool:
    return clause.has_denied_verb or any(
        chunk is not first and chunk.has("mood.neg") for chunk in clause.chunks
    )


_PAID = ("v.pay.past", "v.send.past", "v.give.past", "v.do.past")
_SMALLEST_CORRECTION = 10_000  # a hundred rupees: a smaller bare number is a quantity
