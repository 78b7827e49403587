"""What our small Twilio knows and does: messages, contents, approvals, and signed callbacks, as told."""

import json
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import Request, urlopen

from twilio.request_validator import RequestValidator

ACCOUNT_SID = "AC" + "a" * 32
AUTH_TOKEN = "a-token-of-nobody"
SENDER = "whatsapp:+14155238886"
BODY_LIMIT = 1_600
_ADDRESS = re.compile(r"whatsapp:(\+[1-9][0-9]{7,14}|[A-Z]{2}\.[A-Za-z0-9]+)")
_SLOT = re.compile(r"\{\{(\d+)\}\}")


class Behavior(StrEnum):
    """What happens to the next message; the value is the end of a phone number that asks for it."""

    ACCEPT = ""
    RATE_LIMIT = "999429"
    SERVER_ERROR = "999500"  # not stored, though nobody outside can tell
    UNAVAILABLE = "999503"
    STORE_THEN_HANG = "999014"  # longer than any client waits
    MALFORMED_SID = "999666"
    WINDOW_CLOSED = "999016"  # taken, then failed by callback with 63016
    OPTED_OUT = "999610"
    CONTENT_REFUSED = "999656"


@dataclass
class Peer:
    """The state of the peer, and how to tell it what to do. Safe to use while it serves."""

    base_url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)  # oldest first, as the API shows them
    contents: dict[str, dict[str, Any]] = field(default_factory=dict)
    approvals: dict[str, dict[str, Any]] = field(default_factory=dict)
    senders: dict[str, dict[str, str]] = field(default_factory=dict)  # by address: status, callback_url
    posts: list[dict[str, list[str]]] = field(
        default_factory=list
    )  # every POST of a message, also refused ones
    callbacks: tuple[str, ...] = ("sent", "delivered")
    takes_contents: bool = True
    hang_seconds: float = 14.0
    late_callbacks: Callable[[], float] = field(default=lambda: 0.0)  # seconds before each callback
    _planned: deque[Behavior] = field(default_factory=deque)
    _lock: threading.RLock = field(default_factory=threading.RLock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _calling: list[threading.Thread] = field(default_factory=list)

    def next(self, *behaviors: Behavior) -> None:
        """Plan what happens to the next messages, one each."""
        with self._lock:
            self._planned.extend(behaviors)

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        with self._lock:
            self._planned.clear()
            self.late_callbacks = lambda: 0.0

    def receive(self, *, from_: str, body: str, to: str = SENDER, media: tuple[str, ...] = ()) -> str:
        """Let a person write to us without any webhook reaching us: what a reconciliation has to find."""
        with self._lock:
            sid = self._sid("MM" if media else "SM", len(self.messages))
            message = self._resource(
                sid, to=to, from_=from_, body=body, status="received", direction="inbound"
            )
            message["num_media"] = str(len(media))
            message["_media"] = media
            self.messages.append(message)
            return sid

    def wait_for_callbacks(self) -> None:
        """Return when every callback that is under way has been answered."""
        for thread in list(self._calling):
            thread.join(timeout=20)

    def reset(self) -> None:
        """Forget everything, as if just started."""
        self.wait_for_callbacks()
        with self._lock:
            for kept in (
                self.messages,
                self.contents,
                self.approvals,
                self.senders,
                self.posts,
                self._planned,
                self._calling,
            ):
                kept.clear()
            self.callbacks, self.takes_contents, self.hang_seconds = ("sent", "delivered"), True, 14.0
            self.late_callbacks = lambda: 0.0

    def stop(self) -> None:
        self._stopping.set()
        self.wait_for_callbacks()

    # What the routes below do.

    def create_message(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        one = {name: values[-1] for name, values in form.items()}
        with self._lock:
            self.posts.append(form)
            behavior = self._planned.popleft() if self._planned else _asked_by(one.get("To", ""))
        if refusal := _refused(behavior) or self._invalid(one):
            return refusal
        with self._lock:
            media = tuple(form.get("MediaUrl", ()))
            sid = self._sid("MM" if media else "SM", len(self.messages))
            message = self._resource(
                sid,
                to=one["To"],
                from_=one.get("From"),
                body=self._words(one),
                status="queued",
                direction="outbound-api",
            )
            message["num_media"] = str(len(media))
            # Our own reference, by which a test sees whether one message was sent twice.
            message["_oid"] = dict(parse_qsl(urlsplit(one.get("StatusCallback", "")).query)).get("oid", "")
            self.messages.append(message)
        statuses = ("failed",) if behavior is Behavior.WINDOW_CLOSED else self.callbacks
        if url := one.get("StatusCallback"):
            self._call_back(
                url, message, statuses, error="63016" if behavior is Behavior.WINDOW_CLOSED else ""
            )
        if behavior is Behavior.STORE_THEN_HANG:
            self._stopping.wait(self.hang_seconds)
        answer = _shown(message)
        if behavior is Behavior.MALFORMED_SID:
            answer["sid"] = "SMtoo-short"
        return 201, answer

    def list_messages(self, query: dict[str, str]) -> tuple[int, dict[str, Any]]:
        size, page = int(query.get("PageSize", "50")), int(query.get("Page", "0"))
        with self._lock:
            found = [message for message in reversed(self.messages) if _matches(message, query)]
        path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages.json"

        def uri(number: int) -> str:
            return f"{path}?{urlencode({**query, 'PageSize': size, 'Page': number})}"

        return 200, {
            "messages": [_shown(message) for message in found[page * size : (page + 1) * size]],
            "page": page,
            "page_size": size,
            "start": page * size,
            "end": min(len(found), (page + 1) * size) - 1,
            "uri": uri(page),
            "first_page_uri": uri(0),
            "next_page_uri": uri(page + 1) if len(found) > (page + 1) * size else None,
            "previous_page_uri": uri(page - 1) if page else None,
        }

    def fetch_message(self, sid: str) -> tuple[int, dict[str, Any]]:
        with self._lock:
            found = next((message for message in self.messages if message["sid"] == sid), None)
        return (
            (200, _shown(found))
            if found
            else error_answer(404, 20404, "The requested resource was not found")
        )

    def fetch_account(self) -> tuple[int, dict[str, Any]]:
        return 200, {"sid": ACCOUNT_SID, "status": "active", "type": "Full", "friendly_name": "Stand-in"}

    def list_senders(self) -> tuple[int, dict[str, Any]]:
        listed = [
            {
                "sid": self._sid("XE", number),
                "sender_id": address,
                "status": sender["status"],
                "webhook": {"callback_url": sender.get("callback_url", ""), "callback_method": "POST"},
            }
            for number, (address, sender) in enumerate(self.senders.items())
        ]
        url = "https://messaging.twilio.com/v2/Channels/Senders?PageSize=50&Page=0"
        meta = {"page": 0, "page_size": 50, "url": url, "first_page_url": url, "key": "senders"}
        return 200, {"senders": listed, "meta": meta | {"next_page_url": None, "previous_page_url": None}}

    def list_media(self, sid: str) -> tuple[int, dict[str, Any]]:
        with self._lock:
            kinds = next((m.get("_media", ()) for m in self.messages if m["sid"] == sid), ())
        path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}/Media"
        listed = [
            {
                "sid": (media_sid := self._sid("ME", number)),
                "parent_sid": sid,
                "account_sid": ACCOUNT_SID,
                "content_type": kind,
                "uri": f"{path}/{media_sid}.json",
            }
            for number, kind in enumerate(kinds)
        ]
        pages = {"page": 0, "page_size": 50, "start": 0, "end": len(listed), "uri": path + ".json"}
        return 200, {"media_list": listed, "first_page_uri": path + ".json", "next_page_uri": None, **pages}

    def create_content(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            if not self.takes_contents:
                return error_answer(400, 92003, "Content is not available for this account")
            sid = self._sid("HX", len(self.contents))
            self.contents[sid] = asked
        return 201, _content(sid, asked)

    def list_approvals(self) -> tuple[int, dict[str, Any]]:
        with self._lock:
            listed = [
                _content(sid, asked)
                | {
                    "approval_requests": self.approvals.get(
                        sid, {"status": "unsubmitted", "rejection_reason": ""}
                    )
                }
                for sid, asked in self.contents.items()
            ]
        url = "https://content.twilio.com/v1/ContentAndApprovals?PageSize=50&Page=0"
        meta = {"page": 0, "page_size": 50, "url": url, "first_page_url": url, "key": "contents"}
        return 200, {"contents": listed, "meta": meta | {"next_page_url": None, "previous_page_url": None}}

    def ask_approval(self, sid: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        with self._lock:
            if sid not in self.contents:
                return error_answer(404, 20404, "The requested resource was not found")
            self.approvals[sid] = {
                "name": asked["name"],
                "category": asked["category"],
                "content_type": next(iter(self.contents[sid]["types"])),
                "status": "received",
                "rejection_reason": "",
                "allow_category_change": True,
            }
            return 201, self.approvals[sid]

    def decide_approvals(self, status: str, *, reason: str = "") -> None:
        """Let WhatsApp decide all that was submitted: `approved`, `rejected`, `paused`."""
        with self._lock:
            for approval in self.approvals.values():
                approval |= {"status": status, "rejection_reason": reason}

    def _invalid(self, one: dict[str, str]) -> tuple[int, dict[str, Any]] | None:
        if not _ADDRESS.fullmatch(one.get("To", "")):
            return error_answer(400, 21211, f"Invalid 'To' Phone Number: {one.get('To')}")
        if "ContentSid" in one:
            return (
                None
                if one["ContentSid"] in self.contents
                else error_answer(400, 21655, "The ContentSid is invalid")
            )
        if not one.get("Body") and "MediaUrl" not in one:
            return error_answer(400, 21619, "A text message body or media urls must be specified")
        if len(one.get("Body", "")) > BODY_LIMIT:
            return error_answer(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        return None

    def _words(self, one: dict[str, str]) -> str:
        if "ContentSid" not in one:
            return one.get("Body", "")
        (content,) = self.contents[one["ContentSid"]]["types"].values()
        values = json.loads(one.get("ContentVariables", "{}"))
        return _SLOT.sub(lambda slot: values.get(slot[1], ""), content["body"])

    def _resource(self, sid: str, **facts: str | None) -> dict[str, Any]:
        now = time.time()
        path = f"/2010-04-01/Accounts/{ACCOUNT_SID}/Messages/{sid}"
        return {
            "sid": sid,
            "account_sid": ACCOUNT_SID,
            "api_version": "2010-04-01",
            "body": facts["body"],
            "from": facts["from_"],
            "to": facts["to"],
            "direction": facts["direction"],
            "status": facts["status"],
            "messaging_service_sid": None,
            "num_segments": "1",
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "error_code": None,
            "error_message": None,
            "date_created": formatdate(now),
            "date_updated": formatdate(now),
            "date_sent": formatdate(now) if facts["status"] == "received" else None,
            "uri": path + ".json",
            "subresource_uris": {"media": path + "/Media.json"},
            "_at": now,
        }

    def _call_back(self, url: str, message: dict[str, Any], statuses: tuple[str, ...], *, error: str) -> None:
        thread = threading.Thread(
            target=self._post_statuses, args=(url, message, statuses, error), daemon=True
        )
        self._calling.append(thread)
        thread.start()

    def _post_statuses(
        self, url: str, message: dict[str, Any], statuses: tuple[str, ...], error: str
    ) -> None:
        for status in statuses:
            self._stopping.wait(self.late_callbacks())
            with self._lock:
                message["status"] = status
                message["error_code"] = int(error) if error else None
            form = {
                "MessageSid": message["sid"],
                "SmsSid": message["sid"],
                "AccountSid": ACCOUNT_SID,
                "MessageStatus": status,
                "SmsStatus": status,
                "From": message["from"] or SENDER,
                "To": message["to"],
                "ApiVersion": "2010-04-01",
                "ChannelPrefix": "whatsapp",
            }
            if error:
                form |= {"ErrorCode": error, "ErrorMessage": "outside the allowed window"}
            with suppress(OSError):  # nobody listens: Twilio would only log it
                post_signed(url, form)

    @staticmethod
    def _sid(prefix: str, number: int) -> str:
        return f"{prefix}{number + 1:032x}"


def post_signed(url: str, form: dict[str, str], *, token: str = AUTH_TOKEN) -> int:
    """Post a webhook exactly as Twilio does, to this machine only; return the HTTP status."""
    if urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
        raise ValueError(url)
    signature = RequestValidator(token).compute_signature(url, form)
    headers = {
        "X-Twilio-Signature": signature,
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
    }
    with urlopen(Request(url, urlencode(form).encode(), headers), timeout=15) as answer:  # noqa: S310
        return int(answer.status)


def _asked_by(to: str) -> Behavior:
    return next(
        (behavior for behavior in Behavior if behavior.value and to.endswith(behavior.value)), Behavior.ACCEPT
    )


def _refused(behavior: Behavior) -> tuple[int, dict[str, Any]] | None:
    match behavior:
        case Behavior.RATE_LIMIT:
            return error_answer(429, 20429, "Too Many Requests")
        case Behavior.SERVER_ERROR:
            return error_answer(500, 20500, "Internal Server Error")
        case Behavior.UNAVAILABLE:
            return error_answer(503, 20503, "Service Unavailable")
        case Behavior.OPTED_OUT:
            return error_answer(400, 21610, "Attempt to send to unsubscribed recipient")
        case Behavior.CONTENT_REFUSED:
            return error_answer(400, 21656, "The ContentVariables parameter is invalid")
        case _:
            return None


def _content(sid: str, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": sid,
        "account_sid": ACCOUNT_SID,
        "friendly_name": asked.get("friendly_name"),
        "language": asked["language"],
        "variables": asked.get("variables"),
        "types": asked["types"],
        "date_created": "2026-11-22T03:15:00Z",
        "date_updated": "2026-11-22T03:15:00Z",
        "url": f"https://content.twilio.com/v1/Content/{sid}",
        "links": {},
    }


def _matches(message: dict[str, Any], query: dict[str, str]) -> bool:
    if "To" in query and message["to"] != query["To"]:
        return False
    if "From" in query and message["from"] != query["From"]:
        return False
    after = query.get("DateSent>")
    return after is None or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(message["_at"])) >= after


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if not name.startswith("_")}


def error_answer(status: int, code: int, message: str) -> tuple[int, dict[str, Any]]:
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": message, "more_info": more_info, "status": status}
