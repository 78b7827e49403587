"""The link and the QR by which shops join a wholesaler."""

import segno

from core.parties import joining, service
from core.parties.models import Language, Vendor
from core.refs import ContactId, VendorId
from tests.market import ADMIN


def _code(market, vendor):
    return market.look(lambda session: session.get_one(Vendor, vendor.id).code)


def test_a_wholesaler_gets_its_link_and_anybody_the_qr_of_it(nobody, sign_in, market):
    himal = market.wholesaler("Himal Traders")
    code = _code(market, himal)

    given = sign_in().get(f"/vendors/{himal.id}/link")
    picture = nobody.get(f"/join/{code.lower()}.png")
    drawing = nobody.get(f"/join/{code}.svg")

    assert given.json["link"].startswith("https://wa.me/")
    assert given.json["text"] == f"Namaste! JOIN {code}"
    assert given.json["picture"].endswith(f"/api/v1/join/{code}.png")
    assert (picture.mimetype, drawing.mimetype) == ("image/png", "image/svg+xml")
    assert picture.data == joining.qr_png(given.json["link"])
    assert drawing.data == joining.qr_svg(given.json["link"])
    # A phone's camera reads it from a few steps away: few modules, so a short link.
    assert segno.make_qr(given.json["link"], error="m").version <= 6


def test_a_wholesaler_that_may_bring_nobody_has_no_qr(nobody, market):
    himal = market.wholesaler("Himal Traders")
    code = _code(market, himal)
    market.do(service.deactivate_vendor, VendorId(himal.id), reason="closed", actor=ADMIN)

    assert nobody.get(f"/join/{code}.png").status_code == 404
    assert nobody.get("/join/V-99999.svg").status_code == 404
    assert nobody.get("/join/nonsense.png").json["code"] == "not_found"


def test_admins_see_by_whose_link_a_shop_came_before_they_approve(sign_in, market):
    himal = market.wholesaler("Himal Traders")
    newcomer = market.do(
        service.contact_for,
        channel="whatsapp",
        addresses=["whatsapp:+9779841999901"],
        profile_name="Nabin",
        phone="+9779841999901",
    )
    shop = market.do(
        service.apply_retailer,
        ContactId(newcomer.id),
        shop_name="Nabin Store",
        area="Kalanki",
        location=None,
        language=Language.NEPALI,
        introduced_by=VendorId(himal.id),
        actor=ADMIN,
    )
    market.shop("Asha Kirana")

    brought = sign_in().get(f"/retailers?approval=applied&introduced_by_vendor_id={himal.id}")

    assert [(row["id"], row["introduced_by_vendor_id"]) for row in brought.json["items"]] == [
        (shop.id, himal.id)
    ]
