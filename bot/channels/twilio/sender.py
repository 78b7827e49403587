"""Sends one fitted message through Twilio, and reports only what is certain about the result."""

import json
import logging
from collections.abc import Callable, Mapping
from json import JSONDecodeError
from typing import Final

from requests.exceptions import ConnectionError as NoConnection
from requests.exceptions import ConnectTimeout, ProxyError, RequestException, SSLError
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.rest import Client
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from bot.channels.limits import as_numbered_text
from bot.channels.twilio.content import ContentStore, Shape, content_name, request_for, shape_of
from bot.channels.twilio.errors import CONTENT_CODES, GONE_CODES, outcome
from bot.channels.twilio.inbound import OUTBOX_REF
from bot.channels.twilio.templates import Template
from bot.channels.types import (
    Document,
    Failure,
    Later,
    Message,
    SendRefused,
    SendResult,
    Sent,
    TemplateMessage,
    Unknown,
)

RECONNECT_SECONDS: Final = 10

logger = logging.getLogger(__name__)


class TwilioSender:
    """Sends with the SDK's client, from our address."""

    def __init__(
        self,
        client: Client,
        *,
        from_address: str,
        status_url: str,
        contents: ContentStore,
        templates: Mapping[str, Template],
        link_of: Callable[[Document], str],
    ) -> None:
        self._client = client
        self._from_address = from_address
        self._status_url = status_url
        self._contents = contents
        self._templates = templates
        self._link_of = link_of

    def send(self, to: str, message: Message, *, outbox_ref: str) -> SendResult:
        """Post the message at most once. Choices go out as numbered text if Twilio doesn't store their content."""
        if not OUTBOX_REF.fullmatch(outbox_ref):
            raise ValueError(f"{outbox_ref!r} would not survive a callback's query")
        address = {"to": to, "outbox_ref": outbox_ref}
        if message.template:
            return self._send_template(message.template, **address)
        if message.documents:
            return self._send_document(message.documents[0], **address)
        if message.choices:
            return self._send_choices(message, **address)
        return self._post(body=message.text, **address)

    def _send_template(self, asked: TemplateMessage, **address: str) -> SendResult:
        template = self._templates.get(asked.name)
        if template is None or not template.takes(asked):
            return SendRefused(
                code=None, failure=Failure.OUR_BUG, permanent=True, detail=f"no template takes {asked}"
            )
        sid = self._contents.find(self._name(template.friendly_name(asked.language)))
        if sid is None:
            detail = f"{asked.name} is not approved in {asked.language}"
            return SendRefused(code=None, failure=Failure.CONFIG, permanent=False, detail=detail)
        return self._post(
            content_sid=sid, content_variables=_as_json(template.variables_for(asked)), **address
        )

    def _send_document(self, document: Document, **address: str) -> SendResult:
        """Twilio shows no text with a document, but keeps it in its list, where a lost answer is looked for."""
        link = self._link_of(document)
        if document.as_link:
            return self._post(body=f"{document.title}\n{link}", **address)
        return self._post(body=document.title, media_url=[link], **address)

    def _send_choices(self, message: Message, **address: str) -> SendResult:
        shape = shape_of(message)
        sid = self._content_sid(shape)
        if sid is not None:
            result = self._post(content_sid=sid, content_variables=_as_json(shape.variables), **address)
            if not (isinstance(result, SendRefused) and result.code in CONTENT_CODES):
                return result
            logger.warning("content refused", extra={"shape": shape.name, "code": result.code})
            if result.code in GONE_CODES:
                self._contents.forget(self._name(shape.name))
        # A refusal is certain, so nothing has been sent yet.
        return self._post(body=as_numbered_text(message).text, **address)

    def _content_sid(self, shape: Shape) -> str | None:
        """Find or create the content; None if that fails, because text is always possible."""
        if sid := self._contents.find(self._name(shape.name)):
            return sid
        try:
            made = self._client.content.v1.contents.create(request_for(shape))
        except (TwilioException, RequestException, JSONDecodeError) as failure:
            code = getattr(failure, "code", None)
            logger.warning(
                "content not stored",
                extra={"shape": shape.name, "reason": type(failure).__name__, "code": code},
            )
            return None
        if made.sid:
            self._contents.remember(self._name(shape.name), str(made.sid))
        return str(made.sid) if made.sid else None

    def _name(self, name: str) -> str:
        return content_name(self._client.account_sid, name)

    def _post(self, *, to: str, outbox_ref: str, **content: str | list[str]) -> SendResult:
        """Post once, and classify the result as sent, refused, later or unknown. Never retries."""
        try:
            created = self._client.messages.create(
                to=to,
                from_=self._from_address,
                status_callback=f"{self._status_url}?oid={outbox_ref}",
                **content,
            )
        except (TwilioRestException, TwilioServiceException) as refusal:
            return outcome(refusal.code, http_status=refusal.status, detail=_words_of(refusal))
        except NoConnection as failure:
            if _was_never_connected(failure):
                return Later(code=None, failure=Failure.PROVIDER_FAULT, retry_after_seconds=RECONNECT_SECONDS)
            return Unknown(reason=type(failure).__name__)
        except (RequestException, TwilioException, JSONDecodeError) as failure:
            # No response in time, or an unreadable one: the message may have been sent.
            return Unknown(reason=type(failure).__name__)
        return Sent(provider_message_id=created.sid) if created.sid else Unknown(reason="no sid")


def status_url(public_url: str) -> str:
    """The URL to which Twilio reports statuses. Our reference is added as a query parameter."""
    return f"{public_url}/webhooks/whatsapp/status"


def _was_never_connected(failure: NoConnection) -> bool:
    if isinstance(failure, ConnectTimeout | SSLError | ProxyError):
        return True
    cause = failure.args[0] if failure.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError | ConnectTimeoutError)


def _words_of(refusal: TwilioRestException | TwilioServiceException) -> str:
    return str(refusal.msg if isinstance(refusal, TwilioRestException) else refusal.detail or refusal.title)


def _as_json(variables: Mapping[str, str]) -> str:
    return json.dumps(variables, ensure_ascii=False)
