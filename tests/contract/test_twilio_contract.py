"""What our sender and history do against Twilio's own specification, scenario by scenario."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import requests

from bot.channels.limits import BODY_LIMIT, fit
from bot.channels.twilio.approval import sync_templates
from bot.channels.twilio.client import build_client
from bot.channels.types import (
    Choice,
    DeliveryStatus,
    Failure,
    InboundKind,
    Later,
    Message,
    SendRefused,
    Sent,
    StatusUpdate,
    TemplateMessage,
    Unknown,
)
from tests.contract.peer import ACCOUNT_SID, AUTH_TOKEN, SENDER, Behavior
from tests.contract.senders import TEMPLATES, a_sender, an_account

ASHA = "whatsapp:+9779841000001"
HIDDEN = "whatsapp:NP.13491208655302741918"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NEPAL = ZoneInfo("Asia/Kathmandu")
SM1, SM2 = f"SM{1:032x}", f"SM{2:032x}"
YES, NO = Choice(id="p1.yes", title="Confirm"), Choice(id="p1.no", title="Cancel")
ROWS = (
    Choice(id="p2.1", title="Wai Wai", description="Carton of 30"),
    Choice(id="p2.2", title="चामल"),
)


def test_text_arrives_unchanged_with_our_reference_in_its_callbacks(sender, peer, callbacks):
    text = "नमस्ते 👍 <b>&amp;\nसाहुजी"

    sent = sender.send(ASHA, Message(text=text), outbox_ref="outbox-1")

    assert sent == Sent(provider_message_id=SM1)
    assert peer.posts == [
        {
            "To": [ASHA],
            "From": [SENDER],
            "Body": [text],
            "StatusCallback": [f"{callbacks.url}/webhooks/whatsapp/status?oid=outbox-1"],
        }
    ]
    assert [(update.status, update.outbox_ref) for update in callbacks.wait_for(2)] == [
        (DeliveryStatus.SENT, "outbox-1"),
        (DeliveryStatus.DELIVERED, "outbox-1"),
    ]


def test_a_person_who_hides_the_number_is_answered_by_user_id(sender, peer):
    assert sender.send(HIDDEN, Message(text="namaste"), outbox_ref="o") == Sent(provider_message_id=SM1)
    assert peer.messages[0]["to"] == HIDDEN


def test_two_media_are_sent_as_a_repeated_field(account, peer):
    created = build_client(account).messages.create(
        to=ASHA, from_=SENDER, media_url=["https://example.com/1.jpg", "https://example.com/2.jpg"]
    )

    assert created.sid == f"MM{1:032x}"
    assert peer.messages[0]["num_media"] == "2"


def test_the_longest_devanagari_text_is_taken(sender, peer):
    message = fit(Message(text="क" * 1_600), window_open=True)

    assert sender.send(ASHA, message, outbox_ref="o") == Sent(provider_message_id=SM1)
    assert len(peer.messages[0]["body"]) == BODY_LIMIT


@pytest.mark.parametrize(
    ("behavior", "expected"),
    [
        (Behavior.RATE_LIMIT, Later(code=20429, failure=Failure.BUSY, retry_after_seconds=5)),
        (Behavior.UNAVAILABLE, Later(code=20503, failure=Failure.BUSY, retry_after_seconds=10)),
        (Behavior.SERVER_ERROR, Unknown(reason="HTTP 500, code 20500")),
        (
            Behavior.OPTED_OUT,
            SendRefused(
                code=21610,
                failure=Failure.OPTED_OUT,
                permanent=True,
                detail="Unable to create record: Attempt to send to unsubscribed recipient",
            ),
        ),
    ],
)
def test_refused_later_and_unknown_are_told_apart_and_posted_once(sender, peer, behavior, expected):
    peer.next(behavior)

    assert sender.send(ASHA, Message(text="hi"), outbox_ref="o") == expected
    assert len(peer.posts) == 1
    assert peer.messages == []


@pytest.mark.parametrize(
    ("to", "text", "code", "failure"),
    [
        ("whatsapp:+0", "hi", 21211, Failure.BAD_RECIPIENT),
        (ASHA, "क" * 1_601, 21617, Failure.OUR_BUG),
    ],
)
def test_what_can_never_be_sent_is_refused_for_good(sender, to, text, code, failure):
    refused = sender.send(to, Message(text=text), outbox_ref="o")

    assert (refused.code, refused.failure, refused.permanent) == (code, failure, True)


def test_a_wrong_token_waits_for_an_operator(account, callbacks, contents):
    stranger = an_account(api_url=account.api_url, auth_token="wrong")

    refused = a_sender(stranger, callbacks, contents).send(ASHA, Message(text="hi"), outbox_ref="o")

    assert (refused.code, refused.failure, refused.permanent) == (20003, Failure.CONFIG, False)
    assert refused.needs_operator


def test_nobody_listening_means_later(callbacks, contents):
    nobody = an_account(api_url="http://127.0.0.1:1")

    later = a_sender(nobody, callbacks, contents).send(ASHA, Message(text="hi"), outbox_ref="o")

    assert later == Later(code=None, failure=Failure.PROVIDER_FAULT, retry_after_seconds=10)


def test_an_answer_outside_the_specification_is_unknown(sender, peer):
    peer.next(Behavior.MALFORMED_SID)

    result = sender.send(ASHA, Message(text="hi"), outbox_ref="o")

    assert isinstance(result, Unknown)
    assert len(peer.messages) == 1


def test_callbacks_arrive_signed_in_the_order_they_were_sent(sender, peer, callbacks):
    peer.callbacks = ("read", "sent", "delivered", "delivered")

    sender.send(ASHA, Message(text="hi"), outbox_ref="o")

    assert [update.status.value for update in callbacks.wait_for(4)] == [
        "read",
        "sent",
        "delivered",
        "delivered",
    ]


def test_a_closed_window_is_told_by_callback(sender, peer, callbacks):
    peer.next(Behavior.WINDOW_CLOSED)

    assert sender.send(ASHA, Message(text="hi"), outbox_ref="o") == Sent(provider_message_id=SM1)
    (update,) = callbacks.wait_for(1)
    assert (update.status, update.error_code, update.outbox_ref) == (DeliveryStatus.FAILED, 63016, "o")


def test_a_send_that_timed_out_after_it_was_stored_is_settled_without_a_second_post(
    account, peer, callbacks, contents, history
):
    peer.next(Behavior.STORE_THEN_HANG)
    peer.hang_seconds = 4.0
    hasty = a_sender(account, callbacks, contents, timeout_seconds=1)

    result = hasty.send(ASHA, Message(text="Order KH-1"), outbox_ref="outbox-77")

    assert result == Unknown(reason="ReadTimeout")
    assert len(peer.messages) == 1
    settled_by = [(update.provider_message_id, update.outbox_ref) for update in callbacks.wait_for(2)]
    assert settled_by == [(SM1, "outbox-77")] * 2
    found = history.find_sent(ASHA, Message(text="Order KH-1"), since=_just_now(), known_sids=())
    assert found == StatusUpdate(provider_message_id=SM1, status=DeliveryStatus.DELIVERED)
    assert len(peer.posts) == 1


def test_buttons_are_stored_once_per_shape_and_filled_by_variables(sender, peer, contents):
    first = sender.send(ASHA, Message(text="Place it?\nTotal Rs. 1,200", buttons=(YES, NO)), outbox_ref="o-1")
    second = sender.send(ASHA, Message(text="राख्ने?", buttons=(YES, NO)), outbox_ref="o-2")

    assert (first, second) == (Sent(provider_message_id=SM1), Sent(provider_message_id=SM2))
    ((sid, content),) = peer.contents.items()
    assert contents == {f"{ACCOUNT_SID}.quick-reply-2": sid}
    assert content["types"] == {
        "twilio/quick-reply": {
            "body": "{{1}}",
            "actions": [
                {"type": "QUICK_REPLY", "title": "{{2}}", "id": "{{3}}"},
                {"type": "QUICK_REPLY", "title": "{{4}}", "id": "{{5}}"},
            ],
        }
    }
    assert peer.posts[0]["ContentSid"] == [sid]
    assert "Body" not in peer.posts[0]
    assert json.loads(peer.posts[0]["ContentVariables"][0]) == {
        "1": "Place it?\nTotal Rs. 1,200",
        "2": "Confirm",
        "3": "p1.yes",
        "4": "Cancel",
        "5": "p1.no",
    }
    assert peer.messages[1]["body"] == "राख्ने?"


def test_a_list_says_only_what_its_rows_have(sender, peer):
    asked = Message(text="Which?", rows=ROWS, list_button="Choose")

    assert sender.send(ASHA, asked, outbox_ref="o") == Sent(provider_message_id=SM1)
    (content,) = peer.contents.values()
    assert content["friendly_name"] == "khaacho_list-dt"
    assert content["types"] == {
        "twilio/list-picker": {
            "body": "{{1}}",
            "button": "{{2}}",
            "items": [
                {"id": "{{3}}", "item": "{{4}}", "description": "{{5}}"},
                {"id": "{{6}}", "item": "{{7}}"},
            ],
        }
    }


@pytest.mark.parametrize("refused_where", ["when stored", "when sent", "forgotten by the account"])
def test_choices_go_as_numbered_text_when_twilio_refuses_the_content(sender, peer, contents, refused_where):
    peer.takes_contents = refused_where != "when stored"
    if refused_where == "when sent":
        peer.next(Behavior.CONTENT_REFUSED)
    if refused_where == "forgotten by the account":
        contents.remember(f"{ACCOUNT_SID}.quick-reply-2", "HX" + "f" * 32)

    sent = sender.send(ASHA, Message(text="Place it?", buttons=(YES, NO)), outbox_ref="o")

    assert sent == Sent(provider_message_id=SM1)
    assert [message["body"] for message in peer.messages] == ["Place it?\n\n1. Confirm\n2. Cancel"]
    assert len(contents) == (1 if refused_where == "when sent" else 0)


def test_an_unknown_outcome_of_a_button_message_is_not_posted_again_as_text(sender, peer):
    peer.next(Behavior.SERVER_ERROR)

    assert isinstance(sender.send(ASHA, Message(text="?", buttons=(YES, NO)), outbox_ref="o"), Unknown)
    assert len(peer.posts) == 1


def test_templates_are_submitted_once_and_sent_when_approved(account, sender, peer, contents):
    client = build_client(account)
    offer = TemplateMessage(name="offer_new", language="en", variables=("KH-1\n", "Rs.      1,200 👍"))
    asked = Message(text="New order", template=offer)

    statuses = [[(a.language, a.status) for a in sync_templates(client, TEMPLATES, contents)]]
    before = sender.send(ASHA, asked, outbox_ref="o-1")
    peer.decide_approvals("approved")
    statuses.append([(a.language, a.status) for a in sync_templates(client, TEMPLATES, contents)])
    after = sender.send(ASHA, asked, outbox_ref="o-2")

    assert statuses == [[("en", "submitted"), ("ne", "submitted")], [("en", "approved"), ("ne", "approved")]]
    assert (before.failure, before.permanent) == (Failure.CONFIG, False)
    assert after == Sent(provider_message_id=SM1)
    assert peer.posts[0]["ContentVariables"] == ['{"1": "KH-1", "2": "Rs. 1,200"}']
    english, nepali = peer.contents.values()
    assert english["types"] == {"twilio/text": {"body": TEMPLATES["offer_new"].wordings["en"].body}}
    assert english["variables"] == {"1": "KH-1042", "2": "Rs. 1,200.00"}
    assert nepali["language"] == "ne"
    assert [approval["category"] for approval in peer.approvals.values()] == ["UTILITY", "UTILITY"]


def test_a_template_that_lost_its_approval_is_not_sent(account, sender, peer, contents):
    client = build_client(account)
    offer = TemplateMessage(name="offer_new", language="en", variables=("KH-1", "1"))
    sync_templates(client, TEMPLATES, contents)
    peer.decide_approvals("approved")
    sync_templates(client, TEMPLATES, contents)
    peer.decide_approvals("paused", reason="low quality")

    (english, _) = sync_templates(client, TEMPLATES, contents)

    assert (english.status, english.reason) == ("paused", "low quality")
    assert sender.send(ASHA, Message(text="x", template=offer), outbox_ref="o").failure is Failure.CONFIG
    assert peer.posts == []


@pytest.mark.parametrize(
    ("template", "failure"),
    [
        (TemplateMessage(name="offer_new", language="ne", variables=("KH-1", "1")), Failure.CONFIG),
        (TemplateMessage(name="offer_new", language="en", variables=("KH-1",)), Failure.OUR_BUG),
        (TemplateMessage(name="no_such", language="en"), Failure.OUR_BUG),
    ],
)
def test_a_template_that_cannot_be_sent_is_refused_before_twilio_is_asked(sender, peer, template, failure):
    refused = sender.send(ASHA, Message(text="New order", template=template), outbox_ref="o")

    assert refused.failure is failure
    assert peer.posts == []


def test_history_finds_what_no_webhook_brought_oldest_first_over_pages(history, peer, sender):
    peer.receive(from_=ASHA, body="chini 5 bora")
    peer.receive(from_=HIDDEN, body="", media=("image/jpeg",))
    peer.receive(from_="+9779841000001", body="an SMS")
    sender.send(ASHA, Message(text="ours"), outbox_ref="o")
    for number in range(150):
        peer.receive(from_=ASHA, body=f"line {number}")

    found = history.list_inbound(since=LONG_AGO)

    assert [message.text for message in found] == ["chini 5 bora", "", *(f"line {n}" for n in range(150))]
    assert found[0].provider_message_id == SM1
    assert found[1].kind is InboundKind.MEDIA
    assert found[1].media[0].content_type == "image/jpeg"
    assert found[1].sender.user_id_address == HIDDEN
    assert found[0].sent_at is not None
    assert len(history.list_inbound(since=LONG_AGO, limit=7)) == 7


def test_history_is_asked_in_utc_whatever_zone_the_question_has(history, peer):
    peer.receive(from_=ASHA, body="namaste")

    assert len(history.list_inbound(since=(_just_now() - timedelta(minutes=1)).astimezone(NEPAL))) == 1
    assert history.list_inbound(since=(_just_now() + timedelta(minutes=1)).astimezone(NEPAL)) == []


def test_history_tells_one_message_by_its_sid(history, peer, sender):
    theirs = peer.receive(from_=ASHA, body="namaste")
    ours = sender.send(ASHA, Message(text="hi"), outbox_ref="o")
    peer.wait_for_callbacks()

    assert history.fetch(theirs).text == "namaste"
    assert history.fetch(ours.provider_message_id).status is DeliveryStatus.DELIVERED
    assert history.fetch("SM" + "f" * 32) is None


def test_a_lost_send_is_not_confused_with_another_of_the_same_words(history, sender):
    first = sender.send(ASHA, Message(text="Done"), outbox_ref="o-1")
    second = sender.send(ASHA, Message(text="Done"), outbox_ref="o-2")
    since, known = _just_now(), {first.provider_message_id}

    found = history.find_sent(ASHA, Message(text="Done"), since=since, known_sids=known)

    assert found.provider_message_id == second.provider_message_id
    assert history.find_sent(ASHA, Message(text="Other"), since=since, known_sids=()) is None
    assert (
        history.find_sent(ASHA, Message(text="Done"), since=since + timedelta(hours=1), known_sids=()) is None
    )


def test_twenty_senders_at_once_are_twenty_messages(sender, peer):
    barrier, results = threading.Barrier(20), []

    def send(number):
        barrier.wait(timeout=10)
        results.append(sender.send(ASHA, Message(text=f"line {number}"), outbox_ref=f"o-{number}"))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert len({result.provider_message_id for result in results}) == 20


def test_the_typing_indicator_is_taken(account, peer):
    sent = build_client(account).messaging.v2.typing_indicator.create(channel="whatsapp", message_id=SM1)

    assert sent.success is True


@pytest.mark.parametrize(
    ("_case", "change", "headers", "status"),
    [
        ("as it should be", {}, {}, 201),
        ("wrong credentials", {}, {"Authorization": "Basic eDp5"}, 401),
        ("no credentials", {}, {"X-Nothing": "1"}, 401),
        ("no recipient", {"To": None}, {}, 422),
        ("a word outside the list", {"ContentRetention": "forever"}, {}, 422),
        ("a number that is none", {"ValidityPeriod": "abc"}, {}, 422),
        ("what only Twilio knows to be wrong", {"Body": "x" * 1_601}, {}, 400),
        ("an unknown parameter passes", {"Colour": "red"}, {}, 201),
    ],
)
def test_the_judge_itself_refuses_what_the_specification_forbids(
    account, peer, _case, change, headers, status
):
    form = {"To": ASHA, "From": SENDER, "Body": "hi"} | change

    assert (
        _post_raw(account, {name: value for name, value in form.items() if value is not None}, headers)
        == status
    )


def test_the_judge_refuses_another_shape_of_account(account, peer):
    assert _post_raw(account, {"To": ASHA, "From": SENDER, "Body": "hi"}, {}, account_sid="AC123") == 422


def _post_raw(account, form, headers, *, account_sid=ACCOUNT_SID):
    url = f"{account.api_url}/2010-04-01/Accounts/{account_sid}/Messages.json"
    credentials = None if headers else (ACCOUNT_SID, AUTH_TOKEN)
    return requests.post(url, form, headers=headers, auth=credentials, timeout=15).status_code


def _just_now():
    return datetime.fromtimestamp(time.time(), UTC)
