"""An operator's day, click by click, in a browser before the real application."""

from __future__ import annotations

from sqlalchemy import select

from core.credit import queries as credit
from core.money import rupees
from core.orders.models import Order
from core.parties.models import Vendor
from core.routing.models import Offer, OfferStatus

_FILE = (
    "sku,name,brand,category,unit,pack_size,case_quantity,vat_class\n"
    "TST-60,Test Noodles,Test,Noodles,pkt,60 g,30,exempt\n"
)
_TYPED = "wai wai chicken 2 carton\nchini 10 kg"


def test_a_day_at_the_panel(office, window):
    page, stage, ids = window.page, office.stage, office.ids
    page.on("dialog", lambda dialog: dialog.accept())

    # A newcomer waits on Today and is approved on credit.
    page.goto("/admin/")
    page.get_by_role("link", name="Sita Kirana").first.click()
    page.get_by_label("Credit limit in rupees; empty is cash only").fill("50,000")
    page.get_by_role("button", name="Approve", exact=True).click()
    assert "Sita Kirana may order on credit up to Rs. 50,000.00" in said(page)

    # Asha's limit is raised; the search finds her.
    page.keyboard.press("/")
    page.keyboard.type("asha")
    page.locator("#found").get_by_role("link", name="Asha Kirana").first.click()
    page.get_by_text("Change the limit").click()
    page.get_by_label("Limit", exact=True).fill("1,50,000")
    page.locator("details[open]").get_by_label("Reason").fill("pays well")
    page.locator("details[open]").get_by_role("button", name="Save").click()
    assert "to Rs. 1,50,000.00" in said(page)
    with stage.database.transaction() as session:
        assert credit.standing(session, ids["shop"], now=stage.now).limit == rupees(150_000)

    # Why this wholesaler was asked, what other weights would choose, and another one by hand.
    page.goto(f"/admin/orders/{ids['waits']}")
    routing = page.locator("section", has=page.get_by_role("heading", name="Who was weighed, and why"))
    routing.get_by_role("columnheader", name="Reliability").first.wait_for()
    routing.get_by_text("What if the weights were others?").first.click()
    routing.get_by_role("button", name="Try").first.click()
    routing.get_by_text("The same choice:").or_(
        routing.get_by_text("Other weights would have chosen:")
    ).first.wait_for()
    other = not_asked(stage, ids["waits"])
    page.get_by_text("Choose the wholesaler by hand").click()
    page.get_by_label("Code of the wholesaler").fill(other.code)
    page.locator("details[open]").get_by_label("Reason").first.fill("the shop asked for them")
    page.get_by_role("button", name="Ask only this one").click()
    assert f"{other.business_name} costs more than the shop agreed to" in said(page)
    stage.catch_up()
    stage.follow()
    stage.tap("asha", 1)
    assert asked(stage, ids["waits"]) == [other.id]

    # A payment has arrived.
    page.goto(f"/admin/claims/{ids['claim']}")
    page.get_by_role("button", name="It has arrived").click()
    assert "Confirmed" in said(page)

    # A chat is taken over, answered and handed back.
    page.goto(f"/admin/conversations/{ids['chat']}")
    page.get_by_role("button", name="Take over").click()
    page.get_by_label("Your answer").fill("Namaste, I am looking at your photo.")
    page.get_by_role("button", name="Send").click()
    assert "on its way" in said(page)
    stage.catch_up()
    assert any("looking at your photo" in one.message.text for one in stage.follow())

    # The photo becomes an order: read line by line, sent, and ordered by the shop's tap.
    page.get_by_role("link", name="Write an order from this chat").click()
    assert page.get_by_role("img", name="Photo sent").first.evaluate(
        "image => image.decode().then(() => image.naturalWidth)"
    )
    page.get_by_label("What they want").fill(_TYPED)
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("button", name="Put into the basket and send it to the shop").click()
    assert "on its way to the shop" in said(page)
    stage.catch_up()
    stage.follow()
    placed_before = orders_placed(stage)
    stage.tap("asha", 1)
    assert orders_placed(stage) == placed_before + 1

    # A rule is tried, changed and taken back.
    page.goto("/admin/rules/payment_delay_threshold")
    page.get_by_label("consecutive delays").fill("2")
    page.get_by_role("button", name="Whom would it hit?").click()
    page.get_by_text("In the last 90 days").wait_for()
    page.get_by_label("Reason").fill("stricter before the festival")
    page.get_by_role("button", name="Save").click()
    assert "consecutive_delays 3 → 2" in said(page)
    page.get_by_role("button", name="Undo").click()
    assert "consecutive_delays 2 → 3" in said(page)

    # A report is taken away.
    page.goto("/admin/exports")
    form = page.locator("form", has_text="Outstanding debts by age")
    form.get_by_label("Format").select_option("csv")
    with page.expect_download() as download:
        form.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert "Asha Kirana" in download.value.path().read_text("utf-8")

    # A file is tried, seen, and written.
    page.goto("/admin/imports/products")
    page.get_by_label("File (CSV or XLSX)").set_input_files(
        {"name": "new.csv", "mimeType": "text/csv", "buffer": _FILE.encode()}
    )
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("cell", name="Test Noodles").wait_for()
    page.get_by_role("button", name="Write it", exact=True).click()
    assert "Imported: 1 new, 0 changed." in said(page)


def said(page):
    """What the panel says that it has done."""
    return page.locator(".said").first.inner_text()


def asked(stage, order_id):
    with stage.database.transaction() as session:
        is_open = (Offer.order_id == order_id, Offer.status == OfferStatus.OPEN)
        return list(session.scalars(select(Offer.vendor_id).where(*is_open)))


def not_asked(stage, order_id):
    """A wholesaler that the order was not offered to."""
    now = asked(stage, order_id)
    with stage.database.transaction() as session:
        return session.scalars(select(Vendor).where(Vendor.id.not_in(now)).order_by(Vendor.id)).first()


def orders_placed(stage):
    with stage.database.transaction() as session:
        return len(session.scalars(select(Order.id).where(Order.placed_at.is_not(None))).all())
