"""Onboarding of unknown senders: shop name, area or pin, and a phone if the channel hides it; then an admin approves.

A greeting, a question or an order is never taken for an answer: it is answered or kept, and the question is asked again
in other words. What was understood is read back, with one tap to change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.dialogue.deciding import open_lines
from bot.dialogue.machine import (
    Ask,
    InputKind,
    Outcome,
    PartyKind,
    PromptKind,
    State,
    Step,
    Turn,
    always,
    does,
)
from bot.dialogue.reading import order_reader
from bot.dialogue.reading.shop_details import (
    Beside,
    details_beside_goods,
    details_of,
    is_shops,
    is_town,
    may_be_name,
    name_and_area,
    orders_goods,
    pin_area,
    pin_of,
    place_now,
    topic_of,
    without_phrase,
)
from bot.dialogue.screens.shop import ordering
from bot.wording.say import Say
from core.catalog import queries as catalog
from core.intake.acts.types import ActKind
from core.intake.reading import said_as
from core.messaging.models import Prompt
from core.orders import basket
from core.parties import queries as party_queries
from core.parties import service as parties
from core.parties.models import Approval, Language
from core.parties.naming import clean_name
from core.parties.phones import find_phone
from core.refs import ContactId, RetailerId

SHOP, LANGUAGE = "shop", "language"


# The first words


def welcome(turn: Turn) -> Outcome:
    """Answer the first message of an unknown sender: keep an order, answer a question, ask for the shop's name."""
    if (told := details_beside_goods(turn)) is not None:
        return _take_with_order(turn, told)
    is_order = orders_goods(turn)
    slots: dict[str, Any] = {"first_order": turn.text} if is_order else {}
    has_pin = pin_of(turn) is not None
    if has_pin:
        slots["pin"] = _kept_pin(turn)
    view = {
        "kept": _goods_read(turn, turn.text) if is_order else (),
        "keeps_order": is_order,
        "has_pin": has_pin,
        "introducer": None,
        "topic": None if is_order else topic_of(turn),
    }
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/welcome", view),
        slots=slots,
        ask=Ask(kind=LANGUAGE, subject_id=turn.conversation_id),
    )


# Its name


def keep_order(turn: Turn) -> Outcome:
    """Keep the order until the shop is approved, show it, and ask for the name again, unless it is told beside the goods."""
    if (told := details_beside_goods(turn)) is not None:
        return _take_with_order(turn, told)
    words = _with_earlier(turn)
    view = {**_again(turn), "kept": _goods_read(turn, words), "keeps_order": True}
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/name_again", view),
        slots={"first_order": words, **_asked_once_more(turn)},
    )


def keep_order_and_ask_area(turn: Turn) -> Outcome:
    """Keep the order until the shop is approved, show it, and ask for the area again."""
    words = _with_earlier(turn)
    view = {
        **_again(turn),
        "shop_name": turn.slots.get("shop_name", ""),
        "kept": _goods_read(turn, words),
        "keeps_order": True,
    }
    slots = {"first_order": words, **_asked_once_more(turn)}
    return Outcome(goto=State.SHOP_AREA, say=Say("onboarding/area", view), slots=slots)


def _take_with_order(turn: Turn, told: Beside) -> Outcome:
    """Take the name, the place and the order of one message; a place that is missing is asked for."""
    words = _with_earlier(turn, told.goods)
    point, pin_area = _pin_kept(turn)
    area = told.details.area or turn.slots.get("area_said") or ""
    if area or point:
        kept = replace(turn, slots={**turn.slots, "first_order": words})
        return _go_on(kept, shop_name=told.details.name, area=area or pin_area, location=point)
    name = told.details.name
    view = {**_again(turn), "shop_name": name, "kept": _goods_read(turn, words), "keeps_order": True}
    slots = {"shop_name": name, "first_order": words, "times": None}
    return Outcome(goto=State.SHOP_AREA, say=Say("onboarding/area", view), slots=slots)


def _with_earlier(turn: Turn, words: str | None = None) -> str:
    before, now = turn.slots.get("first_order"), turn.text if words is None else words
    return f"{before}\n{now}" if before else now


def sends_pin(turn: Turn) -> bool:
    return pin_of(turn) is not None


