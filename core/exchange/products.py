"""The catalogue as a sheet: one row for each SKU."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from core.catalog import bulk
from core.catalog.models import Product, VatClass
from core.catalog.service import ProductFacts, bump_revision, labels_in_use
from core.exchange.cells import Plain, choice, flag, price, show_flag, show_number, text_of, whole
from core.exchange.importing import Change, ImportContext, OwnVendor
from core.exchange.sheets import Column, Facts, Sheet
from core.exchange.staging import STAGED, StagedRow, lower_fact, targets
from core.money import Money, rupees
from core.refs import ProductId

NAME: Final = "products"
SKU: Final = text_of(pattern=r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")
SHEET: Final = Sheet(
    columns=(
        Column(name="sku", parse=SKU, is_key=True),
        Column(name="name", parse=text_of(), is_needed_for_new=True),
        Column(name="name_ne", parse=text_of(), is_clearable=True),
        Column(name="brand", parse=text_of(), is_needed_for_new=True),
        Column(name="category", parse=text_of(), is_needed_for_new=True),
        Column(name="unit", parse=text_of(), is_needed_for_new=True),
        Column(name="pack_size", parse=text_of(), is_needed_for_new=True),
        Column(name="case_quantity", parse=whole(1, 100_000), show=show_number, is_needed_for_new=True),
        Column(name="vat_class", parse=choice(list(VatClass)), is_needed_for_new=True),
        Column(name="reference_price", parse=price(Decimal(0)), show=show_number, is_clearable=True),
        Column(name="short_label", parse=text_of(most=24)),
        Column(name="is_active", parse=flag, show=show_flag),
    )
)
DEFAULTS: Final[Mapping[str, Plain]] = {
    "name_ne": None,
    "reference_price": None,
    "short_label": None,
    "is_active": True,
}


def export(_own_vendor: OwnVendor | None) -> Select[Any]:
    return select(*Product.__table__.columns).order_by(Product.sku)


def plain(found: Any) -> Facts:
    asked = found.reference_price_minor
    return {
        "sku": found.sku,
        "name": found.name,
        "name_ne": found.name_ne,
        "brand": found.brand,
        "category": found.category,
        "unit": found.unit,
        "pack_size": found.pack_size,
        "case_quantity": found.case_quantity,
        "vat_class": str(found.vat_class),
        "reference_price": None if asked is None else f"{Money(asked).rupees:.2f}",
        "short_label": found.short_label,
        "is_active": found.is_active,
    }


def resolve(session: Session, _context: ImportContext) -> None:
    session.execute(
        update(STAGED).values(target_id=Product.id).where(func.lower(Product.sku) == lower_fact("sku"))
    )


def look(session: Session, rows: Sequence[StagedRow], *, lock: bool) -> dict[int, Facts]:
    wanted = select(*Product.__table__.columns).where(Product.id.in_(targets(rows))).order_by(Product.id)
    if lock:
        wanted = wanted.with_for_update(key_share=True)
    return {found.id: plain(found) for found in session.execute(wanted)}


def check(_session: Session, _changes: Sequence[Change], _context: ImportContext) -> None:
    """Products have no rules between rows besides their SKU."""


def write(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    if "labels" not in context.notes:
        context.notes["labels"] = labels_in_use(session)
    bulk.write_products(
        session,
        new=[_facts(change.after) for change in changes if change.before is None],
        changed={
            ProductId(change.row.target_id): _facts(change.after)
            for change in changes
            if change.row.target_id is not None
        },
        labels=context.notes["labels"],
        reason=context.reason,
        actor=context.actor,
        now=context.now,
    )


def finish(session: Session, _context: ImportContext) -> None:
    bump_revision(session)


def _facts(after: Facts) -> ProductFacts:
    known: dict[str, Any] = dict(after)
    asked = known.pop("reference_price")
    known["vat_class"] = VatClass(known["vat_class"])
    return ProductFacts(**known, reference_price=None if asked is None else rupees(asked))
