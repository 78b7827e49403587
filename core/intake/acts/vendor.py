"""What a wholesaler's clause does. The rules stand in their order: the first that fits reads the clause."""

from collections.abc import Callable
from itertools import pairwise

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking, mood_of
from core.intake.acts.handover import (
    read_cash,
    read_delivered,
    read_handover,
    read_missing_code,
    read_shortage,
)
from core.intake.acts.listings import read_listing
from core.intake.acts.making import make_act
from core.intake.acts.promises import (
    agrees_with_time,
    read_accepted,
    read_arrival,
    read_declined,
    read_dispatched,
    read_returned,
    read_some,
    read_withdrawn,
)
from core.intake.acts.said_against import is_but
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, Mood
from core.intake.acts.wholesale_sayings import (
    read_bounced,
    read_gone,
    read_link,
    read_sum,
    read_taken,
)
from core.intake.language.numerals import NumberKind


def read(clause: Clause) -> list[Act]:
    """Give the acts of one clause; none when no rule fits."""
    for rule in _RULES:
        if acts := rule(clause):
            return acts
    return []


# Payments that wait for its word


_CLAIM = (
    "is.money", "is.full", "is.part", "is.claims", "way.", "v.come.", "v.receive.", "v.reach.", "v.be.", "v.give.", "v.pay.", "v.send.", "v.put.", "v.confirm.", "v.decline.",
    "v.do.", "is.mine", "v.understand.",
)  # fmt: skip


def _claim(clause: Clause) -> list[Act]:
    """The word on a payment that a shop claims: it came, or it did not."""
    if clause.unknown_words or clause.has("is.goods", "is.stock", "is.price", "is.order"):
        return []
    if clause.says("unclear_whether_it_came"):
        return []
    # "1 bora matra aayo": that many sacks came, and no money.
    if any(one.best.unit is not None and one.best.kind is NumberKind.COUNT for one in clause.numerals):
        return []
    names_money = clause.has("is.money", *facts.WAYS)
    if not _says_whether_paid(clause, names_money=names_money) or (clause.orders and not names_money):
        return []
    if not names_money and agrees_with_time(clause):
        return []
    kind, mood = _word_on_claim(clause, is_named=names_money or clause.has("is.claims"))
    amount, is_sure, used = facts.money_of(clause)
    return [
        make_act(
            kind,
            clause,
            means=_CLAIM,
            numbers=("money", "order"),
            used=used,
            mood=mood,
            amount=amount,
            method=facts.method_of(clause),
            is_certain=(is_sure if used else not _is_of_part(clause))
            and not _means_somebody(clause, names_money=names_money),
            orders=() if used else clause.orders,
        )
    ]


def _is_of_part(clause: Clause) -> bool:
    """Say whether some of the money came and some did not, and no sum is told: "aadha matra aayo", "pura aayena"."""
    return clause.has("is.part", "is.short") or (clause.is_denied and clause.has("is.full"))


def _means_somebody(clause: Clause, *, names_money: bool) -> bool:
    """Say whether somebody came, or whose money it is, which no fact of the act tells: "customer aayo", "ram ko aayo"."""
    return (clause.has("small.people") and not names_money) or _names_somebody(clause)


def _names_somebody(clause: Clause) -> bool:
    """Say whether a word before "ko", "le" or "bata" is a name that only sounds like a small word."""
    pointing = exact_words()["may_stand_before_ko"]
    return any(
        after.text in exact_words()["of_somebody"]
        and chunk.text not in pointing
        and all(sense.startswith(("small.", "mood.")) for sense in chunk.senses)
        for chunk, after in pairwise(clause.words)
    )


def _says_whether_paid(clause: Clause, *, names_money: bool) -> bool:
    # "not received" is told; "receive" alone may be asked for.
    is_bare = clause.verb("come", "receive", tense="bare")
    if clause.verb("come", "receive") and (not is_bare or clause.has("mood.neg")):
        return True
    if names_money and clause.verb("be", "give", "pay", "send", "put", "reach", "understand", tense="past"):
        return True
    return clause.verb("confirm", "decline") and (names_money or clause.has("is.claims"))


