"""What a shop asks about us and the trade: the least order, delivery charges, why credit stopped, whether money has arrived."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause
from core.intake.acts.making import make_act
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, Mood, Topic

_MOST_UNKNOWN = 2


def read_question(clause: Clause) -> list[Act]:
    """A question about something that is known without any goods or order. It moves nothing, so it may be read freely."""
    topic = _topic(clause)
    if topic is None or clause.counts or len(clause.unknown_words) > _MOST_UNKNOWN:
        return []
    return [
        make_act(
            ActKind.ASK_ABOUT,
            clause,
            means=("is.", "v.", "talk.", "ask.", "small."),
            used=clause.unknown_words,
            mood=Mood.ASKED,
            topic=topic,
            orders=clause.orders,
        )
    ]


def _topic(clause: Clause) -> Topic | None:
    return next((topic for topic, asks in _ASKS if asks(clause)), None)


def _asks_fee(clause: Clause) -> bool:
    return clause.has("ask.fee")


def _asks_minimum(clause: Clause) -> bool:
    return clause.has("ask.minimum") and (
        clause.is_question or clause.has("is.order") or len(clause.words) == 1
    )


def _asks_more_credit(clause: Clause) -> bool:
    return clause.has("ask.more_credit")


def _asks_why_blocked(clause: Clause) -> bool:
    is_closed = clause.has("is.closed") or clause.verb("stop", "close")
    is_stopped = clause.has("ask.blocked") or (clause.has("is.credit") and (clause.is_denied or is_closed))
    if (
        clause.has("is.credit")
        and (clause.is_question or clause.says("is_to_be_had"))
        and (clause.verb("allowed", "receive") or clause.says("is_to_be_had"))
        and all(chunk.text in exact_words()["is_to_be_had"] for chunk in clause.unknown_words)
    ):
        # "udharo milcha?", "udharo ma paincha ki paidaina?"
        return not clause.says("asking_how_much")
    return is_stopped and (clause.says("why") or clause.is_question)


def _asks_whether_paid(clause: Clause) -> bool:
    """Whether our side has got what the shop paid."""
    speaks_of_money = clause.has("is.money", *facts.WAYS) or clause.verb("pay")
    has_arrived = clause.verb("reach", "receive", "come") or clause.has("ask.arrived")
    return clause.is_question and speaks_of_money and has_arrived and not clause.says("asking_how_much")


def _asks_for_contact(clause: Clause) -> bool:
    names_somebody = clause.has("small.people") and clause.has("small.number_word", "ask.phone")
    return names_somebody and not clause.numerals


def _asks_when_open(clause: Clause) -> bool:
    return clause.is_question and clause.has("is.open", "is.closed") and not clause.unknown_words


def _asks_to_return(clause: Clause) -> bool:
    gives_back = clause.verb("return") or (clause.has("ask.return") and clause.is_question)
    return gives_back and not clause.has("is.money", "is.cash", *facts.WAYS)


def _asks_discount(clause: Clause) -> bool:
    return clause.has("ask.discount")


_ASKS = (
    (Topic.FEE, _asks_fee),
    (Topic.MORE_CREDIT, _asks_more_credit),
    (Topic.WHY_BLOCKED, _asks_why_blocked),
    (Topic.MINIMUM, _asks_minimum),
    (Topic.CONTACT, _asks_for_contact),
    (Topic.PAYMENT, _asks_whether_paid),
    (Topic.OPENING, _asks_when_open),
    (Topic.RETURNS, _asks_to_return),
    (Topic.DISCOUNT, _asks_discount),
)
