"""Listings and stock in and out as files: prices with their history, counts with their movements, vendors their own."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.audit.models import AuditEntry
from core.catalog.models import Listing, StockMovement
from core.money import rupees
from core.outbox.models import Event
from core.parties import queries as parties
from core.pricing.models import PriceChange
from tests.api.sheets import LISTINGS, STOCK, counts, csv_of, errors, rows_of, send


@pytest.fixture
def himal(market):
    return market.wholesaler()


@pytest.fixture
def code(market, himal):
    return market.look(parties.get_vendor, himal.id).code


@pytest.fixture
def noodles(market):
    return market.product("WW-CHK-75")


@pytest.fixture
def listing(market, himal, noodles):
    return market.sells(himal, noodles, price=rupees(20), stock_of=100)


def found(session, listing_id):
    session.expire_all()
    row = session.get(Listing, listing_id)
    return row.price_minor, row.minimum_quantity, row.pack_multiple, row.lead_time_days, row.is_available


def history(session):
    rows = session.execute(
        select(PriceChange.old_minor, PriceChange.new_minor, PriceChange.market_average_minor).order_by(
            PriceChange.id
        )
    )
    return [tuple(row) for row in rows]


def test_new_listings_begin_with_no_stock_and_a_first_price(session, market, admin, himal, code, noodles):
    body = csv_of(LISTINGS, f"{code},WW-CHK-75,20.50,12,6,1,yes")

    first, again = send(admin, "listings", body), send(admin, "listings", body)

    assert (counts(first), counts(again)) == ((1, 1, 0, 0, 0), (1, 0, 0, 1, 0))
    listing = session.scalars(select(Listing)).one()
    assert (listing.vendor_id, listing.product_id) == (himal.id, noodles)
    assert found(session, listing.id) == (2_050, 12, 6, 1, True)
    assert market.stock(listing.id) == (0, 0)
    assert history(session) == [(None, 2_050, None)]


def test_price_changes_have_history_events_and_the_market_they_met(
    session, market, admin, code, noodles, listing
):
    everest = market.wholesaler("Everest")
    market.sells(everest, noodles, price=rupees(22))

    changed = send(admin, "listings", csv_of("vendor,sku,price", f"{code},WW-CHK-75,25"))

    assert counts(changed) == (1, 0, 1, 0, 0)
    assert history(session) == [(2_000, 2_500, 2_100)]
    assert found(session, listing) == (2_500, 0, 1, 0, True)
    events = session.scalars(select(Event.payload).where(Event.name == "ListingPriceChanged")).all()
    assert [event["listing_id"] for event in events] == [listing]


def test_terms_change_with_an_audit_row_and_without_a_price_change(session, admin, code, listing):
    changed = send(
        admin, "listings", csv_of("vendor,sku,lead_time_days,is_available", f"{code},WW-CHK-75,३,no")
    )

    assert counts(changed) == (1, 0, 1, 0, 0)
    assert found(session, listing) == (2_000, 0, 1, 3, False)
    assert history(session) == []
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "listing_changed"))
    assert (entry.subject_id, entry.reason) == (listing, f"import {changed.json['digest'][:16]}")


def test_price_change_above_half_is_held_until_it_is_confirmed(session, admin, code, listing):
    body = csv_of("vendor,sku,price", f"{code},WW-CHK-75,30.01")

    held = send(admin, "listings", body)
    tried = send(admin, "listings", body, query="?dry_run=true")
    assert (held.status_code, errors(held)) == (422, [("rows.2.price", "price_change_held")])
    assert errors(tried) == errors(held)
    assert counts(tried) == (1, 0, 0, 0, 1)
    assert held.json["errors"][0]["message"].startswith("A change this large, from 20.00 to 30.01")
    assert (found(session, listing)[0], history(session)) == (2_000, [])

    taken = send(admin, "listings", body, query="?confirm_price_changes=true")
    assert counts(taken) == (1, 0, 1, 0, 0)
    assert history(session) == [(2_000, 3_001, 2_000)]


def test_a_price_change_of_half_passes(admin, code, listing):
    assert counts(send(admin, "listings", csv_of("vendor,sku,price", f"{code},WW-CHK-75,30"))) == (
        1,
        0,
        1,
        0,
        0,
    )


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("V-9999,WW-CHK-75,20,,,,", ("rows.2.vendor", "vendor_unknown")),
        ("{code},NO-SUCH,20,,,,", ("rows.2.sku", "product_unknown")),
        ("{code},WW-CHK-75,0,,,,", ("rows.2.price", "out_of_range")),
        ("{code},WW-CHK-75,-1,,,,", ("rows.2.price", "out_of_range")),
        ("{code},WW-CHK-75,,,,,", ("rows.2.price", "needed_for_new")),
        ("{code},WW-CHK-75,20,,0,,", ("rows.2.pack_multiple", "out_of_range")),
        ('{code},WW-CHK-75,"1,5",,,,', ("rows.2.price", "number_malformed")),
        ("{code},WW-CHK-75,1e3,,,,", ("rows.2.price", "scientific_notation")),
    ],
)
def test_wrong_listings_are_refused(session, admin, code, noodles, row, wrong):
    refused = send(admin, "listings", csv_of(LISTINGS, row.format(code=code)))

    assert (refused.status_code, errors(refused)) == (422, [wrong])
    assert session.scalars(select(Listing)).all() == []


def test_vendor_needs_no_vendor_column_and_sees_its_own(market, sign_in, noodles, code, himal, listing):
    everest = market.wholesaler("Everest")
    market.sells(everest, noodles, price=rupees(22))
    client = sign_in(himal)

    assert counts(send(client, "listings", csv_of("sku,price", "WW-CHK-75,21"))) == (1, 0, 1, 0, 0)
    assert rows_of(client.get("/listings/export")) == [
        LISTINGS.split(","),
        [code, "WW-CHK-75", "21.00", "0", "1", "0", "yes"],
    ]
    assert rows_of(client.get("/stock/export")) == [STOCK.split(","), [code, "WW-CHK-75", "100"]]


@pytest.mark.parametrize(("kind", "value"), [("listings", "price"), ("stock", "on_hand")])
def test_vendor_cannot_touch_another_vendors_rows(
    session, market, sign_in, noodles, code, listing, kind, value
):
    other = sign_in(market.wholesaler("Everest"))

    refused = send(other, kind, csv_of(f"vendor,sku,{value}", f"{code},WW-CHK-75,21"))

    assert (refused.status_code, errors(refused)) == (422, [("rows.2.vendor", "vendor_unknown")])
    assert found(session, listing)[0] == 2_000
    assert market.stock(listing) == (100, 0)


def test_shops_have_no_business_here(market, sign_in):
    shop = sign_in(market.shop())

    for kind in ("listings", "stock", "retailers"):
        assert send(shop, kind, b"sku\n").status_code == 403
        assert shop.get(f"/{kind}/export").status_code == 403


def test_counting_moves_stock_once_with_the_file_as_cause(session, market, admin, code, listing):
    body = csv_of(STOCK, f"{code},WW-CHK-75,80.5")

    first, again = send(admin, "stock", body), send(admin, "stock", body)

    assert (counts(first), counts(again)) == ((1, 0, 1, 0, 0), (1, 0, 0, 1, 0))
    assert market.stock(listing) == (Decimal("80.5"), 0)
    moves = session.scalars(select(StockMovement).order_by(StockMovement.id)).all()[1:]
    assert [(move.kind, move.on_hand_change) for move in moves] == [("counted", Decimal("-19.5"))]
    assert moves[0].cause.startswith(f"import:{first.json['digest'][:32]}:")


def test_the_same_count_is_taken_again_after_another(market, admin, code, listing):
    monday, tuesday = (csv_of(STOCK, f"{code},WW-CHK-75,{count}") for count in (80, 90))

    for body in (monday, tuesday, monday):
        assert counts(send(admin, "stock", body)) == (1, 0, 1, 0, 0)

    assert market.stock(listing) == (80, 0)


def test_stock_below_what_is_promised_is_refused(market, admin, himal, code, noodles, listing):
    market.accept(himal, market.place(market.shop(), {noodles: 60}).order_id)

    for query in ("", "?dry_run=true"):
        refused = send(admin, "stock", csv_of(STOCK, f"{code},WW-CHK-75,59"), query=query)
        assert errors(refused) == [("rows.2.on_hand", "stock_below_promised")]
        assert refused.json["errors"][0]["message"] == "60 are already promised to orders."
    assert market.stock(listing) == (100, 60)
    assert counts(send(admin, "stock", csv_of(STOCK, f"{code},WW-CHK-75,60"))) == (1, 0, 1, 0, 0)


def test_stock_of_what_is_not_sold_is_refused(admin, code, noodles):
    refused = send(admin, "stock", csv_of(STOCK, f"{code},WW-CHK-75,5"))

    assert errors(refused) == [("rows.2", "listing_unknown")]


def test_counts_in_any_order_of_rows_lock_in_one(market, admin, himal, code):
    listings = {f"S-{n}": market.sells(himal, market.product(f"S-{n}"), price=rupees(5)) for n in range(3)}

    done = send(admin, "stock", csv_of(STOCK, *(f"{code},S-{n},{n}" for n in (2, 0, 1))))

    assert counts(done) == (3, 0, 3, 0, 0)
    assert [market.stock(listings[f"S-{n}"])[0] for n in range(3)] == [0, 1, 2]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["listings", "stock"])
def test_export_is_what_import_reads(admin, listing, kind, form):
    answer = admin.get(f"/{kind}/export?format={form}")

    assert len(rows_of(answer)) == 2
    assert counts(send(admin, kind, answer.data, media_type=answer.mimetype)) == (1, 0, 0, 1, 0)