def _word_on_claim(clause: Clause, *, is_named: bool) -> tuple[ActKind, Mood]:
    """Tell a yes to a claim from a no; a denied "confirm" or "reject" is neither."""
    confirms, rejects = is_named and clause.verb("confirm"), is_named and clause.verb("decline")
    if clause.is_denied and (confirms or rejects):
        return (ActKind.CONFIRM_PAYMENT if confirms else ActKind.REJECT_PAYMENT), Mood.DENIED
    kind = ActKind.REJECT_PAYMENT if clause.is_denied or rejects else ActKind.CONFIRM_PAYMENT
    return kind, mood_of(clause, denial_counts=False, ignoring=("mood.today",))


# The shop itself


def _hours(clause: Clause) -> list[Act]:
    """The hours of a day: "10 dekhi 6 samma khula"."""
    times = [one.best.time for one in clause.numerals if one.best.time is not None]
    speaks = clause.has("is.open", "is.hours", "is.shop") or clause.verb("open")
    if len(times) != 2 or clause.unknown_words or not speaks:
        return []
    return [
        make_act(
            ActKind.HOURS,
            clause,
            means=("is.open", "is.hours", "is.shop", "v.open.", "v.be.", "is.mine"),
            numbers=("when",),
            ignoring=("v.open.future", "mood.if"),
            hours=(times[0], times[1]),
        )
    ]


_CLOSED = (
    "is.closed", "is.shop", "is.mine", "v.close.", "v.be.", "v.do.", "v.keep.", "is.full", "day.", "is.offer", "is.order",
)  # fmt: skip


def _closed(clause: Clause) -> list[Act]:
    """Closed on the days that are named, each an act of its own; "bholi khuldaina" is closed, too."""
    if clause.unknown_words or clause.orders or not _counts_only_days(clause):
        return []
    is_not_open = clause.verb("open") and clause.has_denied_verb and not clause.has("is.closed")
    if not (clause.has("is.closed") or is_not_open) or clause.has("is.stock", "is.goods"):
        return []
    is_planned = clause.verb("do", "be", "close", tense="future") or is_not_open
    ignoring = () if is_planned else ("mood.tomorrow", "mood.day_after", "mood.later")
    days = facts.days_of(clause)
    is_only = clause.has("is.part") and len(days) == 1
    if is_only and _begins_with_no(clause):
        # "hoina aja matra banda ho" puts right what was said of other days.
        ignoring = (*ignoring, "mood.neg")
    mood = mood_of(clause, ignoring=ignoring, denial_counts=not is_not_open, future_counts=not is_not_open)
    return [
        make_act(
            ActKind.CLOSED,
            clause,
            means=(*_CLOSED, "v.open.", "is.open", *(("is.part",) if is_only else ())),
            numbers=("when",),
            mood=mood,
            when=day,
            is_only=is_only,
            is_certain=not _may_be_customers(clause),
        )
        for day in days or (None,)
    ]


def _begins_with_no(clause: Clause) -> bool:
    """Say whether the only denial is the "no" in front of what is right."""
    return clause.words[0].text in exact_words()["no_but"] and not any(
        chunk.has("mood.neg") or any(sense.endswith(".not") for sense in chunk.senses)
        for chunk in clause.chunks[1:]
    )


def _may_be_customers(clause: Clause) -> bool:
    """Say whether the shop may be the customer's: "pasal banda thiyo", "customer ko pasal banda cha"."""
    is_own = clause.has("is.mine") or clause.says("ours")
    return not is_own and (clause.says("was") or clause.has("small.people"))


def _counts_only_days(clause: Clause) -> bool:
    return set(map(id, clause.counts)) <= set(map(id, facts.span_chunks(clause)))


def _open(clause: Clause) -> list[Act]:
    if clause.unknown_words or clause.orders or clause.has("is.offer", "is.order"):
        return []
    if not (clause.has("is.open") or clause.verb("open")):
        return []
    return [
        make_act(
            ActKind.OPEN,
            clause,
            means=("is.open", "is.shop", "is.mine", "v.open.", "v.be.", "v.do.", "day."),
            numbers=("when",),
            when=day,
        )
        for day in facts.days_of(clause) or (None,)
    ]


# Questions


