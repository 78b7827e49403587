"""A sender we do not know: shop name, area or pin, a phone if it is hidden; then a person approves."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from bot.dialogue.machine import InputKind, Outcome, State, Step, Turn, always
from bot.dialogue.screens.shop import ordering
from bot.wording.say import Say
from core.orders import basket
from core.parties import queries as party_queries
from core.parties import service as parties
from core.parties.models import Approval, Language
from core.parties.phones import find_phone
from core.refs import ContactId

_LONGEST_NAME = 80
_SHORTEST_NAME = 2


def welcome(turn: Turn) -> Outcome:
    """The first words of somebody unknown: kept if they are an order, and the shop's name is asked."""
    is_words = turn.input.kind is InputKind.TEXT and turn.short is None
    names_goods = is_words and bool(turn.reading.lines or turn.reading.questions)
    slots: dict[str, Any] = {"first_order": turn.text} if names_goods else {}
    has_pin = pin(turn) is not None
    if has_pin:
        slots["pin"] = _kept_pin(turn)
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/welcome", {"keeps_order": names_goods, "has_pin": has_pin}),
        slots=slots,
    )


def orders_first(turn: Turn) -> bool:
    """Goods and how many are no name of a shop."""
    has_figure = any(character.isdecimal() for character in turn.text)
    return turn.input.kind is InputKind.TEXT and has_figure and bool(turn.reading.lines)


def keep_order(turn: Turn) -> Outcome:
    """Keep what is ordered for the day the shop is approved, and ask for its name again."""
    before = turn.slots.get("first_order")
    words = f"{before}\n{turn.text}" if before else turn.text
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/name_again", {"keeps_order": True, "has_pin": False}),
        slots={"first_order": words},
    )


def keep_order_and_ask_area(turn: Turn) -> Outcome:
    """Goods and how many are no place either."""
    kept = keep_order(turn)
    view = {"shop_name": turn.slots.get("shop_name", ""), "keeps_order": True}
    return Outcome(goto=State.SHOP_AREA, say=Say("onboarding/area", view), slots=kept.slots)


def sends_pin(turn: Turn) -> bool:
    return pin(turn) is not None


def keep_pin(turn: Turn) -> Outcome:
    """Where the shop is came before its name."""
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/name_again", {"keeps_order": False, "has_pin": True}),
        slots={"pin": _kept_pin(turn)},
    )


def _kept_pin(turn: Turn) -> dict[str, Any]:
    location = pin(turn) or ()
    return {"point": [str(part) for part in location], "area": _pin_area(turn)}


def _pin_area(turn: Turn) -> str | None:
    content = turn.input.content.get("location") or turn.input.content
    area = content.get("label") or content.get("address")
    return " ".join(area.split())[:_LONGEST_NAME] if area else None


def is_shop_name(turn: Turn) -> bool:
    words = " ".join(turn.text.split())
    has_letters = any(character.isalpha() for character in words)
    if turn.input.kind is not InputKind.TEXT or turn.short is not None:
        return False
    return has_letters and _SHORTEST_NAME <= len(words) <= _LONGEST_NAME


def take_name(turn: Turn) -> Outcome:
    """The shop's name; its area may come in the same message, after a comma or on the next line."""
    lines = [part.strip() for part in turn.text.replace("\n", ",").split(",") if part.strip()]
    if len(lines) > 1:
        return _go_on(turn, shop_name=lines[0], area=", ".join(lines[1:]), location=None)
    name = " ".join(turn.text.split())
    if kept := turn.slots.get("pin"):
        latitude, longitude = (Decimal(part) for part in kept["point"])
        return _go_on(turn, shop_name=name, area=kept["area"], location=(latitude, longitude))
    return Outcome(
        goto=State.SHOP_AREA,
        say=Say("onboarding/area", {"shop_name": name, "keeps_order": False}),
        slots={"shop_name": name},
    )


def ask_name_again(_turn: Turn) -> Outcome:
    """That was no name of a shop."""
    return Outcome(
        goto=State.SHOP_NAME, say=Say("onboarding/name_again", {"keeps_order": False, "has_pin": False})
    )


def is_place(turn: Turn) -> bool:
    return pin(turn) is not None or (turn.input.kind is InputKind.TEXT and bool(turn.text.strip()))


def take_area(turn: Turn) -> Outcome:
    """Where the shop is, as words or as a pin."""
    location = pin(turn)
    area = _pin_area(turn) if location else " ".join(turn.text.split())[:_LONGEST_NAME]
    return _go_on(turn, shop_name=turn.slots["shop_name"], area=area, location=location)


