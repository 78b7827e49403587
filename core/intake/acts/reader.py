"""Read one message into acts. Pure: no database, no clock, no catalogue; linear in the message; never raises."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from core.intake.acts import everybody, shop, vendor
from core.intake.acts.chunks import Chunk, read_chunks
from core.intake.acts.clauses import Break, Clause, split_into_clauses
from core.intake.acts.facts import WAYS
from core.intake.acts.handover import may_deny_handover
from core.intake.acts.receipts import read_receipt
from core.intake.acts.said_against import with_doubts
from core.intake.acts.second_opinion import second_opinion
from core.intake.acts.second_words import with_second_words
from core.intake.acts.senses import exact_words
from core.intake.acts.shop_later import belongs_to_postponing, refuses_what_is_dear
from core.intake.acts.types import MOVING, Act, ActKind, LineAmount, Mood, OnTerms, Why
from core.intake.acts.wholesale_clauses import counts_goods, read_deadlines, split_and_join
from core.intake.deciding.attacks import attack_starts_at
from core.intake.reading import Role
from core.money import rupees

_SHOUTING = 2
_FIRST_ORDER, _LAST_ORDER = 1000, 999_999
_NO_SPEECH = re.compile(r"[{}<>]|;\s*--")  # the signs of machines: nobody talks in them
# "5000²" is neither 50,002 nor surely 5,000; behind a letter it is a unit ("mm²").
_RAISED_FIGURE = re.compile(r"(?<![^\W\d_])[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]")
_LONGEST_RECEIPT = 15
_LONGEST_WHOM = 3
_HEADINGS = ("is.stock", "is.price")
_SPREADING = ("mood.if", "mood.reported")
_ABOUT_GOODS = frozenset({ActKind.ORDER, ActKind.EDIT})
_AROUND_GOODS = frozenset({ActKind.UNREAD, ActKind.PLACE})
_SENT = frozenset({ActKind.DISPATCH, ActKind.DELIVER, ActKind.RETURNED})
_TAKES = frozenset({ActKind.ACCEPT, ActKind.PART})
_AT_A_SHOP = _SENT | {ActKind.ASK_CODE, ActKind.CASH}
_REST_OF_AN_ANSWER = frozenset(
    {ActKind.PART, ActKind.SOLD_OUT, ActKind.NUMBER, ActKind.NO, ActKind.YES, ActKind.CHOICE}
)


# A turn asks for the acts of its text several times.
@lru_cache(maxsize=32)
def read_acts(text: str, *, role: Role) -> tuple[Act, ...]:
    """Give all that a message does, in the order of its words; what nothing explains is an act of kind `UNREAD`."""
    receipts = _receipts(text) if role is Role.RETAILER else []
    chunks = read_chunks(text)
    acts = sorted([*receipts, *_acts_beside(receipts, chunks, text, role)], key=lambda act: act.start)
    if role is Role.VENDOR:
        acts = with_second_words(acts, chunks)
    acts = with_doubts(acts, chunks)
    if acts and all(act.kind is ActKind.UNREAD for act in acts):
        probably = _probably(text, role)
        acts = acts if probably is None else [probably]
    if attack_starts_at(text) is not None or _NO_SPEECH.search(text) or _RAISED_FIGURE.search(text):
        acts = [replace(act, is_certain=False) for act in acts]
    return tuple(replace(act, text=text[act.start : act.end]) for act in _doubted(acts))


def _acts_beside(receipts: Sequence[Act], chunks: Sequence[Chunk], text: str, role: Role) -> list[Act]:
    """Read everything but the receipts."""
    chunks = [chunk for chunk in chunks if not any(one.start <= chunk.start < one.end for one in receipts)]
    if role is Role.VENDOR:
        parted = split_and_join(split_into_clauses(read_deadlines(chunks)))
    else:
        parted = split_into_clauses(chunks)
    clauses = _brought_together(_under_headings(_spread_moods(parted), role), role)
    if not clauses:
        return [_only_signs(text)] if text.strip() and not receipts else []
    # What a shop writes as its whole message may mean more than the same words inside a longer one.
    alone = shop.read_alone(clauses[0]) if len(clauses) == 1 and role is Role.RETAILER else []
    return alone or _merged(_second_thoughts(clauses, text, role))


def _second_thoughts(clauses: Sequence[Clause], text: str, role: Role) -> list[Act]:
    """The acts of the clauses; a question that no rule explains and that is a row by itself is judged like one that came alone."""
    acts: list[Act] = []
    for place, clause in enumerate(clauses):
        found = _read(clause, role)
        is_row = clause.before is not Break.JOINED or not place
        ends_row = place + 1 == len(clauses) or clauses[place + 1].before is not Break.JOINED
        is_question = clause.is_asked or clause.has("mood.asked")
        if is_row and ends_row and is_question and role is Role.RETAILER and found and _is_unread(found):
            guess = _probably(text[clause.start : clause.end], role)
            found = found if guess is None else [replace(guess, start=clause.start, end=clause.end)]
        acts += found
    return acts


def _is_unread(acts: Sequence[Act]) -> bool:
    return all(act.kind is ActKind.UNREAD for act in acts)


def _receipts(text: str) -> list[Act]:
    """Find pasted messages of banks and wallets: a row by itself, or the whole of a short message."""
    found: list[Act] = []
    start = 0
    rows = text.split("\n")
    for row in rows:
        receipt = read_receipt(text, start, start + len(row))
        found += [receipt] if receipt else []
        start += len(row) + 1
    if not found and 1 < len(rows) <= _LONGEST_RECEIPT and (whole := read_receipt(text, 0, len(text))):
        return [whole]
    return found


def _read(clause: Clause, role: Role) -> list[Act]:
    return _business(clause, role) or ([] if clause.is_neutral else [_unread(clause)])


def _business(clause: Clause, role: Role) -> list[Act]:
    reader = vendor if role is Role.VENDOR else shop
    return (
        everybody.read_before(clause)
        or _bare_answer(clause)
        or reader.read(clause)
        or everybody.read_after(clause)
    )


def _bare_answer(clause: Clause) -> list[Act]:
    """A yes, a no or thanks with nothing beside them is no business of a role."""
    if clause.numerals or clause.left("talk.", "mood.neg"):
        return []
    if clause.has("talk.thanks") and clause.verb("come", tense="past"):
        # Thanks for what came, where the word for it is a small word as well: "aaya - dhanyavad".
        return []
    if clause.has("is.send_word") and clause.has("talk.greeting") and not clause.has("talk.yes"):
        return []
    return everybody.read_after(clause)


def _unread(clause: Clause) -> Act:
    return Act(
        kind=ActKind.UNREAD,
        mood=Mood.NOW,
        is_certain=False,
        text="",
        start=clause.start,
        end=clause.end,
        left=tuple(chunk.text for chunk in clause.unknown_words),
    )


def _probably(text: str, role: Role) -> Act | None:
    """Where no rule found anything, name what may be shown; it never moves anything."""
    kind = second_opinion(text, role=role)
    if kind is None:
        return None
    return Act(kind=kind, mood=Mood.ASKED, is_certain=False, is_guess=True, text="", start=0, end=len(text))


def _only_signs(text: str) -> Act:
    """Signs and nothing else: "!!!!!!" is anger, "?" asks what can be done here."""
    kind = (
        ActKind.COMPLAINT if text.count("!") > _SHOUTING else ActKind.HELP if "?" in text else ActKind.UNREAD
    )
    return Act(kind=kind, mood=Mood.NOW, is_certain=False, text="", start=0, end=len(text))


def _spread_moods(clauses: Sequence[Clause]) -> list[Clause]:
    """A condition and hearsay hold for their whole sentence, also over the end of a row."""
    spread: list[Clause] = []
    sentence: list[Clause] = []
    for clause in [*clauses, None]:
        if clause is not None and (not sentence or clause.before is not Break.SENTENCE):
            sentence.append(clause)
            continue
        moods = frozenset(sense for one in sentence for sense in one.senses if sense in _SPREADING)
        spread += [one if moods <= one.moods else replace(one, moods=one.moods | moods) for one in sentence]
        sentence = [clause] if clause is not None else []
    return spread


def _under_headings(clauses: Sequence[Clause], role: Role) -> list[Clause]:
    """A wholesaler's "stock" or "price" before goods holds for the goods that follow, until another word is said."""
    if role is not Role.VENDOR:
        return list(clauses)
    kept: list[Clause] = []
    heading: str | None = None
    for place, clause in enumerate(clauses):
        own = next((sense for sense in _HEADINGS if clause.has(sense)), None)
        if own is not None:
            heading = own if not clause.unknown_words or clause.chunks[0].has(own) else None
            if _is_only_heading(clause, own) and place + 1 < len(clauses):
                continue
        elif not _lists_goods(clause):
            heading = None
        elif heading is not None:
            kept.append(replace(clause, moods=clause.moods | {heading}))
            continue
        kept.append(clause)
    return kept


