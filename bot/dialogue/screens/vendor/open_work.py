"""A vendor's open work: offers to answer, parcels to pack and on the way; and which of it a text names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.dialogue.machine import Outcome, State, Turn
from bot.dialogue.reading.line_numbers import plain_digits
from bot.dialogue.screens.vendor.offer_views import OfferView, open_offers
from bot.wording.say import Say
from core.credit import queries as credit
from core.errors import NotFound
from core.intake.acts.reader import read_acts
from core.intake.acts.types import MOVING, Act, ActKind, Mood, When
from core.orders import queries, shortages
from core.orders.kinds import FulfillmentStatus
from core.orders.locking import lock_for_vendor
from core.orders.models import Order
from core.orders.views import FulfillmentView

_ABOUT_MONEY = frozenset({ActKind.CONFIRM_PAYMENT, ActKind.REJECT_PAYMENT})
_ABOUT_STOCK = frozenset({ActKind.STOCK, ActKind.PRICE, ActKind.SOLD_OUT, ActKind.BACK, ActKind.NUMBER})
_NUMBER = re.compile(r"(?<![\d.,])[1-9]\d{3,6}(?![\d.,])")
# The most entries in one list; the message says how many more there are.
MOST_LISTED = 20
_NEARLY_A_CODE = (3, 4, 5)


class HasNumber(Protocol):
    @property
    def short_code(self) -> int: ...

    @property
    def order_id(self) -> int: ...


Known = TypeVar("Known", bound=HasNumber)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenWork:
    """The offers this vendor may answer and the parcels it has promised, as they stand now."""

    offers: tuple[OfferView, ...]
    to_pack: tuple[FulfillmentView, ...]
    on_the_way: tuple[FulfillmentView, ...]

    @property
    def parcels(self) -> tuple[FulfillmentView, ...]:
        return (*self.to_pack, *self.on_the_way)

    @property
    def numbers(self) -> frozenset[int]:
        """The order numbers of all of it."""
        return frozenset(view.short_code for view in self.offers) | {one.short_code for one in self.parcels}


@dataclass(frozen=True, kw_only=True, slots=True)
class Named:
    """What the order numbers in some acts name. `unknown` are numbers of no order of this vendor."""

    offers: list[OfferView]
    # To pack or on the way; `on_the_way` has the latter alone.
    parcels: list[FulfillmentView]
    on_the_way: list[FulfillmentView]
    unknown: list[str]


def open_work(turn: Turn) -> OpenWork:
    return OpenWork(
        offers=tuple(open_offers(turn.session, turn.vendor_id, now=turn.now)),
        to_pack=tuple(parcels(turn, FulfillmentStatus.ACCEPTED)),
        on_the_way=tuple(parcels(turn, FulfillmentStatus.DISPATCHED)),
    )


def parcels(turn: Turn, *statuses: FulfillmentStatus) -> list[FulfillmentView]:
    return queries.parcels_of_vendor(turn.session, turn.vendor_id, statuses=statuses)


def those_named(act: Act, known: Sequence[Known]) -> list[Known]:
    """Those whose order numbers are in the act, in that order."""
    by_number = {str(one.short_code): one for one in known}
    return [by_number[number] for number in dict.fromkeys(act.orders) if number in by_number]


def named_by(turn: Turn, acts: Sequence[Act], found: OpenWork) -> Named:
    """What *acts* name of the open work, act by act, in the order in which it was typed."""
    return Named(
        offers=[view for act in acts for view in those_named(act, found.offers)],
        parcels=[parcel for act in acts for parcel in those_named(act, found.parcels)],
        on_the_way=[parcel for act in acts for parcel in those_named(act, found.on_the_way)],
        unknown=[number for act in acts for number in unknown_numbers(turn, act, found.numbers)],
    )


def is_only_time(act: Act) -> bool:
    """A time that belongs to the act before it ("1042 pathaye, bholi pugcha")."""
    is_time = act.kind is ActKind.ETA or (act.kind is ActKind.DELIVER and act.mood is Mood.FUTURE)
    return is_time and not act.orders and not act.codes


def time_of(acts: Sequence[Act], act: Act) -> When | None:
    """The time in *act*, or in an act beside it that is only a time."""
    return act.when or next((one.when for one in acts if is_only_time(one) and one.when), None)


def numbers_in(act: Act) -> tuple[str, ...]:
    """The numbers that may be orders', even in text that no act explains."""
    if act.orders or act.kind is not ActKind.UNREAD:
        return act.orders
    return tuple(_NUMBER.findall(plain_digits(act.text)))


