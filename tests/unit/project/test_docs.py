"""What the documents point at exists: a map that names rooms which moved away is worse than none."""

import re

import pytest

from core.config import PROJECT_ROOT

PLACES = re.findall(
    r"\| `([\w/.]+\.py):(\w+)` \|", (PROJECT_ROOT / "docs/where.md").read_text(encoding="utf-8")
)
ROOMS = re.findall(
    r"^\| `([\w/.]+)` \|", (PROJECT_ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.MULTILINE
)
PAIRS = (PROJECT_ROOT / "docs/writing.md").read_text(encoding="utf-8")


def test_twenty_five_questions_at_least_are_answered():
    assert len(PLACES) >= 25


@pytest.mark.parametrize(("path", "name"), PLACES)
def test_the_place_that_answers_a_question_exists(path, name):
    assert re.search(rf"\b{name}\b", (PROJECT_ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("room", ROOMS)
def test_the_room_on_the_map_exists(room):
    assert (PROJECT_ROOT / room).exists()


def test_every_package_of_the_core_is_on_the_map():
    packages = {f"core/{path.parent.name}/" for path in (PROJECT_ROOT / "core").glob("*/__init__.py")}

    assert packages - set(ROOMS) == set()


def test_ten_pairs_show_how_we_write():
    assert PAIRS.count("\n| “") >= 10