def _is_only_heading(clause: Clause, heading: str) -> bool:
    return not clause.unknown_words and not clause.numerals and not clause.left(heading)


def _lists_goods(clause: Clause) -> bool:
    return bool(clause.unknown_words) and bool(clause.counts) and not clause.orders


def _brought_together(clauses: Sequence[Clause], role: Role) -> list[Clause]:
    """Join what is no clause by itself to its neighbour: bare order numbers, a day, a mood."""
    together: list[Clause] = []
    waiting: Clause | None = None  # bare numbers that belong to what follows
    for clause in clauses:
        current = clause
        if waiting is not None:
            if _waits_for(waiting, current, role):
                current = waiting.joined(current)
            else:
                together.append(waiting)
            waiting = None
        if _is_numbers_only(current):
            waiting = current
        elif together and _is_about_a_zero(current, together[-1]):
            together[-1] = replace(together[-1], end=current.end)
        elif together and _belongs_before(current, together[-1]):
            together[-1] = together[-1].joined(current)
        else:
            together.append(current)
    if waiting is None:
        return together
    if together and waiting.before is not Break.SENTENCE and waiting.orders and not waiting.codes:
        together[-1] = together[-1].joined(waiting)
    else:
        together.append(waiting)
    return together


def _waits_for(numbers: Clause, clause: Clause, role: Role) -> bool:
    """Say whether bare numbers belong to the clause behind them: a wholesaler's also over the end of a row."""
    if numbers.is_long or clause.before is Break.SENTENCE:
        return False
    return clause.before is not Break.ROW or role is Role.VENDOR


