"""Reading takes twice the time for twice the text, whatever is repeated in it: one person's message never stops others."""

import pytest

from core.intake.acts.reader import read_acts
from core.intake.reading import Role
from tests.growth import MOST_PER_DOUBLING, per_doubling

PIECES = [
    "२ ",
    "1 2 3 ",
    "(",
    "2x",
    '"',
    "\U0001f600",
    "क ",
    "1002 ",
    "tide: ",
    "hatau _ ९ ",
    "tide 2 haina rin 3 ",
    "6/6/24 ",
    "garnus ",
    "rin baki ",
    "2 of the ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_an_order_of_twice_the_length_is_read_in_twice_the_time(piece, read):
    assert per_doubling(lambda size: read(piece * (size // len(piece)))) <= MOST_PER_DOUBLING


@pytest.mark.parametrize("piece", ["1 2 3 ", "2x", "a, ", "1002 ayo? ", "1\n"])
@pytest.mark.parametrize("role", list(Role))
def test_acts_of_twice_the_length_are_read_in_twice_the_time(piece, role):
    read = read_acts.__wrapped__  # without what it remembers

    assert per_doubling(lambda size: read(piece * (size // len(piece)), role=role)) <= MOST_PER_DOUBLING
