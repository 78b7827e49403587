"""A wholesaler's promises: taken, taken in part, not taken, sent, given back, and when they arrive."""

import datetime as dt
from dataclasses import replace

from core.intake.acts import facts
from core.intake.acts.chunks import Chunk
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, Mood, When

_SEND = (
    "v.dispatch.",
    "v.send.",
    "v.leave.",
    "v.go.",
    "v.load.",
    "v.do.",
    "v.be.",
    "v.finish.",
    "v.give.",
    "v.put.",
    "v.return.",
    "is.goods",
    "is.order",
    "is.full",
    "v.order.",
    "v.say.bare",
    "is.load",
    "v.deliver.bare",
)
_ACCEPT = (
    "v.accept.",
    "v.confirm.",
    "v.do.",
    "v.be.",
    "v.take.",
    "v.give.",
    "v.send.",
    "v.deliver.",
    "v.arrange.",
    "v.allowed.",
    "v.finish.",
    "is.order",
    "is.goods",
    "is.offer",
    "is.full",
    "is.mine",
    "v.order.",
    "is.ready",
    "talk.",
    "v.reach.",
    "v.come.",
    "v.place.",
    "is.stock",
    "v.put.",
)
_DECLINE = (
    "v.decline.",
    "v.do.",
    "v.be.",
    "v.finish.",
    "v.give.",
    "v.send.",
    "v.accept.",
    "v.take.",
    "v.allowed.",
    "v.want.",
    "v.arrange.",
    "v.deliver.",
    "is.order",
    "is.goods",
    "is.offer",
    "is.stock",
    "is.sold_out",
    "is.too_far",
    "is.cheap",
    "is.price",
    "is.closed",
    "is.full",
    "is.shop",
    "talk.",
    "v.reach.",
    "v.must.",
    "v.sell.",
    "is.none",
)
_WHEN = ("order", "when")
_DAYS_AHEAD = ("mood.tomorrow", "mood.day_after", "mood.later")
_TIMES = (*_DAYS_AHEAD, "mood.today", "day.")
_CANNOT = (
    "v.give.future.not", "v.send.future.not", "v.finish.future.not", "v.be.future.not", "v.finish.past.not", "v.take.future.not",
    "v.deliver.future.not", "v.allowed.future.not", "v.allowed.past.not",
)  # fmt: skip
_WILL_SEND = ("v.send.future", "v.give.future", "v.deliver.future", "v.bring.future")
_WILL_ARRIVE = ("v.reach.future", "v.come.future")


def read_returned(clause: Clause) -> list[Act]:
    """A whole parcel came back."""
    came_back = clause.verb("return", tense="past") or (
        clause.verb("return")
        and (clause.verb("come", "bring", tense="past") or clause.verb("be", tense="past"))
    )
    is_about_goods = bool(clause.orders) or clause.has("is.goods", "is.order", "is.shop", "small.people")
    not_taken = clause.says("not_taken") or clause.has("v.take.past.not") or _would_not_take(clause)
    was_refused = is_about_goods and not clause.codes and not clause.counts and not_taken
    if was_refused:
        return [
            make_act(
                ActKind.RETURNED,
                clause,
                means=("v.", "is.goods", "is.order", "is.full", "is.shop"),
                mood=mood_of(clause, denial_counts=False),
                orders=clause.orders,
            )
        ]
    if not came_back:
        return []
    return [
        make_act(
            ActKind.RETURNED,
            clause,
            means=("v.return.", "v.come.", "v.be.", "v.do.", "is.goods", "is.order", "is.full"),
            orders=clause.orders,
        )
    ]


def read_withdrawn(clause: Clause) -> list[Act]:
    """A promise that a wholesaler takes back."""
    if not clause.verb("withdraw") and not (clause.verb("return") and not clause.has("is.money")):
        return []
    means = (
        "v.withdraw.",
        "v.return.",
        "v.do.",
        "v.take.",
        "v.be.",
        "is.goods",
        "is.order",
        "is.full",
        "v.finish.",
        "v.give.",
        "v.send.",
    )
    return [
        make_act(ActKind.WITHDRAW, clause, means=means, orders=clause.orders, reason=facts.reason_of(clause))
    ]