# What is asked for by a sense of its own.
_ASKED = (
    (ActKind.WHO_OWES, "is.who_owes"), (ActKind.SCORECARD, "is.scorecard"), (ActKind.SCORECARD, "is.going"), (ActKind.CLAIMS, "is.claims"),
    (ActKind.SETTLEMENT, "is.settlement"), (ActKind.OFFERS, "is.offer"), (ActKind.PARCELS, "is.packing"),
)  # fmt: skip
_MOST_UNKNOWN = 2


def _asks(clause: Clause) -> list[Act]:
    if len(clause.unknown_words) > _MOST_UNKNOWN:
        return []
    for kind, sense in _ASKED:
        if clause.has(sense):
            means = ("is.", "v.", "talk.")
            return [make_act(kind, clause, means=means, mood=asking(clause), orders=clause.orders)]
    kind_shown = _shown(clause)
    return [make_act(kind_shown, clause, means=("is.", "v."), mood=asking(clause))] if kind_shown else []


def _shown(clause: Clause) -> ActKind | None:
    """Say what may be shown where no sense of its own names it."""
    # "Kunai order baki cha?": what is left there is an order, and no money.
    if _asks_for_orders(clause) and not clause.has("is.statement", "is.money", "is.full", *facts.WAYS):
        return ActKind.OFFERS
    if clause.has("is.statement", "is.balance") and not clause.counts and not _is_of_the_rest(clause):
        return ActKind.SETTLEMENT
    if _asks_for_orders(clause) or (clause.has("is.open") and clause.is_question):
        return ActKind.OFFERS
    if clause.has("is.list") and not clause.unknown_words:
        return ActKind.PARCELS
    # "भुक्तानी", "payments": nothing but the word for money asks which payments wait.
    is_only_money = (
        clause.has("is.money") and not clause.numerals and not clause.left("is.money", "v.pay.bare")
    )
    return ActKind.CLAIMS if is_only_money and not clause.is_denied else None


def _is_of_the_rest(clause: Clause) -> bool:
    """Say whether "baki" is the rest of goods: "baki sabai", "baki liyo"; alone, or asked about, it is money."""
    if not clause.has("is.rest") or clause.is_question or clause.has("is.statement", "is.money", "is.mine"):
        return False
    past = clause.verb("take", "give", "send", "put", "return", "do", tense="past")
    return clause.has("is.full") or past


# What else such a question may name: then it is about money, goods or prices, and not about an order that passed by.
_NO_WHY_NOT = (
    "is.money", "is.full", "is.claims", "way.", "is.stock", "is.price", "is.settlement", "is.scorecard", "is.short", "is.damaged", "is.code",
)  # fmt: skip


def _asks_why_not(clause: Clause) -> list[Act]:
    """Why an order went to another wholesaler, or never came."""
    if not clause.says("why") or clause.codes or clause.counts or clause.has(*_NO_WHY_NOT):
        return []
    passed_by = clause.is_denied or clause.says("to_others")
    if not passed_by or len(clause.unknown_words) > _MOST_UNKNOWN:
        return []
    means = ("is.", "v.", "talk.")
    return [make_act(ActKind.WHY_NOT, clause, means=means, mood=Mood.ASKED, orders=clause.orders)]


def _asks_who_owes(clause: Clause) -> list[Act]:
    """Who still has to pay: "kasle paisa tirna baki cha", "udharo kasko kati", "asha ko baki kati"."""
    is_owed = clause.has("is.balance", "is.credit", "mood.due") or (
        clause.verb("pay", "give") and clause.has_denied_verb
    )
    if (
        not is_owed
        or clause.orders
        or clause.counts
        or clause.has("is.packing", "is.order", "is.claims", "is.stock")
    ):
        return []
    names_shop = bool(clause.unknown_words) and clause.says("of_somebody") and clause.is_question
    if not (clause.says("who") or names_shop):
        return []
    return [make_act(ActKind.WHO_OWES, clause, means=("is.", "v.", "talk."), mood=Mood.ASKED)]


