"""Shops as a sheet: one row for each code. A shop that a file enters waits for approval like any other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from core.db.locks import LockRank, lock_all
from core.exchange.cells import Plain, choice, decimal, plain_decimal, show_number, text_of, whole
from core.exchange.importing import Change, ImportContext, OwnVendor
from core.exchange.sheets import Column, Facts, Sheet
from core.exchange.staging import STAGED, StagedRow, lower_fact, targets
from core.parties import bulk
from core.parties.address import Address
from core.parties.models import Language, Retailer
from core.parties.service import RetailerFacts
from core.refs import RetailerId

NAME: Final = "retailers"
SHEET: Final = Sheet(
    columns=(
        Column(name="code", parse=text_of(pattern=r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}"), is_key=True),
        Column(name="shop_name", parse=text_of(), is_needed_for_new=True),
        Column(name="owner_name", parse=text_of(), is_clearable=True),
        Column(name="pan", parse=text_of(pattern=r"[0-9]{9}", has_latin_digits=True), is_clearable=True),
        Column(name="language", parse=choice(list(Language))),
        Column(name="terms_days", parse=whole(0, 365), show=show_number),
        Column(name="province", parse=text_of(), is_clearable=True),
        Column(name="district", parse=text_of(), is_clearable=True),
        Column(name="municipality", parse=text_of(), is_clearable=True),
        Column(name="ward", parse=whole(1, 40), show=show_number, is_clearable=True),
        Column(name="area", parse=text_of(), is_clearable=True),
        Column(
            name="latitude",
            parse=decimal(Decimal(-90), Decimal(90), places=6),
            show=show_number,
            is_clearable=True,
        ),
        Column(
            name="longitude",
            parse=decimal(Decimal(-180), Decimal(180), places=6),
            show=show_number,
            is_clearable=True,
        ),
    )
)
_ADDRESS = ("province", "district", "municipality", "ward", "area", "latitude", "longitude")
DEFAULTS: Final[Mapping[str, Plain]] = {
    "owner_name": None,
    "pan": None,
    "language": str(Language.ENGLISH),
    "terms_days": 30,
    **dict.fromkeys(_ADDRESS),
}
# Codes that we give. A file that could enter one would take it from the shop that gets it next.
_OUR_CODE = re.compile(r"R-[0-9]+", re.IGNORECASE)


def export(_own_vendor: OwnVendor | None) -> Select[Any]:
    return select(*Retailer.__table__.columns).order_by(Retailer.code)


def plain(found: Any) -> Facts:
    point = {
        name: None if getattr(found, name) is None else plain_decimal(getattr(found, name))
        for name in ("latitude", "longitude")
    }
    as_it_is = ("code", "shop_name", "owner_name", "pan", "terms_days", *_ADDRESS[:-2])
    return {**{name: getattr(found, name) for name in as_it_is}, "language": str(found.language), **point}


def resolve(session: Session, _context: ImportContext) -> None:
    session.execute(
        update(STAGED).values(target_id=Retailer.id).where(func.lower(Retailer.code) == lower_fact("code"))
    )


def look(session: Session, rows: Sequence[StagedRow], *, lock: bool) -> dict[int, Facts]:
    if lock:
        found: Any = lock_all(session, Retailer, targets(rows), LockRank.RETAILER).values()
    else:
        found = session.execute(export(None).where(Retailer.id.in_(targets(rows))))
    return {row.id: plain(row) for row in found}


def check(_session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    for change in changes:
        if change.before is None and _OUR_CODE.fullmatch(str(change.after["code"])):
            context.errors.add(change.row.number, "code", "code_unknown")
        if (change.after["latitude"] is None) != (change.after["longitude"] is None):
            context.errors.add(change.row.number, None, "point_incomplete")


def write(session: Session, changes: Sequence[Change], context: ImportContext) -> None:
    bulk.write_retailers(
        session,
        new={str(change.after["code"]): _facts(change.after) for change in changes if change.before is None},
        changed={
            RetailerId(change.row.target_id): (
                _facts({**change.after, **change.before}),
                _facts(change.after),
            )
            for change in changes
            if change.row.target_id is not None and change.before is not None
        },
        reason=context.reason,
        actor=context.actor,
        now=context.now,
    )


def finish(_session: Session, _context: ImportContext) -> None:
    """Approval is a decision about each shop, and not a file's."""


def _facts(after: Facts) -> RetailerFacts:
    known: dict[str, Any] = {name: value for name, value in after.items() if name not in {"code", *_ADDRESS}}
    address: dict[str, Any] = {name: after[name] for name in _ADDRESS}
    for name in ("latitude", "longitude"):
        address[name] = None if address[name] is None else Decimal(address[name])
    known["language"] = Language(known["language"])
    return RetailerFacts(**known, address=Address(**address))
