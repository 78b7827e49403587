"""Shopkeepers and wholesalers with a phone each, and the provider that carries what they write to our webhooks."""

import re
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random  # noqa: TID251 - people and the network are drawn from a seed
from urllib.error import HTTPError

from tests.contract.peer import ACCOUNT_SID, SENDER, Peer, post_signed

ORDERS = (
    "5 kg chini",
    "2 case wai wai chicken, 5 kg chini",
    "wai wai veg 1 carton",
    "10 kg chini ra wai wai chicken 1 case",
)
TALK = ("basket", "what do i owe", "help", "status", "statement")
DIGITS = str.maketrans("०१२३४५६७८९", "0123456789")
_NUMBER = re.compile(r"\*(\d{4,6})\*")
_CODE = re.compile(r"\b(0\d{4})\b")
_RETRIES = 3


class Wire:
    """Carries what people write, as Twilio does: late, twice, out of order, again after a failure, then to the fallback."""

    def __init__(self, peer: Peer, public_url: str, seed: int) -> None:
        self.peer, self.url = peer, f"{public_url}/webhooks/whatsapp"
        self.counts: Counter[str] = Counter()
        self.written: list[str] = []
        self._rng = Random(f"{seed} wire")
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._posts = ThreadPoolExecutor(16)

    def write(self, sender: str, words: str) -> None:
        sid = self.peer.receive(from_=sender, body=words)
        form = {
            "MessageSid": sid, "SmsMessageSid": sid, "AccountSid": ACCOUNT_SID, "From": sender, "To": SENDER,
            "Body": words, "NumMedia": "0",
        }  # fmt: skip
        with self._lock:
            self.written.append(sid)
            copies = 1 + (self._rng.random() < 0.25) + (self._rng.random() < 0.05) * 5
            delays = [self._rng.expovariate(4.0) for _ in range(copies)]
        self.counts["messages written"] += 1
        self.counts["webhooks repeated"] += copies - 1
        for delay in delays:
            self._posts.submit(self._deliver, form, delay)

    def close(self) -> None:
        self._posts.shutdown(wait=True)

    def _deliver(self, form: dict[str, str], delay: float) -> None:
        self._over.wait(delay)
        for attempt in range(_RETRIES + 1):
            url = self.url if attempt < _RETRIES else f"{self.url}/fallback"
            try:
                post_signed(url, form)
            except HTTPError as refusal:
                self.counts[f"webhook answered {refusal.code}"] += 1
            except OSError:
                self.counts["webhook unreachable"] += 1
            else:
                return
            self._over.wait(0.5 * (attempt + 1))
        # The reconciliation has to find it in the provider's list.
        self.counts["webhooks lost"] += 1


class Person:
    """Reads what arrives at this address, and writes."""

    def __init__(self, name: str, address: str, wire: Wire, seed: int, over: threading.Event) -> None:
        self.name, self.address, self.wire, self.over = name, address, wire, over
        self.rng = Random(f"{seed} {name}")
        self._seen = 0

    def write(self, words: str) -> None:
        self.wire.write(self.address, words)

    def arrived(self) -> list[str]:
        """The bodies that have arrived since the last look."""
        bodies = [
            message["body"].translate(DIGITS)
            for message in list(self.wire.peer.messages)
            if message["to"] == self.address and message["direction"] == "outbound-api"
        ]
        new, self._seen = bodies[self._seen :], len(bodies)
        return new

    def wait_for_something(self, seconds: float) -> list[str]:
        waited = 0.0
        while waited < seconds and not self.over.is_set():
            if new := self.arrived():
                return new
            self.over.wait(0.2)
            waited += 0.2
        return []


def shop(person: Person, codes: "Codes") -> None:
    """Order, say yes, sometimes twice; talk in between; tell the code when it comes."""
    while not person.over.is_set():
        person.write(person.rng.choice(ORDERS))
        read = person.wait_for_something(15)
        if any("*yes*" in body or "ho" in body for body in read):
            for _ in range(person.rng.choice((1, 1, 2))):
                person.write(person.rng.choice(("ho", "yes")))
        read += person.wait_for_something(8)
        if person.rng.random() < 0.4:
            person.write(person.rng.choice(TALK))
        for body in read:
            codes.note(body)
            if "All there?" in body:
                person.write("ho")
            if person.rng.random() < 0.1 and (number := _NUMBER.search(body)):
                person.write(f"cancel {number[1]}")
        person.over.wait(person.rng.uniform(0.2, 2.0))


def wholesaler(person: Person, codes: "Codes") -> None:
    """Take most offers, send what was taken, and type the codes of parcels that are on their way from here."""
    # Opens the day in which WhatsApp lets us write to it.
    person.write("packing")
    while not person.over.is_set():
        for body in person.wait_for_something(3):
            number = _NUMBER.search(body)
            if number is None:
                continue
            if "*1*" in body or "[1]" in body:
                person.write(f"{number[1]} {'hunxa' if person.rng.random() < 0.85 else 'hudaina'}")
            elif "पठाएँ" in body or "sent" in body.lower():
                person.write(f"{number[1]} pathaye")
        for code in codes.take(person.name):
            person.write(code)


class Codes:
    """The delivery codes that drivers carry from shops to wholesalers."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names  # business name → person
        self._waiting: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def note(self, body: str) -> None:
        if code := _CODE.search(body):
            for business, person in self.names.items():
                if business in body:
                    with self._lock:
                        self._waiting.setdefault(person, []).append(code[1])

    def take(self, person: str) -> list[str]:
        with self._lock:
            return self._waiting.pop(person, [])


def everybody(
    people: list[tuple[Callable[[Person, Codes], None], Person]], codes: Codes
) -> list[threading.Thread]:
    threads = [
        threading.Thread(target=act, args=(person, codes), name=person.name, daemon=True)
        for act, person in people
    ]
    for thread in threads:
        thread.start()
    return threads