def _would_not_take(clause: Clause) -> bool:
    """Say whether a denial stands with the taking in two words: "maal nahi liya", "linu bhayena", "did not take"."""
    took = clause.verb("take", tense="past") or (clause.verb("take", tense="bare") and clause.says("did"))
    did_not = took and clause.has("mood.neg")
    was_not = clause.verb("take", tense="bare") and clause.has("v.be.past.not", "v.accept.past.not")
    return (did_not or was_not) and not clause.has("is.money", "is.cash")


def read_dispatched(clause: Clause) -> list[Act]:
    """On its way; with the day it arrives, if that is said ("1042 pathaye, bholi pugcha")."""
    if not _says_sent(clause) or _speaks_of_money_or_papers(clause):
        return []
    arrives = clause.verb("dispatch", "send", "load", "leave", "go", tense="past") and clause.verb(
        "reach", "come", "deliver", tense="future"
    )
    return [
        make_act(
            ActKind.DISPATCH,
            clause,
            means=(*_SEND, *_TIMES, *(("v.reach.", "v.come.", "v.deliver.") if arrives else ())),
            numbers=_WHEN,
            ignoring=_times_of_arrival(clause) if arrives else (),
            orders=clause.orders,
            is_all=clause.has("is.full"),
            when=facts.when_of(clause),
            # A driver may have left with other goods.
            is_certain=bool(clause.orders)
            or clause.has("is.goods", "is.order")
            or not clause.says("vehicle"),
        )
    ]


def _says_sent(clause: Clause) -> bool:
    if clause.verb("dispatch") or clause.verb("send", "load", tense="past"):
        return True
    if clause.verb("leave", "go", tense="past"):
        return clause.has("is.goods", "is.order") or clause.says("vehicle") or bool(clause.orders)
    is_sending = clause.verb("send", tense="bare") or (clause.is_asked and clause.verb("send"))
    return is_sending and bool(clause.orders)


def _speaks_of_money_or_papers(clause: Clause) -> bool:
    return clause.has(
        "is.bill", "is.code", "is.claims", "is.money", "is.cash", "way.esewa", "way.khalti", "way.bank_transfer",
    )  # fmt: skip


def _times_of_arrival(clause: Clause) -> tuple[str, ...]:
    """Give the senses that only tell when sent goods arrive, so that they make no future of the sending."""
    arriving = (*_WILL_ARRIVE, "v.deliver.future", *_DAYS_AHEAD)
    return tuple(
        sense for sense in clause.senses if sense.startswith(arriving) and not sense.endswith(".not")
    )


def read_declined(clause: Clause) -> list[Act]:
    """Not this offer: "hudaina", "dina sakdina", "stock chaina 1030", "reject 1025"."""
    refuses = clause.verb("decline")
    if not _is_about_offers(clause) or (clause.verb("accept") and not refuses) or _puts_off(clause):
        return []
    cannot = clause.has(*_CANNOT)
    if not (
        refuses or cannot or _says_cannot(clause) or _lacks_stock_of_order(clause) or _is_only_no(clause)
    ):
        return []
    return [
        make_act(
            ActKind.DECLINE,
            clause,
            means=(*_DECLINE, *_TIMES),
            numbers=_WHEN,
            mood=_mood_of_refusal(clause, refuses=refuses, cannot=cannot),
            # "Linna hoina": the no is denied.
            is_certain=not (
                cannot and any(chunk.text in exact_words()["not_but"] for chunk in clause.words[1:])
            ),
            orders=clause.orders,
            is_all=clause.has("is.full"),
            reason=facts.reason_of(clause),
        )
    ]


def _puts_off(clause: Clause) -> bool:
    """Say whether only today is refused: "aaja hudaina bholi dinchu"."""
    is_for_today = clause.has("mood.today") and clause.has(*_CANNOT)
    return is_for_today and clause.has(*_WILL_SEND) and clause.has(*_DAYS_AHEAD)


def _is_about_offers(clause: Clause) -> bool:
    if clause.has("is.cash", "is.money") or (clause.unknown_words and not clause.orders):
        return False
    return not clause.counts or clause.has("is.part")


