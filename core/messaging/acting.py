"""For whom the person of a conversation acts, as SQL: the party that they chose, or the only one they have.

A conversation keeps a party only where the person had to choose one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.messaging.models import Conversation
from core.parties.models import Membership
from core.refs import RetailerId, VendorId


def shop_of_writer() -> ColumnElement[int | None]:
    """The shop's id beside `conversations`; null for a wholesaler's person, a stranger, and several without a choice."""
    return _chosen_or_only(Conversation.retailer_id, Membership.retailer_id)


def wholesaler_of_writer() -> ColumnElement[int | None]:
    return _chosen_or_only(Conversation.vendor_id, Membership.vendor_id)


def parties_of_writers(
    session: Session, conversation_ids: Iterable[int]
) -> dict[int, tuple[RetailerId | None, VendorId | None]]:
    """The shop or the wholesaler of each conversation: one statement."""
    rows = session.execute(
        select(Conversation.id, shop_of_writer(), wholesaler_of_writer()).where(
            Conversation.id.in_(list(conversation_ids))
        )
    )
    return {
        row_id: (
            None if retailer_id is None else RetailerId(retailer_id),
            None if vendor_id is None else VendorId(vendor_id),
        )
        for row_id, retailer_id, vendor_id in rows
    }


def _chosen_or_only(
    chosen: InstrumentedAttribute[Any], member: InstrumentedAttribute[Any]
) -> ColumnElement[Any]:
    only: ScalarSelect[Any] = (
        select(func.max(member))
        .where(Membership.contact_id == Conversation.contact_id)
        .having(func.count() == 1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    nobody_chosen = Conversation.retailer_id.is_(None) & Conversation.vendor_id.is_(None)
    return case((nobody_chosen, only), else_=chosen)