def _asks_address(clause: Clause) -> list[Act]:
    """Where a shop is: "1042 ko pata", "1042 kata ho", "pasal kaha cha?"."""
    names_it = bool(clause.orders) or clause.has("is.shop", "small.people") or clause.is_question
    names_it = names_it or clause.verb("send", "show", "give", "say", tense="command")
    asks = clause.says("address") or (clause.says("where") and (bool(clause.orders) or clause.has("is.shop")))
    if not asks or not names_it or clause.counts or clause.has("is.money", "is.code", "is.price", "is.stock"):
        return []
    means = ("is.", "v.", "talk.")
    return [make_act(ActKind.ASK_ADDRESS, clause, means=means, mood=Mood.ASKED, orders=clause.orders)]


def _asks_for_orders(clause: Clause) -> bool:
    if not clause.has("is.order") or clause.orders:
        return False
    asks = clause.is_question or clause.has("is.list", "is.open", "mood.due") or clause.verb("show")
    return asks or len(clause.words) <= 2


def _asks_about_itself(clause: Clause) -> list[Act]:
    asks_for_open = clause.is_question and clause.has("is.open", "is.offer") and not clause.orders
    asks_for_open = asks_for_open or _asks_whether_any_order_came(clause)
    names_it = clause.has("is.who_owes", "is.scorecard", "is.going", "is.claims", "is.settlement")
    return _asks(clause) if asks_for_open or (names_it and not clause.codes) else []


def _asks_whether_any_order_came(clause: Clause) -> bool:
    """Say whether "aayo kei order?" is asked: no goods came back where an order may have come."""
    if not clause.is_question or not clause.has("is.order") or clause.orders or clause.counts:
        return False
    unknown = [chunk.text for chunk in clause.unknown_words]
    return clause.verb("come") and all(word in exact_words()["any"] for word in unknown)


def _gives_to_others(clause: Clause) -> list[Act]:
    """Let another wholesaler have it: "arko lai deu", "give it to someone else"."""
    gives = clause.verb("give", "send", tense="command") or clause.verb("give", "send", tense="bare")
    if not gives or not clause.says("to_others") or clause.counts or clause.is_question or clause.is_denied:
        return []
    unknown = [chunk for chunk in clause.unknown_words if chunk.text not in exact_words()["to_others"]]
    if unknown or clause.has("is.money", "is.code", "is.price", "is.goods"):
        return []
    return [
        make_act(
            ActKind.DECLINE, clause, means=("is.", "v."), used=clause.unknown_words, orders=clause.orders
        )
    ]


def _order_alone(clause: Clause) -> list[Act]:
    """The number of an order and nothing else."""
    if not clause.orders or clause.left("talk.", "is.order", "is.goods", "mood.") or clause.counts:
        return []
    return [make_act(ActKind.CODE, clause, means=("is.order", "is.goods"), orders=clause.orders)]


def _knows_not_yet(clause: Clause) -> list[Act]:
    """Nothing is told yet: "ek chin parkhinu", "pata nahi", "don't know"."""
    knows_not = clause.says("not_knowing") and (clause.has("mood.neg") or clause.has_denied_verb)
    # "ek chin": the words for a moment look like a number and goods.
    waits = clause.says("waits") and len(clause.unknown_words) <= _MOST_UNKNOWN and not clause.verb_senses
    names_order = bool(clause.orders or clause.codes) and not any(is_but(chunk) for chunk in clause.chunks)
    if not (waits or (knows_not and not clause.counts)) or names_order:
        return []
    return [make_act(ActKind.UNREAD, clause, means=("is.", "v.", "talk."), mood=Mood.ASKED, is_certain=False)]


_RULES: tuple[Callable[[Clause], list[Act]], ...] = (
    _knows_not_yet,
    read_link,
    read_bounced,
    read_taken,
    read_gone,
    read_sum,
    read_handover,
    read_missing_code,
    _asks_why_not,
    _gives_to_others,
    _asks_who_owes,
    _asks_address,
    _asks_about_itself,
    read_cash,
    read_returned,
    read_shortage,
    _hours,
    _closed,
    _open,
    read_withdrawn,
    _claim,
    read_dispatched,
    read_declined,
    read_some,
    read_accepted,
    read_arrival,
    read_delivered,
    read_listing,
    _asks,
    _order_alone,
)
