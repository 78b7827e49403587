"""Every page at the width of a laptop and of a phone: kept as pictures, nothing sticks out, axe finds nothing serious.

Wide pages are in English and narrow ones in Nepali, whose words are longer. The pictures are under `var/tests/screenshots`.
"""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import NARROW, SCREENSHOTS, WIDE
from tests.panel.pages import NO_PAGES

_AXE = Axe()
# What is no page, or shows what another shows.
_NOT_LOOKED_AT = NO_PAGES | {
    "/admin/rules/<category>/dry-run",
    "/admin/routing/<id:round_id>/what-if",
    "/admin/routing/what-if",
}
_BESIDES = ("/admin/search?q=asha", "/admin/orders?show=lost", "/admin/nothing/here", "/simulator/")
# What sticks out of a page to the right, by its nearest name; what scrolls by itself may.
_STICKS_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = (one) => one && (["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > width + 1 && !scrolls(one.parentElement))
    .map((one) => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 40)}`).slice(0, 5);
}"""


def paths(office):
    """The address of every page of the panel, from the application's own table."""
    ids = office.ids
    values = {
        "order_id": ids["delivered"],
        "retailer_id": ids["shop"],
        "vendor_id": ids["vendor"],
        "claim_id": ids["claim"],
        "conversation_id": ids["chat"],
        "product_id": ids["product"],
        "round_id": ids["round"],
        "kind": "products",
        "category": "payment_delay_threshold",
    }
    rules = {
        rule.rule
        for rule in office.stage.client.application.url_map.iter_rules()
        if rule.rule.startswith("/admin") and "GET" in rule.methods and rule.rule not in _NOT_LOOKED_AT
    }
    found = [re.sub(r"<(?:\w+:)?(\w+)>", lambda place: str(values[place[1]]), rule) for rule in sorted(rules)]
    return [
        *found,
        *_BESIDES,
        f"/admin/orders/{ids['waits']}",
        f"/admin/retailers/{ids['newcomer']}",
        f"/admin/conversations/{ids['chat']}/desk?text=wai+wai+2+carton%0Achini+10+kg%0Atel+1+carton%0Axyzzy",
    ]


def test_every_page_at_two_widths_in_two_languages(office, window):
    page, found = window.page, []
    for language, size in (("en", WIDE), ("ne", NARROW)):
        page.set_viewport_size(size)
        page.goto("/admin/")
        page.locator(".me summary").click()
        page.locator(f".me [name=language][value={language}]").click()
        folder = SCREENSHOTS / str(size["width"])
        folder.mkdir(parents=True, exist_ok=True)
        for path in paths(office):
            page.goto(path, wait_until="load")
            page.locator("[hx-trigger=load], .htmx-request").first.wait_for(state="detached")
            page.screenshot(path=folder / f"{_named(path)}.png", full_page=True, animations="disabled")
            found += [f"{path} at {size['width']}: {what}" for what in page.evaluate(_STICKS_OUT)]
            found += [f"{path} at {size['width']}: {what}" for what in _serious(page)]
            if size is WIDE:
                page.set_viewport_size(NARROW)
                found += [f"{path} in English at 360: {what}" for what in page.evaluate(_STICKS_OUT)]
                page.set_viewport_size(WIDE)
    # The page that does not exist is one of them.
    window.complaints[:] = [one for one in window.complaints if "/nothing/here" not in one]
    assert found == [], "\n".join(found)


def test_what_people_wrote_runs_nothing(office, window):
    page = window.page
    page.on("dialog", lambda dialog: window.complaints.append(f"a dialog: {dialog.message}"))
    page.goto("/admin/conversations?q=manche")
    page.locator("[data-open]").first.click()

    page.get_by_text("<script>alert(1)</script>").first.wait_for()
    for path in ("/admin/", "/admin/alerts", "/admin/search?q=%3Cscript%3Ealert(1)%3C/script%3E"):
        page.goto(path)


def _serious(page):
    violations = _AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:150]}"
        for one in violations
        if one["impact"] in ("serious", "critical")
    ]


def _named(path):
    return re.sub(r"[^\w]+", "-", path.removeprefix("/admin").partition("&")[0]).strip("-")[:60] or "today"
