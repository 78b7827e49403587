"""A browser before the real application: its own database with the demo's people and a morning's trade, one server, one Chromium.

Debian's `chromium` or another Chromium of this machine is used; without one these tests are skipped, and say so.
"""

from __future__ import annotations

import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.bot.stage import Stage
    from tests.conftest import TestServers

# In a folder that git ignores, for people to look at.
SCREENSHOTS = Path(__file__).parents[2] / "var" / "tests" / "screenshots"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
PATIENCE = 15_000


@dataclass
class Office:
    """The operator's desk: the stage on which the others act, and where the panel is."""

    stage: Stage
    url: str
    ids: dict[str, int] = field(default_factory=dict)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Of these tests only: while Playwright runs, no other test of the process can run an event loop."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def office(
    chromium: Browser, servers: TestServers, template: str, redis_of_this_process: str
) -> Iterator[Office]:
    """Asked for after the browser, so that nothing is built where there is none."""
    from werkzeug.serving import make_server

    import wsgi
    from bot import notifications, sending
    from core.config import load_settings
    from core.outbox import service as outbox
    from tests.bot.stage import NoBell, Phones, Stage, seed
    from tests.browser.morning import trade
    from tests.conftest import SECRET
    from tests.databases import cloned

    with cloned(servers.database_url, template) as clone:
        with clone.engine.begin() as connection:
            seed(connection)
        # Of development, because the simulator is there.
        port = _free_port()
        given = {"ENVIRONMENT": "development", "DATABASE_URL": clone.url, "REDIS_URL": redis_of_this_process}
        settings = load_settings({**given, "JWT_SECRET": SECRET, "PORT": str(port), "BIND": "127.0.0.1"})
        app = wsgi.create_app(settings, clone.database)
        wsgi.wire(NoBell())  # type: ignore[arg-type]
        phones = Phones()
        table: dict[str, Any] = {
            **wsgi.handlers(settings, clone.database),
            "send_message": sending.sending(phones),
            "send_notices": sending.sending_notices(phones, notifications.why_obsolete),
        }
        stage = Stage(
            client=app.test_client(),
            settings=settings,
            database=clone.database,
            handlers=table,
            phones=phones,
        )
        ids = trade(stage)
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = Thread(target=server.serve_forever, name="browser's server", daemon=True)
        thread.start()
        try:
            yield Office(stage=stage, url=f"http://127.0.0.1:{port}", ids=ids)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            outbox.wire(reactions={}, ring=lambda _queue: None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, office: Office) -> Any:
    """What a browser keeps of the operator's sign-in, so that each test signs in with it and none changes another's language."""
    from core.parties import demo_logins

    context = chromium.new_context(base_url=office.url)
    page = context.new_page()
    page.goto("/admin/sign-in")
    page.fill("[name=name]", demo_logins.ADMIN_EMAIL)
    page.fill("[name=password]", demo_logins.ADMIN_PASSWORD)
    page.click("button.main")
    page.wait_for_url("**/admin/")
    kept = context.storage_state()
    context.close()
    return kept


@dataclass
class Watched:
    """A page, and everything that its browser held against it."""

    page: Page
    complaints: list[str]


@pytest.fixture
def window(chromium: Browser, office: Office, signed_in: Any) -> Iterator[Watched]:
    """A window. A script error, a refusal of the content security policy or a dialog nobody asked for fails the test."""
    context = chromium.new_context(
        base_url=office.url, viewport=WIDE, reduced_motion="reduce", storage_state=signed_in
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None,
    )
    yield Watched(page=page, complaints=complaints)
    context.close()
    assert complaints == []
