"""The simulator's page and phones: what a person does there arrives through the real, signed door."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

import pytest
import requests
from werkzeug.serving import make_server

from bot.simulator import pages
from core.config import Environment, Settings
from tests.bot.dialogue.test_vendor_says import on_the_way
from tests.bot.stage import Stage, address_of

ASHA = address_of("asha")
BASKET = "ordering/basket"


@dataclass
class Page:
    """What the browser asks of the page."""

    url: str

    def look(self, address: str) -> list[dict]:
        answer = requests.get(f"{self.url}/phones", params={"address": address}, timeout=5)
        return answer.json()["screens"][address]

    def act(self, address: str, **written) -> requests.Response:
        return requests.post(f"{self.url}/phones/{quote(address)}/messages", json=written, timeout=5)

    def see(self, address: str) -> None:
        requests.post(f"{self.url}/phones/{quote(address)}/seen", json={}, timeout=5)


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    app = stage.client.application
    stage.follow()  # the clock of the stage, before anybody writes
    server = make_server("127.0.0.1", 0, app, threaded=True)
    settings: Settings = replace(stage.settings, environment=Environment.DEVELOPMENT, port=server.server_port)
    app.register_blueprint(pages.blueprint(settings, stage.database))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Page(f"http://127.0.0.1:{server.server_port}/simulator")
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_can_be_opened_from_the_phone_that_it_came_to(page, stage):
    stage.write("gita", on_the_way(stage, terms="ho"))
    stage.write("asha", "1001 ko bill")
    stage.wait(dt.timedelta(seconds=20))

    (file,) = page.look(ASHA)[-1]["files"]
    opened = requests.get(page.url.removesuffix("/simulator") + file["url"], timeout=20)

    assert (opened.status_code, opened.headers["Content-Type"]) == (200, "application/pdf")
    assert requests.get(f"{page.url}/files/1/7", timeout=5).status_code == 404


def test_words_typed_on_a_phone_are_answered_on_it(page, stage):
    assert page.act(ASHA, text="wai wai chicken 2 carton", name="Asha").status_code == 201
    stage.follow()

    mine, answer = page.look(ASHA)

    assert (mine["mine"], mine["text"]) == (True, "wai wai chicken 2 carton")
    assert (answer["mine"], answer["say"]) == (False, BASKET)
    assert answer["buttons"][0]["title"] == "Order on credit"


def test_tap_names_the_message_it_was_on(page, stage):
    page.act(ASHA, text="wai wai chicken 2 carton")
    stage.follow()
    basket = page.look(ASHA)[-1]
    button = basket["buttons"][0]

    page.act(ASHA, choice=button["id"], text=button["title"], replied_to=basket["sid"])
    stage.follow()

    *_, shown, tap, placed = page.look(ASHA)
    assert shown["buttons"][0]["tapped"]
    assert tap["text"] == button["title"]
    assert placed["say"] == "ordering/placed"


def test_looking_at_a_phone_reports_its_messages_as_read(page, stage):
    page.act(ASHA, text="hello")
    stage.follow()
    waiting = requests.get(f"{page.url}/phones", timeout=5).json()["waiting"]
    assert [(one["address"], one["messages"]) for one in waiting] == [(ASHA, 1)]

    page.see(ASHA)

    assert requests.get(f"{page.url}/phones", timeout=5).json()["waiting"] == []


def test_books_beside_the_phone_show_the_hold_and_agree(page, stage):
    stage.write("asha", "wai wai chicken 2 carton")
    stage.tap("asha", 1)

    books = requests.get(f"{page.url}/books", params={"address": ASHA}, timeout=5).json()

    assert books["held_minor"] > 0
    assert books["available_minor"] == books["limit_minor"] - books["posted_minor"] - books["held_minor"]
    assert books["agrees"]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param({"text": 5}, id="text is a number"),
        pytest.param({"words": "hello"}, id="unknown field"),
        pytest.param({"text": "x" * 65_001}, id="too long"),
    ],
)
def test_what_no_phone_sends_is_refused(page, written):
    answer = page.act(ASHA, **written)

    assert (answer.status_code, answer.json()["code"]) == (400, "unreadable")
    assert page.look(ASHA) == []


def test_page_is_served_with_its_files(page):
    shown = requests.get(f"{page.url}/", timeout=5)

    assert shown.status_code == 200
    for file in ("simulator.css", "simulator.js", "tour.js"):
        assert f"static/{file}" in shown.text
        assert requests.get(f"{page.url}/static/{file}", timeout=5).status_code == 200


def test_there_is_no_simulator_outside_development(stage):
    assert stage.settings.environment is Environment.TEST
    assert stage.client.get("/simulator/").status_code == 404
