"""Who sells what at which price as a sheet: one row for each vendor and SKU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.catalog import bulk
from core.catalog.bulk import ListingTerms
from core.catalog.models import Listing, Product
from core.catalog.service import ListingFacts
from core.exchange.cells import Plain, decimal, flag, plain_decimal, price, show_flag, show_number, whole
from core.exchange.importing import Change, ImportContext, OwnVendor
from core.exchange.listing_keys import KEYS, name_listings
from core.exchange.sheets import Column, Facts, Sheet
from core.exchange.staging import StagedRow, targets
from core.money import Money, rupees
from core.parties.models import Vendor
from core.pricing import bulk as prices
from core.pricing import policy
from core.quantity import LARGEST, THOUSANDTH, ZERO_QUANTITY
from core.refs import ListingId, ProductId, VendorId
from core.settings import service as settings

NAME: Final = "listings"
SHEET: Final = Sheet(
    columns=(
        *KEYS,
        Column(name="price", parse=price(Decimal("0.01")), show=show_number, is_needed_for_new=True),
        Column(name="minimum_quantity", parse=decimal(ZERO_QUANTITY, LARGEST, places=3), show=show_number),
        Column(name="pack_multiple", parse=decimal(THOUSANDTH, LARGEST, places=3), show=show_number),
        Column(name="lead_time_days", parse=whole(0, 365), show=show_number),
        Column(name="is_available", parse=flag, show=show_flag),
    )
)
DEFAULTS: Final[Mapping[str, Plain]] = {
    "minimum_quantity": "0",
    "pack_multiple": "1",
    "lead_time_days": 0,
    "is_available": True,
}
_TERMS = tuple(DEFAULTS)


def export(own_vendor: OwnVendor | None) -> Select[Any]:
    found = (
        select(*Listing.__table__.columns, Vendor.code.label("vendor"), Product.sku)
        .join(Vendor, Vendor.id == Listing.vendor_id)
        .join(Product, Product.id == Listing.product_id)
        .order_by(Vendor.code, Product.sku)
    )
    return found.where(Vendor.id == own_vendor.id) if own_vendor else found


def plain(found: Any) -> Facts:
    return {
        "vendor": found.vendor,
        "sku": found.sku,
        "price": f"{Money(found.price_minor).rupees:.2f}",
        "minimum_quantity": plain_decimal(found.minimum_quantity),
        "pack_multiple": plain_decimal(found.pack_multiple),
        "lead_time_days": found.lead_time_days,
        "is_available": found.is_available,
    }


def resolve(session: Session, context: ImportContext) -> None:
    name_listings(session, context)


def look(session: Session, rows: Sequence[StagedRow], *, lock: bool) -> dict[int, Facts]:
    wanted = export(None).where(Listing.id.in_(targets(rows))).order_by(None).order_by(Listing.id)
    if lock:
        wanted = wanted.with_for_update(of=Listing, key_share=True)
    return {found.id: plain(found) for found in session.execute(wanted)}


def check(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    """A price that changes by more than the settings let pass is held until somebody says that it is meant."""
    if context.confirm_price_changes:
        return
    rules = settings.current(session, policy.PricingSettings).values
    for change in changes:
        if change.before is None:
            continue
        old, new = _money(change.before["price"]), _money(change.after["price"])
        if policy.is_change_held(old, new, rules):
            context.errors.add(
                change.row.number,
                "price",
                "price_change_held",
                old=change.before["price"],
                new=change.after["price"],
            )


def write(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    new = [change for change in changes if change.before is None]
    known = {
        ListingId(change.row.target_id): change for change in changes if change.row.target_id is not None
    }
    averages = prices.averages_met(session, [_product_id(change) for change in new])
    bulk.write_listings(
        session,
        new=[_facts(change) for change in new],
        changed={key: _terms(change.after) for key, change in known.items() if _has_other_terms(change)},
        reason=context.reason,
        actor=context.actor,
        now=context.now,
    )
    prices.record_first_prices(
        session,
        [
            prices.FirstPrice(
                vendor_id=_vendor_id(change),
                product_id=_product_id(change),
                price=_money(change.after["price"]),
            )
            for change in new
        ],
        averages,
        actor=context.actor,
        now=context.now,
    )
    prices.confirm_prices(
        session,
        {key: _money(change.after["price"]) for key, change in known.items()},
        actor=context.actor,
        now=context.now,
    )


def finish(_session: Session, _context: ImportContext) -> None:
    """The order reader knows products, not who sells them."""


def _has_other_terms(change: Change) -> bool:
    before = change.before or {}
    return any(change.after[name] != before[name] for name in _TERMS)


def _facts(change: Change) -> ListingFacts:
    terms = _terms(change.after)
    return ListingFacts(
        vendor_id=_vendor_id(change),
        product_id=_product_id(change),
        price=_money(change.after["price"]),
        minimum_quantity=terms.minimum_quantity,
        pack_multiple=terms.pack_multiple,
        lead_time_days=terms.lead_time_days,
        is_available=terms.is_available,
    )


def _terms(after: Facts) -> ListingTerms:
    return ListingTerms(
        minimum_quantity=Decimal(after["minimum_quantity"] or 0),
        pack_multiple=Decimal(after["pack_multiple"] or 1),
        lead_time_days=int(after["lead_time_days"] or 0),
        is_available=bool(after["is_available"]),
    )


def _money(plain_price: Plain) -> Money:
    return rupees(plain_price or 0)


def _vendor_id(change: Change) -> VendorId:
    return VendorId(change.row.vendor_id or 0)


def _product_id(change: Change) -> ProductId:
    return ProductId(change.row.product_id or 0)
