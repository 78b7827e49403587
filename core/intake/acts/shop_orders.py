"""A shop's orders that were placed: how they stand, what arrived, what is short or broken, and what is changed or given up."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.payments import wants_no_order
from core.intake.acts.senses import exact_words
from core.intake.acts.shop_balances import asks_how_much_to_pay
from core.intake.acts.types import Act, ActKind, Mood

_ARRIVED = (
    "v.receive.",
    "v.come.",
    "v.reach.",
    "v.take.",
    "v.understand.",
    "v.deliver.",
    "v.hand.",
    "v.be.",
    "v.do.",
    "v.finish.",
    "v.give.",
    "is.goods",
    "is.order",
    "is.full",
    "is.mine",
    "talk.",
    "v.send.",
    "day.",
    "v.confirm.",
)


def read_shortage(clause: Clause) -> list[Act]:
    """Goods that are missing, or that are broken, spoilt, expired or the wrong ones."""
    is_broken = clause.has("is.damaged", "is.expired", "is.wrong") or clause.verb("break", "spoil")
    did_not_come = _says_not_arrived(clause)
    goes_back = _sends_back(clause)
    if not (is_broken or did_not_come or goes_back or _says_too_little(clause)) or _is_no_report(clause):
        return []
    return [
        make_act(
            ActKind.DAMAGED if is_broken or goes_back else ActKind.SHORT, clause, means=("is.", "v.", "talk."),
            numbers=("order", "line", "count", "invoice"), used=clause.unknown_words,
            mood=mood_of(clause, ignoring=_found_out(clause), denial_counts=is_broken and not did_not_come), orders=clause.orders, invoices=clause.invoices,
            is_certain=bool(clause.counts) or not did_not_come, amounts=facts.amounts_of(clause), goods=facts.goods_of(clause), reason=facts.damage_of(clause), is_all=clause.has("is.full"),
        )
    ]  # fmt: skip


def _sends_back(clause: Clause) -> bool:
    """Say whether goods are to go back: "1 kilo chini firta garnu paryo". Money that comes back is none."""
    is_counted = any(one.best.unit is not None for one in clause.numerals)
    is_of_goods = is_counted or (bool(clause.unknown_words) and bool(clause.counts))
    return (
        is_of_goods
        and clause.verb("return")
        and not clause.is_question
        and not clause.has("is.money", *facts.WAYS)
    )


def _found_out(clause: Clause) -> tuple[str, ...]:
    """The sense that is no hearsay here: "fateko rahecha" is what the shop found itself."""
    reporting = [chunk for chunk in clause.chunks if chunk.has("mood.reported")]
    is_found = bool(reporting) and all(chunk.text in exact_words()["found_out"] for chunk in reporting)
    return ("mood.reported",) if is_found else ()


def _says_not_arrived(clause: Clause) -> bool:
    """Say whether counted goods did not arrive: "2 carton wai wai aayena"."""
    if not clause.unknown_words and not any(one.best.unit is not None for one in clause.numerals):
        return False
    return (
        clause.is_denied and not clause.is_question and clause.verb("come", "reach", "receive", tense="past")
    )


def _says_too_little(clause: Clause) -> bool:
    got_only = clause.has("is.part") and bool(clause.counts) and clause.verb("receive", "come", "reach")
    return got_only or clause.has("is.short") or clause.verb("miss")


def _is_no_report(clause: Clause) -> bool:
    """Say whether it speaks of money, or asks for more or less of the goods."""
    if clause.has("is.money", "is.cash", "is.price") or clause.verb("less"):
        return True
    return clause.verb("want", "send", "give", "add", tense="command")


def read_received(clause: Clause) -> list[Act]:
    """The goods are here."""
    if not _says_received(clause) or _is_no_receipt_of_goods(clause):
        return []
    return [
        make_act(
            ActKind.RECEIVED,
            clause,
            means=_ARRIVED,
            numbers=("order", "when"),
            orders=clause.orders,
            is_all=clause.has("is.full"),
            is_certain=not clause.verb("receive", "come", tense="bare"),
        )
    ]


def _says_received(clause: Clause) -> bool:
    if clause.verb("receive", "come", "reach", "hand") or clause.verb("deliver", tense="past"):
        return True
    names_goods = clause.has("is.goods")
    if clause.verb("take", tense="past") and names_goods:
        return True
    return clause.verb("understand") and (names_goods or bool(clause.orders))


def _is_no_receipt_of_goods(clause: Clause) -> bool:
    """Say whether goods are counted or asked for, or whether it is money or a paper that came."""
    if clause.has("is.money", "is.cash", "is.bill", "is.code", "is.credit", *facts.WAYS):
        return True
    if clause.counts or (clause.unknown_words and not clause.orders):
        return True
    if clause.is_question and clause.verb("come", "reach", "receive", tense="future"):
        return True
    if asks_how_much_to_pay(clause):
        return True
    return clause.has("mood.asked") and clause.has("is.order", "is.goods", "is.mine")


# With these a question is about something else than how an order stands.
_NOT_OF_ORDERS = (
    "is.price", "is.stock", "is.bill", "is.code", "is.cash", "is.credit", "is.money", "is.balance", "is.basket", "is.statement", "talk.help",
    *facts.WAYS,
)  # fmt: skip


def read_status(clause: Clause) -> list[Act]:
    """How an order stands, and when it comes."""
    asks = clause.is_question or clause.says("asking_for_status") or clause.has("ask.late")
    if not asks or not _may_ask_for_status(clause):
        return []
    return [
        make_act(
            ActKind.STATUS,
            clause,
            means=("is.", "v.", "talk.", "ask."),
            mood=Mood.ASKED,
            orders=clause.orders,
        )
    ]


def _may_ask_for_status(clause: Clause) -> bool:
    if clause.counts or len(clause.unknown_words) > 1 or clause.has(*_NOT_OF_ORDERS):
        return False
    if clause.verb("cancel", "change", "place", "add", "remove"):
        return False
    if clause.orders or clause.has("is.order", "is.goods", "ask.late"):
        return True
    speaks = clause.has("is.mine") or clause.verb("reach", "come", "deliver", "send", "dispatch", "bring")
    return speaks and not clause.unknown_words


def names_orders(clause: Clause) -> bool:
    """Say whether nothing but the word for an order stands here: "mero order haru", "order list". It is no yes."""
    nouns = ("is.order", "is.mine", "is.list", "v.order.bare", "v.see.", "v.show.")
    asks_for_it = clause.has("talk.yes", "ask.order_it", "is.send_word")
    return clause.has("is.order") and not asks_for_it and not clause.left(*nouns)


def _commands_to_cancel(clause: Clause) -> bool:
    leads = bool(clause.words) and clause.words[0].has("v.cancel.bare")
    return clause.verb("cancel") and (clause.has("v.do.command") or leads)


def read_canceled(clause: Clause) -> list[Act]:
    """An order that the shop gives up."""
    if wants_no_order(clause) and not clause.counts:
        # It is asked once more before it is canceled.
        means: tuple[str, ...] = (
            "is.", "v.want.", "v.do.", "v.be.", "talk.no", "talk.yes", "mood.", "v.take.", "v.keep.",
        )  # fmt: skip
        if _commands_to_cancel(clause):
            # "1020 radda gardinus, chahiyena" gives its reason; "cancel garna chahanna" wants no cancel.
            means = (*means, "v.cancel.")
        orders = clause.orders
        return [
            make_act(
                ActKind.CANCEL, clause, means=means, mood=Mood.NOW, orders=orders, ignoring=clause.denials
            )
        ]
    takes_away = clause.verb("remove") and clause.has("is.order") and not clause.is_denied
    if (
        not clause.verb("cancel")
        and not takes_away
        and not (clause.verb("keep", "send") and clause.orders and clause.is_denied)
    ):
        return []
    if clause.unknown_words and not clause.orders:
        return []
    if clause.counts:
        return []
    return [
        make_act(
            ActKind.CANCEL,
            clause,
            means=(
                "is.same",
                "v.cancel.",
                *(("v.remove.",) if takes_away else ()),
                "v.do.",
                "v.be.",
                "v.give.",
                "v.want.",
                "v.finish.",
                "is.order",
                "is.goods",
                "is.mine",
                "is.full",
                "is.basket",
                "is.list",
                "v.order.",
                "is.correct",
            ),
            orders=clause.orders,
            is_all=clause.has("is.full"),
            ignoring=clause.denials if not clause.verb("cancel") else (),
        )
    ]


def read_changed(clause: Clause) -> list[Act]:
    """An order that the shop wants to change."""
    if (
        not clause.verb("change")
        or clause.unknown_words
        or clause.counts
        or clause.has("talk.language", "talk.english", "talk.nepali", "talk.switch", "is.price")
    ):
        return []
    if clause.has("is.again", "is.same") or not (
        clause.orders or clause.has("is.order") or len(clause.words) <= 2
    ):
        return []
    return [
        make_act(
            ActKind.CHANGE,
            clause,
            means=(
                "v.change.",
                "v.do.",
                "v.be.",
                "v.want.",
                "is.order",
                "is.mine",
                "is.list",
                "is.basket",
                "v.order.",
            ),
            orders=clause.orders,
        )
    ]


def read_order_agreed(clause: Clause) -> list[Act]:
    """A yes or no to what is asked about an order: "1018 linchu", "1018 pathaidinus", "1018 nalini"."""
    if not clause.orders or clause.counts or clause.unknown_words or clause.codes:
        return []
    if (
        not clause.verb(*_AGREEING)
        or clause.has("is.money", "is.cash", *facts.WAYS)
        or _may_be_denied(clause)
    ):
        return []
    mood = mood_of(clause, denial_counts=False, future_counts=clause.has(*_NOT_NOW))
    return [
        make_act(
            ActKind.NO if clause.is_denied else ActKind.YES,
            clause,
            means=("v.take.", "v.send.", "v.accept.", "v.place.", "v.keep.", "v.be.", "v.do.", "talk.yes", "is.order", "is.goods"),
            mood=Mood.NOW if mood is Mood.DONE else mood,
            orders=clause.orders,
        )
    ]  # fmt: skip


def _may_be_denied(clause: Clause) -> bool:
    """Say whether a form means yes or no ("lina"), or a "na" that may deny stands before the verb."""
    denies = {form.endswith("not") for verb in _AGREEING for form in clause.tenses.get(verb, ())}
    verbs = tuple(f"v.{verb}." for verb in _AGREEING)
    at = next(
        (n for n, one in enumerate(clause.chunks) if any(sense.startswith(verbs) for sense in one.senses)), 0
    )
    return len(denies) > 1 or (at > 0 and clause.chunks[at - 1].text in exact_words()["before_verb_no"])


_AGREEING = ("take", "send", "accept", "place", "keep")
_NOT_NOW = ("mood.will", "mood.tomorrow", "mood.day_after", "mood.later")


def read_code(clause: Clause) -> list[Act]:
    """A delivery code that the shop types, or asks for."""
    if clause.codes:
        return [
            make_act(
                ActKind.CODE,
                clause,
                means=("is.code", "v.be.", "is.goods", "is.order"),
                numbers=("code", "order"),
                codes=clause.codes,
                orders=clause.orders,
            )
        ]
    if (
        not clause.has("is.code")
        or clause.counts
        or clause.unknown_words
        or clause.names
        or clause.has("is.reference", *facts.WAYS)
    ):
        return []
    return [
        make_act(
            ActKind.ASK_CODE, clause, means=("is.", "v.", "talk."), mood=asking(clause), orders=clause.orders
        )
    ]