def _says_cannot(clause: Clause) -> bool:
    """Say whether it is said in English: "can't send"."""
    is_bare = clause.verb("give", "send", "deliver", "take", tense="bare")
    return is_bare and clause.has("mood.neg") and clause.says("cannot")


def _lacks_stock_of_order(clause: Clause) -> bool:
    lacks = clause.has("is.sold_out") or (clause.has("is.stock") and clause.has("mood.neg"))
    return lacks and bool(clause.orders)


def _is_only_no(clause: Clause) -> bool:
    """Say whether nothing but a no stands beside the order's number: "1025 hoina"."""
    if not clause.orders or clause.has("talk.yes") or clause.left(*_DECLINE, "mood.", "talk."):
        return False
    weak = exact_words()["never_alone"]
    is_plain_no = clause.words and clause.words[-1].text == "no" and clause.words[-1] is clause.chunks[-1]
    if not is_plain_no and all(
        chunk.text in weak for chunk in clause.chunks if chunk.has("mood.neg", "talk.no")
    ):
        return False
    return not clause.verb(
        "accept", "dispatch", "deliver", "send", "receive", "come", "withdraw", "do", "reach"
    )


def _mood_of_refusal(clause: Clause, *, refuses: bool, cannot: bool) -> Mood:
    """A refusal is a denial by its nature; only a denied "reject" denies it."""
    has_cause = _lacks_stock_of_order(clause) or facts.reason_of(clause) is not None
    if refuses and clause.is_denied and not has_cause:
        return Mood.DENIED
    mood = mood_of(clause, denial_counts=False, future_counts=refuses, ignoring=("v.must.future.not",))
    return Mood.NOW if mood is Mood.DONE and cannot else mood


def read_accepted(clause: Clause) -> list[Act]:
    """Promised: "accept 1025", "1025 thik cha bholi bihana", "sabai hunxa"; with a future alone only announced."""
    if not _says_accepted(clause) or _speaks_of_another_step(clause):
        return []
    only_when = _says_only_when(clause)
    lacks_some = bool(words_beside_time(clause)) and clause.has("mood.neg", "is.none", "is.sold_out")
    is_part = clause.has("is.part", "is.rest") and not only_when
    if _counts(clause) or (lacks_some and not clause.verb("accept")) or is_part:
        return _part_of(clause)
    return [
        make_act(
            ActKind.ACCEPT,
            clause,
            means=(*_ACCEPT, *_TIMES, "v.bring.", *(("is.part",) if only_when else ())),
            numbers=_WHEN,
            used=tuple(chunk for chunk in clause.unknown_words if chunk not in words_beside_time(clause)),
            ignoring=_times_of_promise(clause),
            mood=Mood.FUTURE if _puts_off(clause) or _can_send(clause) else None,
            orders=clause.orders,
            is_all=clause.has("is.full"),
            when=facts.when_of(clause),
        )
    ]


def _says_accepted(clause: Clause) -> bool:
    if clause.verb("accept"):
        return True
    if agrees_with_time(clause) or _puts_off(clause):
        return True
    is_about = bool(clause.orders) or clause.has("is.full", "is.order", "is.offer")
    says_yes = clause.verb("confirm") or (clause.has("talk.yes") and not _is_only_is(clause))
    if is_about and says_yes:
        return True
    may_promise = clause.has("talk.yes") or bool(clause.orders) or not clause.unknown_words
    is_bare = not clause.left("v.take.future", "talk.", "is.order", "mood.today")
    takes = clause.has("v.take.future") and (is_bare or clause.has("talk.yes"))
    will = clause.has("mood.will") and clause.verb("send", "deliver", "bring", tense="bare")
    return may_promise and (clause.has(*_WILL_SEND) or takes or will or _can_send(clause))


def _can_send(clause: Clause) -> bool:
    """Say whether it can be sent on a day that is named: "bholi matra dina sakchu"."""
    is_bare = clause.verb("send", "give", "deliver", "bring", tense="bare")
    can = is_bare and clause.has("v.finish.future") and not clause.has("v.finish.future.not")
    return can and facts.when_of(clause) is not None and not words_beside_time(clause)


def agrees(clause: Clause) -> bool:
    """Say whether a yes stands here that agrees to something, and does not only say that it is so."""
    is_so = exact_words()["is_so"]
    return clause.verb("accept") or any(
        chunk.has("talk.yes") and chunk.text not in is_so for chunk in clause.chunks
    )


