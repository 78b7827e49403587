"""Our sender before the stand-in alone, so that it is tested without node too; tests/contract adds the judge."""

from dataclasses import replace
from http.server import BaseHTTPRequestHandler

import pytest

from bot.channels.twilio.content import shape_of
from bot.channels.types import Choice, Document, Failure, Later, Message, SendRefused, Sent, Unknown
from tests.contract.fake_twilio import running_peer, serving
from tests.contract.peer import Behavior
from tests.contract.senders import Contents, a_sender, an_account, receiving_callbacks

ASHA = "whatsapp:+9779841000001"
SM1 = f"SM{1:032x}"
ASKED = Message(
    text="Place it?", buttons=(Choice(id="yes", title="Confirm"), Choice(id="no", title="Cancel"))
)


@pytest.fixture
def peer():
    with running_peer() as peer:
        yield peer


@pytest.fixture
def callbacks():
    with receiving_callbacks() as callbacks:
        yield callbacks


@pytest.fixture
def sender(peer, callbacks):
    return a_sender(an_account(api_url=peer.base_url), callbacks, Contents())


def test_a_text_is_sent_once_and_reported_under_our_reference(sender, peer, callbacks):
    assert sender.send(ASHA, Message(text="नमस्ते"), outbox_ref="outbox-1") == Sent(provider_message_id=SM1)

    assert {update.outbox_ref for update in callbacks.wait_for(2)} == {"outbox-1"}
    assert [message["body"] for message in peer.messages] == ["नमस्ते"]


def test_a_document_goes_out_by_its_link_and_as_text_where_that_failed(sender, peer):
    bill = Document(name="bill-1.pdf", title="Bill: bill-1.pdf", names={"kind": "bills"})

    sender.send(ASHA, Message(text=bill.title, documents=(bill,)), outbox_ref="o-1")
    sender.send(ASHA, Message(text=bill.title, documents=(replace(bill, as_link=True),)), outbox_ref="o-2")

    link = "https://bot.example.com/api/v1/files/signed/bill-1.pdf"
    first, second = peer.posts
    assert (first["MediaUrl"], first["Body"]) == ([link], ["Bill: bill-1.pdf"])
    assert ("MediaUrl" in second, second["Body"]) == (False, [f"Bill: bill-1.pdf\n{link}"])


def test_buttons_fall_back_to_numbered_text(sender, peer):
    peer.takes_contents = False

    assert sender.send(ASHA, ASKED, outbox_ref="o") == Sent(provider_message_id=SM1)
    assert peer.messages[0]["body"] == "Place it?\n\n1. Confirm\n2. Cancel"


def test_a_busy_provider_means_later_and_a_broken_one_unknown(sender, peer):
    peer.next(Behavior.RATE_LIMIT, Behavior.SERVER_ERROR)

    busy = sender.send(ASHA, Message(text="hi"), outbox_ref="o-1")
    broken = sender.send(ASHA, Message(text="hi"), outbox_ref="o-2")

    assert busy == Later(code=20429, failure=Failure.BUSY, retry_after_seconds=5)
    assert broken == Unknown(reason="HTTP 500, code 20500")
    assert len(peer.posts) == 2


def test_a_send_that_hangs_after_it_was_taken_is_unknown_and_settled_by_its_callback(peer, callbacks):
    peer.next(Behavior.STORE_THEN_HANG)
    hasty = a_sender(an_account(api_url=peer.base_url), callbacks, Contents(), timeout_seconds=1)

    assert hasty.send(ASHA, ASKED, outbox_ref="outbox-9") == Unknown(reason="ReadTimeout")
    settled = callbacks.wait_for(1)[0]
    assert (settled.provider_message_id, settled.outbox_ref) == (SM1, "outbox-9")
    assert len(peer.posts) == 1


@pytest.mark.parametrize(
    ("_case", "status", "body", "expected"),
    [
        ("cut off without a word", None, b"", Unknown(reason="ConnectionError")),
        ("taken, and no JSON", 201, b"<html>", Unknown(reason="JSONDecodeError")),
        ("taken, and no sid", 201, b"{}", Unknown(reason="no sid")),
        ("a gateway between us", 502, b"<html>Bad Gateway</html>", Unknown(reason="HTTP 502, code 502")),
        (
            "refused without a code",
            401,
            b"",
            SendRefused(code=401, failure=Failure.CONFIG, permanent=False, detail="Unable to create record"),
        ),
    ],
)
def test_what_strangers_answer_in_between_is_never_taken_for_sent(callbacks, _case, status, body, expected):
    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            if status:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            self.close_connection = True

        def log_message(self, *args):
            """Say nothing."""

    with serving(Stranger) as base_url:
        sender = a_sender(an_account(api_url=base_url), callbacks, Contents())

        assert sender.send(ASHA, Message(text="hi"), outbox_ref="o") == expected


@pytest.mark.parametrize("outbox_ref", ["", "a b", "a/b", "é", "x" * 65])
def test_a_reference_that_would_not_survive_a_query_is_a_mistake_of_ours(sender, peer, outbox_ref):
    with pytest.raises(ValueError, match="would not survive"):
        sender.send(ASHA, Message(text="hi"), outbox_ref=outbox_ref)
    assert peer.posts == []


def test_runs_of_blanks_that_twilio_refuses_in_variables_are_closed():
    shape = shape_of(Message(text="a      b\n\n\n\nc", buttons=ASKED.buttons))

    assert shape.variables["1"] == "a b\n\nc"