def keep_pin(turn: Turn) -> Outcome:
    """Keep a pin that comes before the name, and ask for the name."""
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/name_again", {**_again(turn), "has_pin": True}),
        slots={"pin": _kept_pin(turn), **_asked_once_more(turn)},
    )


def _kept_pin(turn: Turn) -> dict[str, Any]:
    location = pin_of(turn) or ()
    return {"point": [str(part_of) for part_of in location], "area": pin_area(turn)}


def names_only_place(turn: Turn) -> bool:
    """A place where the name is awaited: labelled as one, or a town that everybody knows."""
    said = details_of(turn)
    return bool(said.area and not said.name)


def keep_place(turn: Turn) -> Outcome:
    """Keep a place that comes before the name, and ask for the name."""
    area = details_of(turn).area
    return Outcome(
        goto=State.SHOP_NAME,
        say=Say("onboarding/name_again", {**_again(turn), "area": area}),
        slots={"area_said": area, **_asked_once_more(turn)},
    )


def is_shop_name(turn: Turn) -> bool:
    return bool(name_and_area(turn)[0])


def take_name(turn: Turn) -> Outcome:
    """Take the shop's name. The area may be in the same message, after a comma or on the next line, or an earlier pin."""
    name, area = name_and_area(turn)
    point, pin_area = _pin_kept(turn)
    area = area or turn.slots.get("area_said") or ""
    if area or point:
        return _go_on(turn, shop_name=name, area=area or pin_area, location=point)
    return Outcome(
        goto=State.SHOP_AREA,
        say=Say("onboarding/area", {**_again(turn), "shop_name": name}),
        slots={"shop_name": name, "times": None},
    )


def _pin_kept(turn: Turn) -> tuple[tuple[Decimal, Decimal] | None, str | None]:
    kept = turn.slots.get("pin")
    if not kept:
        return None, None
    latitude, longitude = (Decimal(part_of) for part_of in kept["point"])
    return (latitude, longitude), kept["area"]


def ask_name_again(turn: Turn) -> Outcome:
    """The text wasn't a shop's name: answer it, and ask for the name in other words."""
    view = {**_again(turn), "topic": topic_of(turn)}
    return Outcome(goto=State.SHOP_NAME, say=Say("onboarding/name_again", view), slots=_asked_once_more(turn))


def nothing_new() -> dict[str, Any]:
    return {"times": 0, "kept": (), "keeps_order": False, "has_pin": False, "area": None, "topic": None}


def _again(turn: Turn) -> dict[str, Any]:
    return {**nothing_new(), "times": int(turn.slots.get("times") or 0)}


def _asked_once_more(turn: Turn) -> dict[str, Any]:
    """Counts the repeats, so that no two answers in a row have the same words."""
    return {"times": int(turn.slots.get("times") or 0) + 1}


# Its place


def puts_name_right(turn: Turn) -> bool:
    """The shop's name where its place is awaited: labelled as the name, or after "hoina" and its like."""
    said = details_of(turn)
    if said.is_correction and not said.is_named:
        return not said.area
    return bool(said.name) and said.is_named


def take_name_right(turn: Turn) -> Outcome:
    """Replace the name that was taken before, and take the place or ask for it again."""
    said = details_of(turn)
    if not said.name:
        slots = {"shop_name": None, **_asked_once_more(turn)}
        return Outcome(goto=State.SHOP_NAME, say=Say("onboarding/name_again", _again(turn)), slots=slots)
    point, pin_area = _pin_kept(turn)
    if said.area or point:
        return _go_on(turn, shop_name=said.name, area=said.area or pin_area, location=point)
    view = {**_again(turn), "shop_name": said.name}
    slots = {"shop_name": said.name, **_asked_once_more(turn)}
    return Outcome(goto=State.SHOP_AREA, say=Say("onboarding/area", view), slots=slots)


def is_place(turn: Turn) -> bool:
    if pin_of(turn) is not None or details_of(turn).area or is_town(turn.text):
        return True
    return may_be_name(turn) and clean_name(turn.text) is not None


