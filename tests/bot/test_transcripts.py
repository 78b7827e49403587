"""Whole conversations, replayed through the real webhook: `tests/transcripts/*.txt` says who writes what and what arrives.

    @asha               who acts from here on
    > words             she writes them (`<code>` stands for the newest delivery code, `/` ends a line inside a message)
    [tap 1]             she taps the first button or row of her last message that has any
    [photo] [pin]       she sends a picture, or where she is
    [wait 3 hours]      time passes
    [approve]           an admin approves the newest shop that applied

Everything else is what the bot says to her; what it says to somebody else stands under `hari <`. To write the answers of
a new or changed transcript, run `RECORD_TRANSCRIPTS=1 make test T=tests/bot/test_transcripts.py` and read the difference.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from core.actor import Actor, ActorKind, Via
from core.messaging.models import OutboundMessage, Turn
from core.parties import service as parties
from core.parties.models import Retailer
from core.refs import RetailerId, UserId
from tests.bot.stage import Arrived, address_of, name_of

if TYPE_CHECKING:
    from tests.bot.stage import Stage

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("*.txt"))
ADMIN = Actor(kind=ActorKind.ADMIN, via=Via.PANEL, user_id=UserId(1))
RECORD = bool(os.environ.get("RECORD_TRANSCRIPTS"))  # noqa: TID251 - how the person at the keyboard asks for it
COMMAND = re.compile(
    r"@(?P<who>\S+)|> (?P<words>.*)|\[(?P<act>tap|wait|photo|pin|approve|sticker)(?: (?P<how>[^\]]+))?\]"
)


@dataclass
class Step:
    command: str
    expected: list[str] = field(default_factory=list)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_transcript(path: Path, stage: Stage) -> None:
    said = path.read_text(encoding="utf-8")

    replayed = "\n".join(_replay(stage, list(_steps(said)))).rstrip() + "\n"

    if RECORD:
        path.write_text(replayed, encoding="utf-8")
    else:
        assert replayed == said
    _assert_one_message_a_turn(stage)


def test_every_transcript_is_found() -> None:
    assert len(TRANSCRIPTS) >= 10


def _replay(stage: Stage, steps: list[Step]) -> Iterator[str]:
    who = ""
    for step in steps:
        yield step.command
        command = COMMAND.fullmatch(step.command)
        if command is None:
            continue
        if command["who"]:
            who = command["who"]
            continue
        arrived = _act(stage, who, command)
        yield from _shown(stage, who, arrived)


def _act(stage: Stage, who: str, command: re.Match[str]) -> list[Arrived]:
    if command["words"] is not None:
        codes = stage.delivery_codes()
        words = command["words"].replace("<code>", codes[-1] if codes else "0000").replace(" / ", "\n")
        return stage.write(who, words)
    match command["act"]:
        case "tap":
            return stage.tap(who, int(command["how"]))
        case "wait":
            number, unit = command["how"].split()
            return stage.wait(dt.timedelta(**{unit if unit.endswith("s") else f"{unit}s": int(number)}))
        case "photo":
            media = {
                "NumMedia": "1",
                "MediaUrl0": "https://api.twilio.com/media/1",
                "MediaContentType0": "image/jpeg",
            }
            return stage.post(who, Body=command["how"] or "", MessageType="image", **media)
        case "pin":
            return stage.post(who, Latitude="27.693", Longitude="85.281", Body="", MessageType="location")
        case _:
            return _approve(stage)


def _approve(stage: Stage) -> list[Arrived]:
    with stage.database.transaction() as session:
        newest = session.scalars(select(func.max(Retailer.id))).one()
        parties.approve_retailer(session, RetailerId(newest), actor=ADMIN, now=stage.now)
    return stage.follow()


def _shown(stage: Stage, who: str, arrived: list[Arrived]) -> Iterator[str]:
    mine = [one for one in arrived if one.to == address_of(who)]
    for one in (*mine, *(one for one in arrived if one not in mine)):
        if one not in mine:
            yield f"{name_of(one.to)} <"
        text = one.message.text
        for code in stage.delivery_codes():
            text = text.replace(code, "<code>").replace(code.translate(DEVANAGARI), "<code>")
        yield from text.split("\n")
        yield from (f"  [file {document.name}]" for document in one.message.documents)
        for number, choice in enumerate(one.message.choices, start=1):
            yield f"  [{number}] {choice.title}"
    yield ""


DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")


def _steps(said: str) -> Iterator[Step]:
    """Comments, blank lines before the first command, and commands; what the bot said in between is made anew."""
    for line in said.splitlines():
        if COMMAND.fullmatch(line) or line.startswith("# "):
            yield Step(command=line)


def _assert_one_message_a_turn(stage: Stage) -> None:
    """Every turn has at most one message, and what was queued for it is what went out."""
    with stage.database.transaction() as session:
        turns = session.scalar(select(func.count()).select_from(Turn)) or 0
        answers = session.scalar(
            select(func.count()).select_from(OutboundMessage).where(OutboundMessage.turn_id.is_not(None))
        )
        queued = session.scalar(select(func.count()).select_from(OutboundMessage))
    assert answers <= turns
    assert len(stage.phones.arrived) == queued