def agrees_with_time(clause: Clause) -> bool:
    """Say whether it is agreed with the time that it takes: "hunchha 2 din lagcha", "accept, only on sunday"."""
    if not agrees(clause) or facts.when_of(clause) is None or clause.is_denied or words_beside_time(clause):
        return False
    return clause.says("takes_time") or _says_only_when(clause) or clause.has(*_WILL_ARRIVE)


def words_beside_time(clause: Clause) -> list[Chunk]:
    """Give the unknown words, without those that only say how long something takes: "it takes 2 days"."""
    takes = exact_words()["takes_time"] if facts.span_chunks(clause) else ()
    return [chunk for chunk in clause.unknown_words if chunk.text not in takes]


def _speaks_of_another_step(clause: Clause) -> bool:
    if clause.has("is.money", "is.cash", "is.price", "is.packing", "is.shop", "is.closed"):
        return True
    return clause.verb("dispatch") or clause.verb("send", "deliver", tense="past")


def _times_of_promise(clause: Clause) -> tuple[str, ...]:
    """Give the senses that only tell when a promise is kept; none when the promise itself is still to come."""
    accepts = clause.verb("accept")
    if clause.verb("do", tense="future") or clause.verb("accept", tense="future"):
        return ()
    names_day = any("day" in sense for sense in clause.senses)
    if accepts and clause.has("mood.will", "mood.wish", "mood.later") and not names_day:
        return ()
    told = set(_TIMES)
    if agrees_with_time(clause) or (clause.has("talk.yes") and not accepts and not _is_only_is(clause)):
        told |= {*_WILL_SEND, *_WILL_ARRIVE, "mood.will"}
    if clause.says("takes_time") and facts.span_chunks(clause):
        told.add("mood.doubt")
    return tuple(sense for sense in clause.senses if sense in told)


def _is_only_is(clause: Clause) -> bool:
    """Say whether the only "yes" is the copula: "1025 cha"."""
    copula = exact_words()["copula"]
    return all(chunk.text in copula for chunk in clause.chunks if chunk.has("talk.yes"))


def _part_of(clause: Clause) -> list[Act]:
    amounts = facts.amounts_of(clause)
    sure = bool(amounts) and len(clause.counts) <= max(1, 2 * len(amounts))
    return [
        make_act(
            ActKind.PART,
            clause,
            means=(
                *_ACCEPT,
                *_TIMES,
                "is.part",
                "is.rest",
                "is.none",
                "is.short",
                "is.sold_out",
                "is.line",
                "mood.neg",
                "v.less.",
                "v.remove.",
            ),
            numbers=("order", "when", "line", "count"),
            used=clause.unknown_words,
            # "1001 parsi chini 3 kg matra huncha": the day is a part of what is promised.
            ignoring=_times_of_promise(clause) if agrees(clause) else (),
            denial_counts=False,
            # "wai wai 1 carton matra pathauchu": to send less is a promise, and tells no later time.
            future_counts=not (
                amounts
                and clause.has("is.part")
                and clause.has(*_WILL_SEND, "v.finish.future", "v.take.future")
            ),
            orders=clause.orders,
            amounts=amounts,
            is_certain=sure,
            when=facts.when_of(clause),
        )
    ]


def read_some(clause: Clause) -> list[Act]:
    """A part by lines or goods: "5 matra", "1,3 cha", "1032 lays 36 matra", "1031 मा अण्डा १ क्रेट मात्र"."""
    lacks_some = clause.has("mood.neg", "is.none", "is.sold_out") and bool(
        clause.orders and clause.unknown_words
    )
    if _says_only_when(clause):
        return []
    if lacks_some and not clause.verb(
        "accept", "decline", "send", "deliver", "dispatch", "do", "give", "say"
    ):
        return [replace(act, is_certain=False) for act in _part_of(clause)]
    if _counts_goods_of_order(clause):
        return [replace(act, is_certain=False) for act in _part_of(clause)]
    return _part_of(clause) if _says_part(clause) or _answers_lines(clause) else []