def ask_area_again(turn: Turn) -> Outcome:
    """Neither words nor a pin."""
    return Outcome(
        goto=State.SHOP_AREA,
        say=Say("onboarding/area", {"shop_name": turn.slots.get("shop_name", ""), "keeps_order": False}),
    )


def pin(turn: Turn) -> tuple[Decimal, Decimal] | None:
    """The point of a location message, if it is one on earth."""
    if turn.input.kind is not InputKind.LOCATION:
        return None
    content = turn.input.content.get("location") or turn.input.content
    try:
        point = Decimal(str(content["latitude"])), Decimal(str(content["longitude"]))
    except (KeyError, InvalidOperation):
        return None
    on_earth = abs(point[0]) <= 90 and abs(point[1]) <= 180
    return point if on_earth else None


def _go_on(
    turn: Turn, *, shop_name: str, area: str | None, location: tuple[Decimal, Decimal] | None
) -> Outcome:
    retailer = parties.apply_retailer(
        turn.session,
        ContactId(turn.person.contact_id),
        shop_name=shop_name,
        area=area,
        location=location,
        language=Language(turn.language),
        actor=turn.actor,
        now=turn.now,
    )
    kept = _keep_first_order(turn, retailer.id)
    forgotten = {"shop_name": None, "first_order": None, "pin": None}
    if turn.person.phone is None:
        return Outcome(
            goto=State.SHOP_PHONE,
            say=Say("onboarding/phone", {"shop_name": shop_name, "keeps_order": kept}),
            slots=forgotten,
        )
    return Outcome(
        goto=State.WAITING,
        say=Say("onboarding/applied", {"shop_name": shop_name, "keeps_order": kept}),
        slots=forgotten,
    )


def _keep_first_order(turn: Turn, retailer_id: int) -> bool:
    """Lay the clear lines of the first message into the new shop's basket, for the day it is approved."""
    words = turn.slots.get("first_order")
    return words is not None and ordering.keep_for_later(turn, words, retailer_id)


def take_phone(turn: Turn) -> Outcome:
    """A number to call, from somebody whose channel hides it."""
    contact_id = ContactId(turn.person.contact_id)
    parties.contact_for(
        turn.session,
        channel=turn.channel,
        addresses=party_queries.addresses_of(turn.session, contact_id, channel=turn.channel),
        profile_name=None,
        phone=find_phone(turn.text),
        now=turn.now,
    )
    return Outcome(
        goto=State.WAITING,
        say=Say("onboarding/applied", {"shop_name": turn.party.name, "keeps_order": _has_basket(turn)}),
    )


def is_phone(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and find_phone(turn.text) is not None


def ask_phone_again(_turn: Turn) -> Outcome:
    """That was no phone number."""
    return Outcome(goto=State.SHOP_PHONE, say=Say("onboarding/phone_again"))


def wait(turn: Turn) -> Outcome:
    """Applied or refused: say which, and keep what is ordered meanwhile as a draft."""
    is_refused = turn.party.approval is Approval.REFUSED
    is_words = turn.input.kind is InputKind.TEXT and turn.short is None
    kept = False
    if is_words and not is_refused and turn.reading.lines:
        kept = ordering.keep_for_later(turn, turn.text, turn.retailer_id)
    return Outcome(
        say=Say("onboarding/waiting", {"is_refused": is_refused, "keeps_order": kept or _has_basket(turn)})
    )


def _has_basket(turn: Turn) -> bool:
    order = basket.find_basket(turn.session, turn.retailer_id)
    return order is not None and bool(basket.lines_of(turn.session, order.id))


NEW_STEPS: tuple[Step, ...] = (Step(name="welcome", matches=always, handler=welcome),)
NAME_STEPS: tuple[Step, ...] = (
    Step(name="pin_first", matches=sends_pin, handler=keep_pin),
    Step(name="order_first", matches=orders_first, handler=keep_order),
    Step(name="shop_name", matches=is_shop_name, handler=take_name),
    Step(name="shop_name_again", matches=always, handler=ask_name_again),
)
AREA_STEPS: tuple[Step, ...] = (
    Step(name="order_first", matches=orders_first, handler=keep_order_and_ask_area),
    Step(name="area", matches=is_place, handler=take_area),
    Step(name="area_again", matches=always, handler=ask_area_again),
)
PHONE_STEPS: tuple[Step, ...] = (
    Step(name="phone", matches=is_phone, handler=take_phone),
    Step(name="phone_again", matches=always, handler=ask_phone_again),
)
WAITING_STEPS: tuple[Step, ...] = (Step(name="waiting", matches=always, handler=wait),)
