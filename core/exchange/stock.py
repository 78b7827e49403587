"""What was counted on vendors' shelves as a sheet. A file counts; it does not add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.catalog import stock
from core.catalog.models import Listing, Product, Stock
from core.exchange import staging
from core.exchange.cells import Plain, decimal, plain_decimal, show_number
from core.exchange.importing import Change, ImportContext, OwnVendor
from core.exchange.listing_keys import KEYS, name_listings
from core.exchange.sheets import Column, Facts, Sheet
from core.exchange.staging import STAGED, StagedRow, targets
from core.parties.models import Vendor
from core.quantity import LARGEST, ZERO_QUANTITY
from core.refs import ListingId

NAME: Final = "stock"
SHEET: Final = Sheet(
    columns=(
        *KEYS,
        Column(name="on_hand", parse=decimal(ZERO_QUANTITY, LARGEST, places=3), show=show_number),
    )
)
DEFAULTS: Final[Mapping[str, Plain]] = {}


def export(own_vendor: OwnVendor | None) -> Select[Any]:
    found = (
        select(*Stock.__table__.columns, Vendor.code.label("vendor"), Product.sku)
        .join(Listing, Listing.id == Stock.listing_id)
        .join(Vendor, Vendor.id == Listing.vendor_id)
        .join(Product, Product.id == Listing.product_id)
        .order_by(Vendor.code, Product.sku)
    )
    return found.where(Vendor.id == own_vendor.id) if own_vendor else found


def plain(found: Any) -> Facts:
    return {"vendor": found.vendor, "sku": found.sku, "on_hand": plain_decimal(found.on_hand)}


def resolve(session: Session, context: ImportContext) -> None:
    name_listings(session, context)
    for number in staging.numbers_where(session, STAGED.c.target_id.is_(None)):
        context.errors.add(number, None, "listing_unknown")
    staging.drop_where(session, STAGED.c.target_id.is_(None))


def look(session: Session, rows: Sequence[StagedRow], *, lock: bool) -> dict[int, Facts]:
    if lock:
        stock.lock_stock(session, [ListingId(listing_id) for listing_id in targets(rows)])
    found = session.execute(export(None).where(Stock.listing_id.in_(targets(rows))))
    return {row.listing_id: plain(row) for row in found}


def check(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    """What is promised to orders is there, whatever was counted."""
    counted = _counted(changes)
    reserved = {
        row.listing_id: row.reserved
        for row in session.execute(
            select(Stock.listing_id, Stock.reserved).where(Stock.listing_id.in_(counted))
        )
    }
    for change in changes:
        listing_id = ListingId(change.row.target_id or 0)
        if counted[listing_id] < reserved[listing_id]:
            promised = plain_decimal(reserved[listing_id])
            context.errors.add(change.row.number, "on_hand", "stock_below_promised", promised=promised)


def write(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    stock.count_all(
        session,
        _counted(changes),
        cause=context.cause,
        reason=context.reason,
        actor=context.actor,
        now=context.now,
    )


def finish(_session: Session, _context: ImportContext) -> None:
    """Movements are all there is to stock."""


def _counted(changes: Sequence[Change]) -> dict[ListingId, Decimal]:
    return {
        ListingId(change.row.target_id): Decimal(change.after["on_hand"] or 0)
        for change in changes
        if change.row.target_id is not None
    }