def _is_numbers_only(clause: Clause) -> bool:
    if clause.left() or clause.codes or clause.has("talk.yes", "talk.no") or clause.is_asked:
        return False
    if clause.orders and any(counts_goods(chunk) for chunk in clause.chunks):
        # "1002 aadha" says enough.
        return False
    return bool(clause.orders or clause.small_numbers())


def _belongs_before(clause: Clause, before: Clause) -> bool:
    """Say whether a clause only tells how or when the one before it is meant."""
    if clause.before is Break.SENTENCE or before.is_long:
        return False
    if clause.is_neutral and not clause.is_asked:
        return clause.before is Break.JOINED
    if clause.before is Break.JOINED and (
        _names_whom(clause, before) or _tells_how(clause, before) or _names_what_is_broken(clause, before)
    ):
        return True
    if (
        clause.names
        and len(clause.names) == len(clause.numerals)
        and not clause.left("is.reference", "is.code")
    ):
        return before.has("is.reference", "is.money", *WAYS, *_PAID) or bool(before.names)
    if _says_to_remove(clause) and before.has("is.claims", "is.money"):
        # "galat claim, hatau"
        return clause.before is Break.JOINED
    if clause.numerals:
        # "galat bhayo, 450 ho": what is wrong is said with what is right.
        leads = before.says("own_mistake") and not before.numerals and not before.left("is.correct")
        return (leads or _says_wrong(before, clause)) and clause.before is Break.JOINED
    only_moods = not clause.left(
        "mood.", "day.", "v.do.", "v.be.", "v.say.", "v.must.", "v.want.", "v.finish."
    ) and not clause.has("talk.yes", "is.sold_out")
    if clause.is_asked and clause.has("is.balance", "is.credit", "is.statement"):
        # "how much do i owe?" asks for itself.
        return False
    return only_moods and bool(before.numerals or before.words)


