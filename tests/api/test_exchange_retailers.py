"""Shops in and out as files: by code, waiting for approval, with a point or without."""

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.parties.models import Retailer
from tests.api.sheets import RETAILERS, counts, csv_of, errors, rows_of, send

ASHA = "KTM-017,Asha Kirana,Asha,301234567,ne,45,Bagmati,Kathmandu,Kathmandu,16,Balaju,27.7281,85.3"


def shop(session, code):
    session.expire_all()
    return session.scalars(select(Retailer).where(Retailer.code == code)).one()


def test_new_shops_get_the_files_codes_and_wait_for_approval(session, admin):
    body = csv_of(RETAILERS, ASHA, "KTM-018,Bina Store,,,,,,,,,,,")

    first, again = send(admin, "retailers", body), send(admin, "retailers", body)

    assert (counts(first), counts(again)) == ((2, 2, 0, 0, 0), (2, 0, 0, 2, 0))
    asha, bina = shop(session, "KTM-017"), shop(session, "KTM-018")
    assert (asha.approval, asha.pan, asha.terms_days, asha.ward) == ("applied", "301234567", 45, 16)
    assert (bina.language, bina.terms_days, bina.latitude) == ("en", 30, None)


def test_known_shops_are_corrected_and_audited(session, market, admin):
    code = shop(session, rows_of(_exported(market, admin))[1][0]).code

    changed = send(admin, "retailers", csv_of("code,pan,terms_days,area", f"{code},३०१२३४५६७,६०,Balaju"))

    assert counts(changed) == (1, 0, 1, 0, 0)
    known = shop(session, code)
    assert (known.pan, known.terms_days, known.area, known.shop_name) == (
        "301234567",
        60,
        "Balaju",
        "Asha Kirana",
    )
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "retailer_updated"))
    assert (entry.before["terms_days"], entry.after["terms_days"]) == (30, 60)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("R-9999,Asha Kirana,,,,,,,,,,,", ("rows.2.code", "code_unknown")),
        ("KTM-1,,,,,,,,,,,,", ("rows.2.shop_name", "needed_for_new")),
        ("KTM-1,Asha,,12,,,,,,,,,", ("rows.2.pan", "text_malformed")),
        ("KTM-1,Asha,,,fr,,,,,,,,", ("rows.2.language", "choice_unknown")),
        ("KTM-1,Asha,,,,366,,,,,,,", ("rows.2.terms_days", "out_of_range")),
        ("KTM-1,Asha,,,,,,,,,,27.7,", ("rows.2", "point_incomplete")),
        ("KTM-1,Asha,,,,,,,,,,91,85", ("rows.2.latitude", "out_of_range")),
        ("KTM-1,Asha,,,,,,,,,,27.1234567,85", ("rows.2.latitude", "too_many_decimals")),
    ],
)
def test_wrong_shops_are_refused(session, admin, row, wrong):
    refused = send(admin, "retailers", csv_of(RETAILERS, row))

    assert (refused.status_code, errors(refused)) == (422, [wrong])
    assert session.scalars(select(Retailer)).all() == []


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_export_is_what_import_reads(market, admin, form):
    answer = _exported(market, admin, form)

    assert rows_of(answer)[0] == RETAILERS.split(",")
    assert counts(send(admin, "retailers", answer.data, media_type=answer.mimetype)) == (1, 0, 0, 1, 0)


def test_vendors_have_no_business_with_shops(market, sign_in):
    vendor = sign_in(market.wholesaler())

    assert send(vendor, "retailers", csv_of(RETAILERS, ASHA)).status_code == 403
    assert vendor.get("/retailers/export").status_code == 403


def _exported(market, admin, form="csv"):
    market.shop()
    return admin.get(f"/retailers/export?format={form}")
