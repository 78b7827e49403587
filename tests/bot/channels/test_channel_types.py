"""What channels share: messages that survive storage, the simulator's sender."""

import pytest

from bot.channels.console import ConsoleSender, console_sid
from bot.channels.types import Choice, Message, SenderAddress, Sent, TemplateMessage


@pytest.mark.parametrize(
    "message",
    [
        Message(text="नमस्ते"),
        Message(text="Order?", buttons=(Choice(id="y", title="Yes"), Choice(id="n", title="No"))),
        Message(
            text="Which?", rows=(Choice(id="1", title="Rice", description="25 kg"),), list_button="Choose"
        ),
        Message(text="Hello", template=TemplateMessage(name="hello", language="ne", variables=("आशा", "2"))),
    ],
)
def test_a_message_survives_storage(message):
    assert Message.from_json(message.to_json()) == message


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": " "},
        {"text": "x", "buttons": (Choice(id="a", title="A"),), "rows": (Choice(id="b", title="B"),)},
        {"text": "x", "rows": (Choice(id="a", title="A"), Choice(id="a", title="B"))},
        {"text": "x", "rows": tuple(Choice(id=str(n), title="A") for n in range(31))},
    ],
)
def test_a_message_that_makes_no_sense_cannot_be_made(wrong):
    with pytest.raises(ValueError, match=r"message|choices"):
        Message(**wrong)


def test_a_sender_without_any_address_cannot_be_made():
    with pytest.raises(ValueError, match="phone or a user id"):
        SenderAddress(profile_name="Asha")


def test_the_simulator_delivers_once_however_often_it_sends():
    sender, message = ConsoleSender(), Message(text="hi")

    first = sender.send("whatsapp:+9779841000001", message, outbox_ref="outbox-1")

    assert first == sender.send("whatsapp:+9779841000001", message, outbox_ref="outbox-1")
    assert first == Sent(provider_message_id="SM" + "ff7cc06fb9d124826b7f491676dc63e2")
    assert console_sid("outbox-2") != console_sid("outbox-1")
