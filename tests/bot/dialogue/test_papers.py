"""A shop asks for its papers: the statement and the bills come as PDFs, by a signed link that ends."""

import datetime as dt
import io

import pytest
from pypdf import PdfReader

from bot.channels.types import DeliveryStatus, StatusUpdate
from bot.file_links import linking
from bot.sending import receive_status
from core.clock import system_now
from core.reports.printed import LINK_LIVES, sign_link
from tests.bot.dialogue.test_vendor_says import on_the_way
from tests.bot.stage import address_of


@pytest.fixture
def owing(stage):
    """Asha owes Gita for one delivery."""
    stage.write("gita", on_the_way(stage, terms="ho"))


def files_to(stage, who, words):
    """What is said at once, and the files that follow it."""
    (answer, *more) = stage.write(who, words)
    arrived = [*more, *stage.wait(dt.timedelta(seconds=20))]
    files = [one for one in arrived if one.to == address_of(who) and one.message.documents]
    return answer.message.text, [document for one in files for document in one.message.documents], files


def opened(stage, document):
    """The file behind the link that goes out with the message."""
    link = linking(stage.settings)(document)
    return stage.client.get(link.removeprefix(stage.settings.public_url))


def text_of(answer):
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)


@pytest.mark.parametrize(
    "words",
    [
        "bill pathaunu", "1001 ko bill", "1001 ko bill pdf ma pathaidinu", "send me the invoice of 1001", "१००१ को बिल पठाउनुस्",
        "2091/92-00001 bill", "1001 pdf", "last bill", "बिल पठाउनुहोस्",
    ],
)  # fmt: skip
def test_a_bill_that_is_asked_for_comes_as_a_file(stage, owing, words):
    said, files, _sent = files_to(stage, "asha", words)

    assert "1,983.72" in said
    assert [file.name for file in files] == ["bill-2091-92-00001.pdf"]
    assert "2091/92-00001" in text_of(opened(stage, files[0]))


@pytest.mark.parametrize(
    "words",
    [
        "statement pdf",
        "statement pdf pathaunu",
        "hisab pdf ma",
        "khata pdf",
        "PDF",
        "स्टेटमेन्ट पीडीएफ",
        "खाता पीडीएफ पठाउनुस्",
    ],
)
def test_a_statement_as_a_file_ends_with_what_is_owed(stage, owing, words):
    said, files, _sent = files_to(stage, "asha", words)

    assert "You owe Rs. 1,983.72" in said
    (file,) = files
    text = text_of(opened(stage, file))
    assert ("Statement" in text, "Bill" in text, "1,983.72" in text) == (True, True, True)


def test_a_nepali_reader_gets_a_nepali_statement(stage, owing):
    stage.write("asha", "nepali ma")
    said, files, _sent = files_to(stage, "asha", "खाता पीडीएफ")

    assert "तिर्न बाँकी" in said
    # Devanagari can't be read back letter by letter: its signs stand where they are drawn.
    text = text_of(opened(stage, files[0]))
    assert ("1,983.72" in text, "Opening balance" in text, "Statement" in text) == (True, False, False)


def test_a_bill_brings_its_credit_notes(stage, owing):
    stage.write("asha", "2 wai wai short in 1001")
    stage.write("asha", "ho")
    stage.tap("gita", 1)

    said, files, _sent = files_to(stage, "asha", "credit note pathaunu")

    assert "CN-2091/92-00001" in said
    text = text_of(opened(stage, files[0]))
    for line in ("CREDIT NOTE", "CN-2091/92-00001", "2091/92-00001", "Reason"):
        assert line in text, line


def test_without_a_credit_note_it_says_so(stage, owing):
    said, files, _sent = files_to(stage, "asha", "credit note pathaunu")

    assert ("no credit note" in said, files) == (True, [])


def test_a_helper_who_may_not_see_the_debt_gets_no_file(stage, owing):
    said, files, _sent = files_to(stage, "bibek", "1001 ko bill")

    assert ("1,983.72" in said, files) == (False, [])


def test_another_shops_bill_is_not_found(stage, owing):
    _said, files, _sent = files_to(stage, "dipak", "1001 ko bill")

    assert files == []


def test_a_link_ends_and_cannot_be_changed(stage, owing):
    _said, (file,), _sent = files_to(stage, "asha", "1001 ko bill")
    link = linking(stage.settings)(file).removeprefix(stage.settings.public_url)
    said, signature = link.split("/")[4].split(".")
    old = sign_link(
        file.names, secret=stage.settings.jwt_secret, now=system_now() - LINK_LIVES - dt.timedelta(seconds=1)
    )
    forged = sign_link({**file.names, "retailer": 2}, secret="another secret of somebody", now=system_now())

    assert stage.client.get(f"/api/v1/files/{old}/bill.pdf").status_code == 410
    for token in (
        forged,
        f"{said}.{'A' * len(signature)}",
        said,
        "x.y",
        "é.é",
        f"{said[:-4]}AAAA.{signature}",
    ):
        assert stage.client.get(f"/api/v1/files/{token}/bill.pdf").status_code == 404, token


def test_a_file_that_could_not_be_sent_goes_out_as_a_link_once(stage, owing):
    _said, _files, (sent,) = files_to(stage, "asha", "1001 ko bill")

    def undelivered(sid):
        update = StatusUpdate(provider_message_id=sid, status=DeliveryStatus.UNDELIVERED, error_code=63019)
        with stage.database.transaction() as session:
            receive_status(session, update, now=stage.now)
        return stage.follow()

    (again,) = undelivered(sent.sid)
    assert [document.as_link for document in again.message.documents] == [True]
    assert undelivered(again.sid) == []
