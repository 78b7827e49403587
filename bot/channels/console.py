"""The simulator's channel. The stored row is the delivery, so sending always succeeds, without a network."""

from hashlib import sha256

from bot.channels.types import Message, SendResult, Sent


class ConsoleSender:
    def send(self, to: str, message: Message, *, outbox_ref: str) -> SendResult:  # noqa: ARG002 - the protocol's shape
        """Accept the message. The same *outbox_ref* always gives the same id, so sending twice is one delivery."""
        return Sent(provider_message_id=console_sid(outbox_ref))


def console_sid(outbox_ref: str) -> str:
    """An id in Twilio's format, derived from our reference."""
    return "SM" + sha256(outbox_ref.encode()).hexdigest()[:32]