def own_order(turn: Turn, number: str) -> Order | None:
    """The order with that number, if this vendor has ever promised it."""
    try:
        return queries.find_by_short_code(turn.session, int(number), vendor_id=turn.vendor_id)
    except (NotFound, OverflowError):
        return None


def unknown_numbers(turn: Turn, act: Act, known: Collection[int]) -> list[str]:
    """The numbers that are neither *known* nor of any order of this vendor."""
    return [
        number
        for number in dict.fromkeys(act.orders)
        if int(number) not in known and own_order(turn, number) is None
    ]


def lock_several(turn: Turn, *order_ids: int) -> None:
    """Before the first of several changes in one text, lock everything that they may touch, in one order."""
    acts = [act for act in read_acts(turn.text, role=turn.role) if act.kind in MOVING]
    numbers = {number for act in acts for number in act.orders}
    if max(len(acts), len(numbers), len(order_ids)) <= 1:
        return
    kinds = {act.kind for act in acts}
    claims = credit.open_claims_for_vendor(turn.session, turn.vendor_id) if kinds & _ABOUT_MONEY else []
    lock_for_vendor(
        turn.session,
        vendor_id=turn.vendor_id,
        order_ids=_orders_touched(open_work(turn), acts) | set(order_ids),
        retailer_ids={claim.retailer_id for claim in claims},
        has_stock=bool(kinds & _ABOUT_STOCK),
        now=turn.now,
    )


def _orders_touched(found: OpenWork, acts: Sequence[Act]) -> set[int]:
    """The orders named by number or delivery code; for acts without either, those of the only offer or parcel."""
    numbers = {number for act in acts for number in act.orders}
    codes = {code for act in acts for code in act.codes}
    by_number = {view.order_id for view in found.offers if str(view.short_code) in numbers}
    touched = by_number | {
        parcel.order_id
        for parcel in found.parcels
        if str(parcel.short_code) in numbers or parcel.delivery_code in codes
    }
    if any(not act.orders and not act.codes for act in acts):
        touched |= _only(found.offers) | _only(found.parcels)
    return touched


def _only(known: Sequence[HasNumber]) -> set[int]:
    return {known[0].order_id} if len(known) == 1 else set()


def what_waits(turn: Turn) -> dict[str, object]:
    """The open work as numbers, for a message that says what isn't there."""
    found = open_work(turn)
    return {
        "offers": [view.short_code for view in found.offers][:MOST_LISTED],
        "to_pack": [view.short_code for view in found.to_pack][:MOST_LISTED],
        "on_the_way": [view.short_code for view in found.on_the_way][:MOST_LISTED],
        "claims": len(credit.open_claims_for_vendor(turn.session, turn.vendor_id)),
        "shortages": len(shortages.open_shortages_of_vendor(turn.session, turn.vendor_id)),
    }


def nothing_of_that(turn: Turn, what: str, unknown: Sequence[str] = ()) -> Outcome:
    """Say that no such offer or parcel waits, and what does."""
    waits = what_waits(turn)
    # While a parcel is on its way, a number that names nothing may be its code without the zero: "2865".
    may_be_code = bool(waits["on_the_way"]) and any(len(number) in _NEARLY_A_CODE for number in unknown)
    view = {"what": what, "unknown": list(unknown)[:MOST_LISTED], "may_be_code": may_be_code, **waits}
    return Outcome(goto=State.VENDOR, say=Say("vendor/no_offers", view))
