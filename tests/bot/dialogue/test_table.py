"""The table of the conversation holds together, and its map is up to date."""

from bot.dialogue.deciding import checks
from bot.dialogue.deciding.table import TABLE
from bot.dialogue.machine import State
from bot.dialogue.map import PAGE, page


def test_table_has_no_holes():
    checks.check_table()


def test_every_state_has_steps_and_names_are_unique_in_it():
    assert set(TABLE) == set(State)
    for state, steps in TABLE.items():
        names = [step.name for step in steps]
        assert len(names) == len(set(names)), state


def test_the_printed_map_is_the_table():
    assert PAGE.read_text(encoding="utf-8") == page()
