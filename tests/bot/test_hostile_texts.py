"""Nobody's words break a turn, cost more than they are long, bring a flood of answers, or speak for us to somebody else.

`make fuzz-chat` walks with new seeds for SECONDS; `SEED=…` repeats one. The names, places, references and notes that are
looked at are all that people's words become for others.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from random import Random  # noqa: TID251 - the seed is printed
from secrets import randbelow

import pytest
from sqlalchemy import select

from core.credit.models import Payment, PaymentClaim
from core.messaging.models import OutboundMessage
from core.orders.models import Shortage
from core.parties.look_alikes import orders_something, reads_as_us
from core.parties.models import Contact, Retailer, Vendor
from tests.bot import hostile
from tests.bot.stage import Arrived, Stage, address_of
from tests.growth import MOST_PER_DOUBLING, per_doubling

SECONDS = float(os.environ.get("HOSTILE_SECONDS", "12"))  # noqa: TID251 - set by make fuzz-chat
SEED = os.environ.get("HOSTILE_SEED") or "7"  # noqa: TID251
# An owner, a helper, a shop without credit, a wholesaler, and people nobody knows.
PEOPLE = ("asha", "bibek", "maya", "hari", "gita", "newcomer", "+9779811111101", "+9779811111102")
MOST_ANSWERS = 2
NAMES = (
    Retailer.shop_name,
    Retailer.owner_name,
    Retailer.area,
    Vendor.business_name,
    Vendor.area,
    Contact.name,
)
WORDS = (PaymentClaim.reference, Payment.reference, Shortage.words)
BREAKS_A_LINE = set("*_~`\r\n\t\x0b\x0c\x1b\x7f\x85\u2028\u2029\u200b\u202e\u2066\ufeff\u00ad")


@pytest.fixture(scope="module")
def seed(request):
    seed = int(SEED) if SEED.isdecimal() else randbelow(1_000_000)
    print(f"\nhostile texts with seed {seed}")  # noqa: T201 - the seed is needed to walk this way again
    return seed


def answers_to(stage: Stage, who: str, arrived: Sequence[Arrived]) -> list[Arrived]:
    """What the turn sent to its writer; a notice that waited for the writer's words is none of it."""
    mine = {one.sid: one for one in arrived if one.to == address_of(who)}
    with stage.database.transaction() as session:
        notices = session.scalars(
            select(OutboundMessage.provider_message_id).where(
                OutboundMessage.provider_message_id.in_(mine), OutboundMessage.is_notice
            )
        )
        return [one for sid, one in mine.items() if sid not in set(notices)]


def stored(stage: Stage, columns) -> set[str]:
    with stage.database.transaction() as session:
        return {value for column in columns for value in session.scalars(select(column)) if value}


def test_whatever_people_write_each_turn_answers_shortly_and_nothing_stored_speaks_for_us(stage, seed):
    random = Random(seed)
    ends = time.monotonic() + SECONDS
    turns = 0
    while time.monotonic() < ends:
        who = random.choice(PEOPLE)
        last = stage.last_with_choices(who)
        if last is not None and random.random() < 0.3:
            said = f"tap {random.randint(1, len(last.message.choices))}"
            arrived = stage.tap(who, int(said.split()[1]))
        else:
            said = hostile.text(random)
            arrived = stage.write(who, said)
        turns += 1
        answers = answers_to(stage, who, arrived)
        assert len(answers) <= MOST_ANSWERS, (seed, turns, who, said[:200], [one.message for one in answers])

    assert turns > SECONDS / 10
    for name in stored(stage, NAMES):
        assert not reads_as_us(name), (seed, name)
        assert not orders_something(name), (seed, name)
    for words in stored(stage, (*NAMES, *WORDS)):
        assert not BREAKS_A_LINE & set(words), (seed, words)


@pytest.mark.parametrize("who", ["asha", "hari", "+9779811111103"])
def test_a_turn_of_twice_the_text_costs_twice_the_time(stage, seed, who):
    random = Random(seed + len(who))
    stage.write(who, "namaste")
    for _ in range(1 + int(SECONDS // 60)):
        one = hostile.piece(random)
        grown = per_doubling(lambda size, one=one: stage.write(who, one * (size // len(one))))
        assert grown <= MOST_PER_DOUBLING, (seed, who, one)