def _counts_goods_of_order(clause: Clause) -> bool:
    """Say whether goods of an order are counted, alone a question and beside a part a piece of it: "1022 ma juice 2 carton"."""
    is_counted = len(_counts(clause)) == 1 and any(one.best.unit is not None for one in clause.numerals)
    if not is_counted or len(clause.orders) != 1 or not clause.unknown_words:
        return False
    others = (
        "is.stock",
        "is.price",
        "is.money",
        "is.cash",
        "is.short",
        "is.damaged",
        "is.expired",
        "is.wrong",
    )
    if clause.has(*others, "is.part") or clause.is_question or clause.codes:
        return False
    return all(verb in ("less", "remove") for verb in clause.tenses)


def _says_part(clause: Clause) -> bool:
    is_half = bool(clause.orders) and any(
        chunk.numeral and (chunk.numeral.value or 1) < 1 for chunk in _counts(clause)
    )
    return (is_half or clause.has("is.part")) and not clause.has(
        "is.stock", "is.price", "is.money", "is.sold_out"
    )


def _says_only_when(clause: Clause) -> bool:
    """Say whether "only" belongs to a time: "bholi matra"."""
    if not _says_part(clause) or _counts(clause) or words_beside_time(clause):
        return False
    return facts.when_of(clause) is not None


def _counts(clause: Clause) -> list[Chunk]:
    """The numbers that count goods or lines, and no hours."""
    spans = facts.span_chunks(clause)
    return [chunk for chunk in clause.counts if chunk not in spans]


def _answers_lines(clause: Clause) -> bool:
    """Say whether lines are answered, by their numbers or by pointing at them."""
    answers = clause.has("talk.yes", "talk.no", "mood.neg", "is.none") and bool(_counts(clause))
    if answers and clause.small_numbers() and not clause.unknown_words:
        return True
    if clause.orders:
        return False
    return clause.has("is.line") or (clause.has("talk.yes", "talk.no") and clause.says("pointing"))


_ARRIVE = ("day.", "v.reach.", "v.come.", "v.be.", "v.deliver.", "v.give.")


def _is_nothing_but_time(clause: Clause, when: When) -> bool:
    """Say whether a clause is a time and no more: "5 baje samma", "2 ghanta ma", "bholi bihan". A day alone is too little."""
    spans = facts.span_chunks(clause)
    if any(chunk not in spans for chunk in clause.counts) or clause.left("mood.", "day.", "v.take.", "v.be."):
        return False
    return (
        when.time is not None or when.part is not None or (when.within is not None and when.within < _A_DAY)
    )


_A_DAY = dt.timedelta(days=1)


def _beside_arrival(clause: Clause) -> list[Chunk]:
    """The chunks that say something else than when the goods of an order come."""
    about = exact_words()["about_arrival"] if clause.orders else ()
    left = clause.left(*_ARRIVE, "mood.", "is.part", "is.goods", "is.order", "talk.", "v.send.future")
    return [chunk for chunk in left if chunk.text not in about]


def read_arrival(clause: Clause) -> list[Act]:
    """Nothing but a time: "1038 aaune somabar matra", "bholi bihana pugcha"."""
    when = facts.when_of(clause)
    if when is None or _beside_arrival(clause):
        return []
    arrives = clause.verb("reach", "come", "deliver", tense="future") or (
        clause.verb("reach", "come", "deliver") and clause.has("mood.will")
    )
    if not (clause.orders or arrives or _is_nothing_but_time(clause, when)):
        return []
    future = (*_WILL_SEND, *_WILL_ARRIVE, "v.be.future")
    ignoring = tuple(
        sense
        for sense in clause.senses
        if sense in (*_TIMES, "mood.will")
        or (sense == "mood.doubt" and when.within is not None and clause.says("takes_time"))
        or (sense.startswith(future) and not sense.endswith(".not"))
    )
    return [
        make_act(
            ActKind.ETA,
            clause,
            means=(*_ARRIVE, "v.send.", "is.part", "is.goods", "is.order"),
            numbers=_WHEN,
            used=tuple(chunk for chunk in clause.chunks if chunk.text in exact_words()["about_arrival"]),
            ignoring=ignoring,
            orders=clause.orders,
            when=when,
        )
    ]
