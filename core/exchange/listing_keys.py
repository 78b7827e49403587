"""Rows that name a vendor's listing, by the vendor's code and the SKU."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, or_, update
from sqlalchemy.orm import Session

from core.catalog.models import Listing, Product
from core.exchange import staging
from core.exchange.cells import text_of
from core.exchange.importing import ImportContext
from core.exchange.products import SKU
from core.exchange.sheets import Column
from core.exchange.staging import STAGED, lower_fact
from core.parties.models import Vendor

KEYS: Final = (
    Column(name="vendor", parse=text_of(most=40), is_key=True),
    Column(name="sku", parse=SKU, is_key=True),
)


def name_listings(session: Session, context: ImportContext) -> None:
    """Say of each staged row whose listing of what it is about. To a vendor there are no other vendors."""
    of_vendor = (
        update(STAGED).values(vendor_id=Vendor.id).where(func.lower(Vendor.code) == lower_fact("vendor"))
    )
    if context.own_vendor:
        of_vendor = of_vendor.where(Vendor.id == context.own_vendor.id)
    session.execute(of_vendor)
    session.execute(
        update(STAGED).values(product_id=Product.id).where(func.lower(Product.sku) == lower_fact("sku"))
    )
    for number in staging.numbers_where(session, STAGED.c.vendor_id.is_(None)):
        context.errors.add(number, "vendor", "vendor_unknown")
    for number in staging.numbers_where(session, STAGED.c.product_id.is_(None)):
        context.errors.add(number, "sku", "product_unknown")
    staging.drop_where(session, or_(STAGED.c.vendor_id.is_(None), STAGED.c.product_id.is_(None)))
    session.execute(
        update(STAGED)
        .values(target_id=Listing.id)
        .where(Listing.vendor_id == STAGED.c.vendor_id, Listing.product_id == STAGED.c.product_id)
    )