def _is_about_a_zero(clause: Clause, before: Clause) -> bool:
    """Say whether it is told how a sum came to be wrong: "10000 hoina 1000 ho, ek zero badhi bhayo"."""
    words = [word for chunk in clause.chunks for word in chunk.text.split()]
    is_denied = before.says("not_but") or before.has("is.correct", "mood.neg")
    is_of_sums = bool(before.numerals) and all(one.best.unit is None for one in before.numerals)
    return is_denied and is_of_sums and any(word in exact_words()["zero"] for word in words)


def _names_whom(clause: Clause, before: Clause) -> bool:
    """Say whether only a name stands here, of whoever the payment before it went to: "…, khalti, ref KX551, Sunil lai"."""
    if clause.numerals or clause.verb_senses or not 0 < len(clause.unknown_words) <= _LONGEST_WHOM:
        return False
    if clause.is_denied or clause.has("is.correct", "mood.neg"):
        return False  # "sunil lai hoina gita lai ho" puts a payee right
    leads_to = any(chunk.text in exact_words()["whom_to"] for chunk in clause.chunks)
    is_marked = leads_to or any(chunk.text.endswith("लाई") for chunk in clause.unknown_words)
    is_payment = before.has(*WAYS, "v.pay.past") or (before.has("is.reference") and bool(before.names))
    return is_marked and is_payment


def _names_what_is_broken(clause: Clause, before: Clause) -> bool:
    """Say whether only the kind of the goods stands here that are reported before: "दाल ५ केजी भिजेको छ, रहर"."""
    names_only = not clause.numerals and not clause.senses
    return (
        names_only
        and 0 < len(clause.unknown_words) <= _LONGEST_WHOM
        and before.has("is.damaged", "is.expired")
    )


def _tells_how(clause: Clause, before: Clause) -> bool:
    """Say whether the way and the number of a payment stand here, whose sum and payee stand before: "6000 diya Gita ko, khalti se"."""
    is_way = clause.has(*WAYS) and all(
        sense.startswith(("v.send.", "v.give.", "v.pay.", "v.do.")) for sense in clause.verb_senses
    )
    # With a sum of its own it is another payment.
    has_own_sum = len(clause.numerals) > len(clause.names)
    if not is_way or has_own_sum or (clause.unknown_words and not clause.names):
        return False
    has_sum = any(one.best.unit is None for one in before.numerals) and len(before.numerals) == 1
    gave = before.verb("give", "send", "put", "do", tense="past") and not before.is_denied
    return has_sum and gave and 0 < len(before.unknown_words) <= _LONGEST_WHOM


_PAID = ("v.pay.past", "v.send.past", "v.put.past", "v.give.past", "v.do.past")


def _says_to_remove(clause: Clause) -> bool:
    return clause.verb("remove", "cancel") and not clause.left("v.remove.", "v.cancel.", "v.do.")


def _says_wrong(before: Clause, clause: Clause) -> bool:
    """Say whether a lone "wrong," leads to what is right of a payment, and not to goods."""
    is_lone = all(chunk.text in exact_words()["wrong"] for chunk in before.chunks)
    is_about_goods = bool(clause.unknown_words) or any(one.best.unit is not None for one in clause.numerals)
    return is_lone and not is_about_goods


