"""`make chat AS=asha`: one phone in a terminal, talking to the running application.

Buttons and rows are printed with numbers; a bare number taps. `--record NAME` saves the chat as a transcript.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests

from core.config import PROJECT_ROOT, settings
from core.seeds.people import DEMO_PEOPLE

_POLL_SECONDS = 0.5
_TIMEOUT_SECONDS = 10
_NUMBER = re.compile(r"[0-9०-९]{1,2}")


class Talk:
    """One person's chat. A thread polls the server and prints new messages."""

    def __init__(self, base_url: str, address: str, *, name: str, transcript: Path | None) -> None:
        self.url = f"{base_url}/simulator/phones"
        self.address, self.name, self.transcript = address, name, transcript
        self.seen: set[str] = set()
        self.last: dict[str, Any] = {}
        self.ended = threading.Event()

    def follow(self, *, quietly: bool = False) -> None:
        """Print what has arrived since the last call; *quietly* only remembers it."""
        answer = requests.get(self.url, params={"address": self.address}, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        for message in answer.json()["screens"][self.address]:
            if message["id"] in self.seen:
                continue
            self.seen.add(message["id"])
            if message["mine"]:
                continue
            self.last = message
            if not quietly:
                self._print(message)
        requests.post(f"{self.url}/{quote(self.address)}/seen", json={}, timeout=_TIMEOUT_SECONDS)

    def watch(self) -> None:
        while not self.ended.wait(_POLL_SECONDS):
            try:
                self.follow()
            except requests.RequestException:
                # The server restarts during development; go on when it is back.
                continue

    def write(self, line: str) -> None:
        choices = [*self.last.get("buttons", ()), *self.last.get("rows", ())]
        number = int(line) if _NUMBER.fullmatch(line) else 0
        if 1 <= number <= len(choices):
            choice = choices[number - 1]
            self._record(f"[tap {number}]")
            written = {"choice": choice["id"], "text": choice["title"], "replied_to": self.last["sid"]}
            written |= {"row": bool(self.last.get("rows"))}
        else:
            self._record(f"> {line}")
            written = {"text": line}
        answer = requests.post(
            f"{self.url}/{quote(self.address)}/messages",
            json=written | {"name": self.name},
            timeout=_TIMEOUT_SECONDS,
        )
        if not answer.ok:
            sys.stdout.write(f"  (not sent: {answer.status_code})\n")

    def _print(self, message: dict[str, Any]) -> None:
        lines = [message["text"]]
        for number, choice in enumerate([*message["buttons"], *message["rows"]], start=1):
            lines.append(f"  [{number}] {choice['title']}")
        lines += [f"  {self.url.removesuffix('/simulator/phones')}{file['url']}" for file in message["files"]]
        sys.stdout.write("\n" + "\n".join(lines) + "\n\n> ")
        sys.stdout.flush()
        self._record(message["text"])

    def _record(self, text: str) -> None:
        if self.transcript:
            with self.transcript.open("a", encoding="utf-8") as file:
                file.write(text + "\n")


def main() -> int:
    arguments = argparse.ArgumentParser(description="Talk to Khaacho from a terminal.")
    arguments.add_argument(
        "who", nargs="?", default="asha", help="a name of the demo cast, or a phone number"
    )
    arguments.add_argument("--record", metavar="NAME", help="save the talk to tests/transcripts/NAME.txt")
    given = arguments.parse_args()
    person = DEMO_PEOPLE.get(given.who.lower())
    if person is None and not given.who.startswith("+"):
        sys.stderr.write(
            f"Nobody is called {given.who}. There are {', '.join(sorted(DEMO_PEOPLE))}, or any +number.\n"
        )
        return 2
    address = f"whatsapp:{person.phone if person else given.who}"
    transcript = PROJECT_ROOT / "tests" / "transcripts" / f"{given.record}.txt" if given.record else None
    talk = Talk(
        f"http://127.0.0.1:{settings().port}",
        address,
        name=person.name if person else "",
        transcript=transcript,
    )
    try:
        talk.follow(quietly=True)
    except requests.RequestException:
        sys.stderr.write("Nothing answers. Start the application with `make run` in another terminal.\n")
        return 1
    threading.Thread(target=talk.watch, daemon=True).start()
    sys.stdout.write(f"You are {person.name if person else given.who}. A bare number taps; Ctrl-D ends.\n> ")
    sys.stdout.flush()
    for line in sys.stdin:
        if line.strip():
            talk.write(line.strip())
        sys.stdout.write("> ")
        sys.stdout.flush()
    talk.ended.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