def take_area(turn: Turn) -> Outcome:
    """Take the shop's place, as words or as a pin. An earlier pin is kept beside the words."""
    location = pin_of(turn)
    said = details_of(turn)
    # "Lagankhel, near the bus park" is one place.
    words = said.area if said.is_named or said.is_correction else clean_name(place_now(turn.text))
    area = pin_area(turn) if location else words or said.name or clean_name(turn.text)
    kept, kept_area = _pin_kept(turn)
    shop_name = turn.slots.get("shop_name") or turn.party.name
    if area and is_town(shop_name) and is_shops(area):
        shop_name, area = area, shop_name
    return _go_on(turn, shop_name=shop_name, area=area or kept_area, location=location or kept)


def ask_area_again(turn: Turn) -> Outcome:
    """The message had no place: ask for it again."""
    view = {**_again(turn), "shop_name": turn.slots.get("shop_name", ""), "topic": topic_of(turn)}
    return Outcome(goto=State.SHOP_AREA, say=Say("onboarding/area", view), slots=_asked_once_more(turn))


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
        introduced_by=turn.slots.get("introduced_by"),
        actor=turn.actor,
        now=turn.now,
    )
    words = turn.slots.get("first_order")
    kept = {} if words is None else ordering.keep_for_later(turn, words, retailer.id)
    forgotten = {
        "shop_name": None,
        "area_said": None,
        "first_order": None,
        "pin": None,
        "times": None,
        "introduced_by": None,
        **kept,
    }
    if turn.person.phone is None:
        view = {"shop_name": retailer.shop_name, "kept": _kept_of(turn, retailer.id, forgotten)}
        return Outcome(goto=State.SHOP_PHONE, say=Say("onboarding/phone", view), slots=forgotten)
    return _read_back(turn, retailer.id, slots=forgotten)


def _read_back(turn: Turn, retailer_id: int, *, slots: Mapping[str, Any]) -> Outcome:
    """Read back what was understood, with one tap to change it."""
    retailer = party_queries.get_retailer(turn.session, RetailerId(retailer_id))
    view = {
        "shop_name": retailer.shop_name,
        "area": retailer.area,
        "has_pin": retailer.latitude is not None,
        "kept": _kept_of(turn, retailer_id, slots),
    }
    return Outcome(
        goto=State.WAITING,
        say=Say("onboarding/applied", view),
        ask=Ask(kind=SHOP, subject_id=retailer_id),
        slots=slots,
    )


def take_phone(turn: Turn) -> Outcome:
    """Take a phone number from somebody whose channel hides it."""
    contact_id = ContactId(turn.person.contact_id)
    parties.contact_for(
        turn.session,
        channel=turn.channel,
        addresses=party_queries.addresses_of(turn.session, contact_id, channel=turn.channel),
        profile_name=None,
        phone=find_phone(turn.text),
        now=turn.now,
    )
    return _read_back(turn, turn.retailer_id, slots={})


def is_phone(turn: Turn) -> bool:
    return turn.input.kind is InputKind.TEXT and find_phone(turn.text) is not None


def ask_phone_again(_turn: Turn) -> Outcome:
    """The text had no phone number: ask for it again."""
    return Outcome(goto=State.SHOP_PHONE, say=Say("onboarding/phone_again"))


# While the application waits


def answer_shop(turn: Turn, prompt: Prompt, _choice: str) -> Outcome:
    """Ask for the name and the place once more."""
    if turn.party.kind is not PartyKind.RETAILER or turn.party.approval is not Approval.APPLIED:
        return Outcome(goto=None, say=Say("anywhere/nothing_open"), closes=[prompt])
    return Outcome(goto=State.SHOP_NAME, say=Say("onboarding/name_again", _again(turn)), closes=[prompt])


def stale_shop(turn: Turn, prompt: Prompt, choice: str) -> Outcome:
    return answer_shop(turn, prompt, choice)


def corrects(turn: Turn) -> bool:
    """A correction: the name with the place, the name with "my shop is" or with a word for a shop, or a pin."""
    if turn.party.approval is not Approval.APPLIED:
        return False
    said = details_of(turn)
    says_name = bool(said.name) and (without_phrase(turn.text) != turn.text or is_shops(said.name))
    puts_right = bool(said.name or said.area) and (said.is_named or said.is_correction)
    return pin_of(turn) is not None or bool(said.name and said.area) or says_name or puts_right


