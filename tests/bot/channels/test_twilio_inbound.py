"""Twilio's webhooks, read tolerantly: recorded payloads and anything else."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from bot.channels.twilio.inbound import Flaw, MalformedWebhook, parse_message, parse_status
from bot.channels.types import (
    DeliveryStatus,
    Inbound,
    InboundKind,
    Location,
    Media,
    SenderAddress,
    StatusUpdate,
)

ACCOUNT = "AC" + "a" * 32
PAYLOADS = json.loads((Path(__file__).parents[2] / "data/twilio/messages.json").read_text("utf-8"))
SENT = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "1" * 32, "MessageStatus": "sent"}

FIELDS = sorted(
    {name for payload in PAYLOADS.values() for name in payload} | {"FlowData", "MediaUrl1", "ErrorCode"}
)
strings = st.text(max_size=40) | st.sampled_from(
    [
        "reaction",
        "interactive",
        "NaN",
        "-Infinity",
        "1e999999",
        "²",
        "whatsapp:",
        "whatsapp:NP.1",
        "\x00",
        "\ud800",
    ]
)


def read(name):
    return parse_message(PAYLOADS[name], account_sid=ACCOUNT)


def test_text_is_kept_to_the_last_space_and_the_name_is_tidied():
    assert read("text") == Inbound(
        channel="whatsapp",
        provider_message_id="SM00000000000000000000000000000001",
        sender=SenderAddress(phone_address="whatsapp:+9779841000001", profile_name="राम & Co 👍"),
        kind=InboundKind.TEXT,
        text="चिनी ५ बोरा र तेल 2 carton ",
        raw=PAYLOADS["text"],
    )


def test_a_tapped_button_tells_its_choice_and_the_message_it_stood_under():
    tap = read("quick_reply")

    assert (tap.kind, tap.choice_id, tap.choice_title) == (InboundKind.CHOICE, "prompt-7f3a.yes", "Confirm")
    assert tap.replied_to_sid == "MM000000000000000000000000000000aa"


def test_phone_and_user_id_that_arrive_together_are_one_sender():
    assert read("quick_reply").sender == SenderAddress(
        phone_address="whatsapp:+9779841000001",
        user_id_address="whatsapp:NP.13491208655302741918",
        profile_name="Asha",
    )


def test_a_sender_that_hides_the_number_is_named_and_answered_by_user_id():
    sender = read("username_sender").sender

    assert sender == SenderAddress(user_id_address="whatsapp:NP.13491208655302741918", profile_name="Asha")
    assert sender.reply_to == "whatsapp:NP.13491208655302741918"


@pytest.mark.parametrize(
    ("name", "choice_id", "title"),
    [
        ("button_without_payload", None, "Accept"),
        ("list_row", "line-2.sku-waiwai", "Wai Wai chicken"),
        ("list_row_by_title_only", None, "Wai Wai chicken"),
    ],
)
def test_taps_are_choices_however_much_of_them_is_told(name, choice_id, title):
    tap = read(name)

    assert (tap.kind, tap.choice_id, tap.choice_title) == (InboundKind.CHOICE, choice_id, title)


def test_a_pin_is_a_location():
    pin = read("location")

    assert pin.kind is InboundKind.LOCATION
    assert pin.location == Location(
        latitude=Decimal("27.7041765"),
        longitude=Decimal("85.3044636"),
        label="Asan Bazaar",
        address="Asan, Kathmandu 44600",
    )


def test_a_photo_keeps_its_caption():
    photo = read("photo_with_caption")

    assert (photo.kind, photo.text) == (InboundKind.MEDIA, "my list")
    assert photo.media == (Media(url=PAYLOADS["photo_with_caption"]["MediaUrl0"], content_type="image/jpeg"),)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("contact_card", InboundKind.CONTACT),
        ("reaction", InboundKind.REACTION),
        ("flow_form", InboundKind.FORM),
        ("nothing_known", InboundKind.UNKNOWN),
    ],
)
def test_other_kinds_are_told_apart_and_kept(name, kind):
    message = read(name)

    assert message.kind is kind
    assert message.raw == PAYLOADS[name]


def test_a_pin_outside_the_globe_is_no_location():
    form = PAYLOADS["location"] | {"Latitude": "91", "Body": "here"}

    assert parse_message(form, account_sid=ACCOUNT).kind is InboundKind.TEXT


def test_what_a_database_cannot_store_is_replaced():
    message = parse_message(PAYLOADS["text"] | {"Body": "a\x00b", "New\x00Field": "1"}, account_sid=ACCOUNT)

    assert message.text == "a\ufffdb"
    assert message.raw["New\ufffdField"] == "1"


def test_a_form_as_flask_gives_it_is_read_alike():
    assert parse_message(MultiDict(PAYLOADS["text"]), account_sid=ACCOUNT) == read("text")


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"AccountSid": "AC" + "b" * 32}, Flaw.NOT_OUR_ACCOUNT),
        ({"AccountSid": ""}, Flaw.NOT_OUR_ACCOUNT),
        ({"MessageSid": "SM123"}, Flaw.NO_MESSAGE),
        ({"MessageSid": "", "SmsSid": "", "SmsMessageSid": ""}, Flaw.NO_MESSAGE),
        ({"From": ""}, Flaw.NO_SENDER),
        ({"From": "+9779841000001", "WaId": ""}, Flaw.NO_SENDER),
        ({"From": "whatsapp:", "WaId": ""}, Flaw.NO_SENDER),
        ({"To": ""}, Flaw.NO_RECIPIENT),
    ],
)
def test_without_who_which_and_whose_it_is_malformed(change, flaw):
    with pytest.raises(MalformedWebhook) as refusal:
        parse_message(PAYLOADS["text"] | change, account_sid=ACCOUNT)

    assert refusal.value.flaw is flaw


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=10), strings), st.booleans())
def test_any_form_is_read_or_malformed(form, is_complete):
    if is_complete:
        form = form | {name: PAYLOADS["text"][name] for name in ("AccountSid", "MessageSid", "From", "To")}
    try:
        message = parse_message(form, account_sid=ACCOUNT)
    except MalformedWebhook:
        assert not is_complete
    else:
        assert message.provider_message_id
        json.dumps(dict(message.raw), ensure_ascii=False).encode()


@given(st.dictionaries(st.sampled_from(FIELDS), strings), st.none() | strings)
def test_any_status_form_is_read_or_malformed(form, outbox_ref):
    update = parse_status({**form, **SENT}, account_sid=ACCOUNT, outbox_ref=outbox_ref)

    assert update.status is DeliveryStatus.SENT
    with pytest.raises(MalformedWebhook):
        parse_status(form | {"AccountSid": ""}, account_sid=ACCOUNT, outbox_ref=outbox_ref)


def test_a_failed_callback_tells_code_and_our_reference():
    form = SENT | {"MessageStatus": "failed", "ErrorCode": "63016"}

    assert parse_status(form, account_sid=ACCOUNT, outbox_ref="outbox-77") == StatusUpdate(
        provider_message_id="SM" + "1" * 32,
        status=DeliveryStatus.FAILED,
        outbox_ref="outbox-77",
        error_code=63016,
        raw=form,
    )


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", DeliveryStatus.QUEUED),
        ("READ", DeliveryStatus.READ),
        ("partially_delivered", DeliveryStatus.DELIVERED),
        ("teleported", DeliveryStatus.UNKNOWN),
    ],
)
def test_statuses_are_translated_and_new_ones_move_nothing(word, status):
    form = SENT | {"MessageStatus": word}

    assert parse_status(form, account_sid=ACCOUNT, outbox_ref=None).status is status


def test_a_reference_that_cannot_be_ours_is_dropped():
    assert parse_status(SENT, account_sid=ACCOUNT, outbox_ref="../etc").outbox_ref is None