def _merged(acts: Sequence[Act]) -> list[Act]:
    """Make one act of what was said in several clauses: rows of goods, a yes with its terms, a payment with its reference."""
    merged: list[Act] = []
    for act in acts:
        together = _together(merged[-1], act) if merged else None
        if together is None:
            merged.append(act)
        else:
            merged[-1] = together
    return merged


def _together(last: Act, act: Act) -> Act | None:
    return next((merge(last, act) for holds, merge in _MERGES if holds(last, act)), None)


def _are_same_goods(last: Act, act: Act) -> bool:
    return last.kind in _ABOUT_GOODS and act.kind is last.kind


def _are_words_around_goods(last: Act, act: Act) -> bool:
    kinds = {last.kind, act.kind}
    if not kinds & _ABOUT_GOODS:
        return False
    if act.kind is ActKind.PLACE and act.terms and not act.is_certain and not last.moves:
        # "biscuit nahi chahiye, baaki bhej do udhaar me": the one is out of the list, the other is all of the list.
        return False
    return bool(kinds & _AROUND_GOODS) or (act.kind in _ABOUT_GOODS and _leads_to_goods(last))


def _are_one_yes(last: Act, act: Act) -> bool:
    if not {last.kind, act.kind} <= {ActKind.YES, ActKind.PLACE}:
        return False
    return not any(one.orders or one.lines for one in (last, act))


def _may_be_one_payment(last: Act, act: Act) -> bool:
    return last.kind is act.kind and last.kind in (ActKind.PAY, ActKind.PROMISE)


def _is_put_right(last: Act, act: Act) -> bool:
    """Say whether one way of paying is denied and cash is right: "not esewa, cash"."""
    is_cash = act.kind is ActKind.PLACE and act.terms is OnTerms.CASH and act.moves
    is_denied_way = last.kind is ActKind.PAY and last.is_denied and last.amount is None
    return is_cash and is_denied_way and last.method is not None


def _put_right(last: Act, act: Act) -> Act:
    return replace(act, kind=ActKind.CORRECT_PAYMENT, start=last.start, method="cash", terms=None)


def _denies_the_other_sum(last: Act, act: Act) -> bool:
    """Say whether the sum that was wrong stands behind the right one: "500 matra tireko, 5000 haina"."""
    is_right = last.kind is ActKind.CORRECT_PAYMENT and last.amount is not None and last.corrected is None
    return is_right and act.kind is ActKind.NO and len(act.orders) == 1 and not act.lines


def _corrected(last: Act, act: Act) -> Act:
    return replace(last, end=act.end, corrected=rupees(act.orders[0]))


def _is_rest_of_answer(last: Act, act: Act) -> bool:
    return last.kind in (ActKind.ACCEPT, ActKind.PART) and act.kind in _REST_OF_AN_ANSWER


def _listed(last: Act, act: Act) -> Act:
    return replace(
        last,
        end=act.end,
        goods=f"{last.goods}\n{act.goods}".strip(),
        is_certain=last.is_certain and act.is_certain,
        left=(*last.left, *act.left),
        when=last.when or act.when,
    )


def _leads_to_goods(act: Act) -> bool:
    """Say whether an act only begins a row of goods: its number in a list, or the "no, …" of a correction."""
    if act.kind is ActKind.CHOICE:
        return len(act.lines) == 1
    return _is_bare_no(act)


def _ordered(last: Act, act: Act) -> Act:
    """Goods with words around them that belong to them, for the order reader to settle.

    A word for sending or the terms beside goods places nothing: their total is not shown yet.
    """
    goods, other = (last, act) if last.kind in _ABOUT_GOODS else (act, last)
    return replace(goods, start=last.start, end=act.end, terms=goods.terms or other.terms)