def correct(turn: Turn) -> Outcome:
    """Replace what was corrected, and keep the rest."""
    retailer = party_queries.get_retailer(turn.session, turn.retailer_id)
    said = details_of(turn)
    name, area = said.name, said.area
    is_place = said.is_correction and not (said.is_named or area)
    if is_place and is_shops(retailer.shop_name) and not is_shops(name):
        # "hoina Balkhu ho" puts the place right, not the shop that has a shop's name.
        name, area = "", name
    known = None
    if retailer.latitude is not None and retailer.longitude is not None:
        known = retailer.latitude, retailer.longitude
    return _go_on(
        turn,
        shop_name=name or retailer.shop_name,
        area=area or pin_area(turn) or retailer.area,
        location=pin_of(turn) or known,
    )


def wait(turn: Turn) -> Outcome:
    """Say whether the application waits or was refused, keep new orders as a draft, answer questions."""
    is_refused = turn.party.approval is Approval.REFUSED
    kept: dict[str, Any] = {}
    if not is_refused and orders_goods(turn):
        kept = ordering.keep_for_later(turn, turn.text, turn.retailer_id)
    goods = order_reader.goods_asked_about(turn) if does(ActKind.ASK_PRICE, ActKind.ASK_STOCK)(turn) else []
    view = {
        "is_refused": is_refused,
        "kept": _kept_of(turn, turn.retailer_id, kept),
        "topic": topic if (topic := topic_of(turn)) != "what" else None,
        "times": int(turn.slots.get("times") or 0),
        "goods": goods,
    }
    return Outcome(say=Say("onboarding/waiting", view), slots={**kept, **_asked_once_more(turn)})


def _kept_of(turn: Turn, retailer_id: int, slots: Mapping[str, Any]) -> Sequence[Any]:
    """The lines of the shop's basket, and the words of what will be asked about once it is approved."""
    order = basket.find_basket(turn.session, retailer_id)
    lines = () if order is None else basket.show(turn.session, order.id, now=turn.now).lines
    questions = open_lines.kept({**turn.slots, **slots})
    return [*lines, *({"words": question.source_text} for question in questions)]


def _goods_read(turn: Turn, words: str) -> Sequence[Mapping[str, Any]]:
    """What *words* order, for a message: the certain lines, and the words of the others."""
    reading = order_reader.read_text(turn, words)
    lines = reading.lines
    products = catalog.products_by_skus(turn.session, [line.sku for line in lines])
    certain = [
        {
            "name": products[line.sku].name,
            "name_ne": products[line.sku].name_ne,
            "unit": products[line.sku].unit,
            "quantity": line.quantity,
            "said": said_as(line.said_count, line.unit_said, line.quantity),
        }
        for line in lines
        if line.sku in products
    ]
    return [*certain, *({"words": question.source_text} for question in reading.questions)]


NEW_STEPS: tuple[Step, ...] = (Step(name="welcome", matches=always, handler=welcome),)
NAME_STEPS: tuple[Step, ...] = (
    Step(name="pin_first", matches=sends_pin, handler=keep_pin),
    Step(name="order_first", matches=orders_goods, handler=keep_order),
    Step(name="place_first", matches=names_only_place, handler=keep_place),
    Step(name="shop_name", matches=is_shop_name, handler=take_name),
    Step(name="shop_name_again", matches=always, handler=ask_name_again),
)
AREA_STEPS: tuple[Step, ...] = (
    Step(name="order_first", matches=orders_goods, handler=keep_order_and_ask_area),
    Step(name="name_corrected", matches=puts_name_right, handler=take_name_right),
    Step(name="area", matches=is_place, handler=take_area),
    Step(name="area_again", matches=always, handler=ask_area_again),
)
PHONE_STEPS: tuple[Step, ...] = (
    Step(name="phone", matches=is_phone, handler=take_phone),
    Step(name="corrected", matches=corrects, handler=correct),
    Step(name="phone_again", matches=always, handler=ask_phone_again),
)
WAITING_STEPS: tuple[Step, ...] = (
    Step(name="corrected", matches=corrects, handler=correct),
    Step(name="waiting", matches=always, handler=wait),
)
PROMPT_KINDS: tuple[PromptKind, ...] = (
    PromptKind(name=SHOP, answer=answer_shop, stale=stale_shop, is_shortcut=True),
)
