"""Who is writing, for whom they act, and which state fits."""

from __future__ import annotations

from sqlalchemy.orm import Session

from bot.dialogue.machine import Party, PartyKind, Person, State
from core.messaging.models import Conversation
from core.money import Money
from core.parties import queries as parties
from core.parties.models import Membership, Position, Retailer, Vendor
from core.refs import ContactId

_ONBOARDING = frozenset({State.NEW, State.SHOP_NAME, State.SHOP_AREA, State.SHOP_PHONE})
_NOBODY = Party(kind=PartyKind.NOBODY)
_SEVERAL = Party(kind=PartyKind.SEVERAL)


def find_writer(
    session: Session, conversation: Conversation
) -> tuple[Person, Party, tuple[Party, ...], str | None]:
    """The person, their current party, all their parties, and their language."""
    contact, memberships = parties.contact_with_parties(session, ContactId(conversation.contact_id))
    person = Person(
        contact_id=contact.id,
        name=contact.name or "",
        phone=contact.phone,
        opted_out=contact.opted_out_at is not None,
    )
    found = [_party(*row) for row in memberships]
    party = _chosen(conversation, [choice for choice, _ in found])
    party_language = next((language for choice, language in found if choice == party), None)
    language = contact.language or party_language
    return person, party, tuple(choice for choice, _ in found), language


def remember_party(conversation: Conversation, party: Party) -> None:
    conversation.retailer_id = party.party_id if party.kind is PartyKind.RETAILER else None
    conversation.vendor_id = party.party_id if party.kind is PartyKind.VENDOR else None


def settled_state(conversation: Conversation, party: Party) -> State:
    return fitting_state(known_state(conversation), party)


def known_state(conversation: Conversation) -> State:
    """The stored state; NEW if the table no longer has it."""
    try:
        return State(conversation.state)
    except ValueError:
        return State.NEW


def fitting_state(state: State, party: Party) -> State:
    """*state* if it fits the party, otherwise the party's home state, as after an approval."""
    return state if state in _states_of(party) else home(party)


def home(party: Party) -> State:
    match party.kind:
        case PartyKind.NOBODY:
            return State.NEW
        case PartyKind.SEVERAL:
            return State.PARTY
        case PartyKind.VENDOR:
            return State.VENDOR
        case PartyKind.RETAILER:
            return State.SHOP if party.is_approved else State.WAITING


def _states_of(party: Party) -> frozenset[State]:
    match party.kind:
        case PartyKind.NOBODY:
            return _ONBOARDING
        case PartyKind.SEVERAL:
            return frozenset({State.PARTY})
        case PartyKind.VENDOR:
            return frozenset({State.VENDOR, State.PART, State.DECLINE_WORDS, State.SHORT_PARCEL, State.PARTY})
        case PartyKind.RETAILER:
            own = (
                {State.SHOP, State.SHORTFALL}
                if party.is_approved
                else {State.WAITING, State.SHOP_PHONE, State.SHOP_NAME, State.SHOP_AREA}
            )
            return frozenset(own | {State.PARTY})


def _chosen(conversation: Conversation, choices: list[Party]) -> Party:
    if not choices:
        return _NOBODY
    if len(choices) == 1:
        return choices[0]
    chosen = (conversation.retailer_id, conversation.vendor_id)
    for choice in choices:
        is_retailer = choice.kind is PartyKind.RETAILER
        if chosen == ((choice.party_id, None) if is_retailer else (None, choice.party_id)):
            return choice
    return _SEVERAL


def _party(membership: Membership, retailer: Retailer | None, vendor: Vendor | None) -> tuple[Party, str]:
    limit = None if membership.order_limit_minor is None else Money(membership.order_limit_minor)
    if retailer is not None:
        party = Party(
            kind=PartyKind.RETAILER,
            party_id=retailer.id,
            name=retailer.shop_name,
            position=membership.position,
            order_limit=limit,
            approval=retailer.approval,
            is_active=retailer.is_active,
            sees_debt=membership.sees_debt or membership.position is Position.OWNER,
        )
        return party, retailer.language
    if vendor is None:
        raise AssertionError("a membership without a party")
    party = Party(
        kind=PartyKind.VENDOR,
        party_id=vendor.id,
        name=vendor.business_name,
        position=membership.position,
        approval=vendor.approval,
        is_active=vendor.is_active,
    )
    return party, vendor.language