def _placed(last: Act, act: Act) -> Act:
    placed = act if act.kind is ActKind.PLACE else last
    terms = {one.terms for one in (last, act)} - {None}
    return replace(
        placed,
        start=last.start,
        end=act.end,
        mood=_weaker(last, act),
        is_certain=last.is_certain and act.is_certain and len(terms) < 2,
        terms=next(iter(terms)) if len(terms) == 1 else None,
        left=(*last.left, *act.left),
    )


def _weaker(last: Act, act: Act) -> Mood:
    return last.mood if last.mood not in (Mood.DONE, Mood.NOW) else act.mood


def _paid(last: Act, act: Act) -> Act | None:
    """Two clauses about money are one payment when neither says what the other says."""
    methods = {last.method, act.method}
    if methods == {"cheque", "bank_transfer"}:
        # The bank that a cheque is drawn on.
        last, act = replace(last, method="cheque"), replace(act, method=None)
    facts = ("amount", "method", "reference", "paid_on")
    if any(_differ(getattr(last, fact), getattr(act, fact)) for fact in facts):
        return None
    found = {fact: getattr(last, fact) or getattr(act, fact) for fact in facts}
    one = last if last.amount is not None else act
    return replace(
        one,
        start=last.start,
        end=act.end,
        mood=_weaker(last, act),
        is_certain=last.is_certain and act.is_certain,
        left=(*last.left, *act.left),
        when=last.when or act.when,
        invoices=(*last.invoices, *act.invoices),
        **found,
    )


def _differ(one: object, other: object) -> bool:
    return one is not None and other is not None and one != other


def _answered_in_part(last: Act, act: Act) -> Act | None:
    """The offer is taken but for what follows: "1022 huncha tara coke chaina"."""
    if act.orders or act.is_all:
        return None
    if last.is_button:
        last = replace(last, mood=Mood.NOW)
    amounts = _amounts_answered(act)
    if not amounts and act.kind is not ActKind.PART:
        return None
    return replace(
        last,
        kind=ActKind.PART,
        end=act.end,
        mood=_weaker(last, act),
        is_certain=(last.is_certain or _is_piece(last, act)) and act.is_certain and bool(amounts),
        amounts=(*last.amounts, *amounts),
        left=(*last.left, *act.left),
    )


def _is_piece(last: Act, act: Act) -> bool:
    """Say whether goods of an order are the first piece of the part behind them: "1022 ma juice 2 carton, chamal 4 bora matra"."""
    is_counted = len(last.amounts) == 1 and last.amounts[0].count is not None and not last.left
    return last.kind is ActKind.PART and act.kind is ActKind.PART and is_counted


def _is_no_with_its_cause(last: Act, act: Act) -> bool:
    """Say whether a no and what is out of stock are one answer: "hudaina, stock chaina"."""
    declined = [one for one in (last, act) if one.kind is ActKind.DECLINE and not one.orders]
    return bool(declined) and all(_is_bare_no(one) for one in (last, act) if one not in declined)


def _cannot_and_gives_on(last: Act, act: Act) -> bool:
    """Say whether what can't be given is why it goes to another: "dal lina sakdina, arko lai deu"."""
    is_why = last.kind is ActKind.NO or (last.kind is ActKind.SOLD_OUT and not last.is_certain)
    return is_why and act.kind is ActKind.DECLINE and act.moves and not act.orders


def _given_on(last: Act, act: Act) -> Act:
    return replace(act, start=last.start, reason=act.reason or Why.NO_STOCK)


def _declined(last: Act, act: Act) -> Act:
    one = last if last.kind is ActKind.DECLINE else act
    both = last.is_certain and act.is_certain
    return replace(one, start=last.start, end=act.end, is_certain=both, reason=last.reason or act.reason)


def _is_yes_to_payment(last: Act, act: Act) -> bool:
    """Say whether a yes only leads to the word that money came: "yes, 3000 received"."""
    is_bare = last.kind is ActKind.YES and not (last.orders or last.lines or last.is_all or last.terms)
    return is_bare and last.moves and act.kind is ActKind.CONFIRM_PAYMENT


def _confirmed(last: Act, act: Act) -> Act:
    return replace(act, start=last.start)


def _amounts_answered(act: Act) -> tuple[LineAmount, ...]:
    if act.kind is ActKind.SOLD_OUT:
        return (LineAmount(name=act.goods, count=Decimal(0)),)
    if act.kind is ActKind.NUMBER:
        return (LineAmount(name=act.goods, count=act.number, unit=act.unit),)
    if act.amounts or act.kind is ActKind.PART:
        return act.amounts
    nothing_or_all = Decimal(0) if act.kind is ActKind.NO else None
    return tuple(LineAmount(line=line, count=nothing_or_all) for line in act.lines)


def _refused(last: Act, act: Act) -> Act:
    return replace(last, end=act.end, mood=Mood.DENIED)


def _put_off(last: Act, act: Act) -> Act:
    later = last if last.kind is ActKind.LATER else act
    return replace(later, start=last.start, end=act.end)


def _are_goods_of_one_part(last: Act, act: Act) -> bool:
    """Say whether goods behind an order's number belong to the "only" behind them: "1020 chamal ra nun matra"."""
    if last.kind is not ActKind.NUMBER or last.number is None or last.unit is not None:
        return False
    is_part = act.kind is ActKind.PART and not act.orders and all(one.count is None for one in act.amounts)
    return is_part and _FIRST_ORDER <= last.number <= _LAST_ORDER


def _part_of_goods(last: Act, act: Act) -> Act:
    return replace(
        act,
        start=last.start,
        orders=(str(last.number),),
        amounts=(LineAmount(name=last.goods), *act.amounts),
        is_certain=last.is_certain and act.is_certain,
    )


_MERGES: tuple[tuple[Callable[[Act, Act], bool], Callable[[Act, Act], Act | None]], ...] = (
    (_are_same_goods, _listed),
    (_are_words_around_goods, _ordered),
    (belongs_to_postponing, _put_off),
    (refuses_what_is_dear, _refused),
    (_are_one_yes, _placed),
    (_may_be_one_payment, _paid),
    (_is_put_right, _put_right),
    (_denies_the_other_sum, _corrected),
    (_is_rest_of_answer, _answered_in_part),
    (_are_goods_of_one_part, _part_of_goods),
    (_cannot_and_gives_on, _given_on),
    (_is_no_with_its_cause, _declined),
    (_is_yes_to_payment, _confirmed),
)


def _doubted(acts: Sequence[Act]) -> list[Act]:
    """Make acts uncertain that something beside them speaks against."""
    causes = [kinds for kinds, is_cause in _DOUBTS if any(is_cause(act) for act in acts)]
    doubted = frozenset[ActKind]().union(*causes)
    if len(acts) == 1 or not doubted:
        return list(acts)
    return [replace(act, is_certain=False) if act.kind in doubted else act for act in acts]


def _is_bare_no(act: Act) -> bool:
    return act.kind is ActKind.NO and not act.orders and not act.lines


# Which acts become uncertain beside which.
_DOUBTS: tuple[tuple[frozenset[ActKind], Callable[[Act], bool]], ...] = (
    (MOVING, _is_bare_no),
    # "ok but only 2 sacks of rice" is no yes to what was shown.
    (frozenset({ActKind.YES}), lambda act: act.kind in _ABOUT_GOODS),
    # "1001 pathaye, 1002 chaina": not sent, or not to be had?
    (frozenset({ActKind.DECLINE}), lambda act: act.kind in _SENT),
    # "linna hoina, linchu tara dal 3 kg matra" takes it.
    (frozenset({ActKind.DECLINE}), lambda act: act.kind in _TAKES and not act.orders),
    # "07249 dinubhayo tara saman linubhaena" delivers nothing.
    (frozenset({ActKind.DELIVER}), may_deny_handover),
    # "07249 but shop closed": the shop that the parcel went to.
    (frozenset({ActKind.CLOSED}), lambda act: act.kind in _AT_A_SHOP),
)
