"""What the documents point at exists: a map of packages that have moved is worse than none."""

import re

import pytest

from core.config import PROJECT_ROOT

WHERE = (PROJECT_ROOT / "docs/where.md").read_text(encoding="utf-8")
PLACES = re.findall(r"\| `([\w/.-]+):(\w+)` \|", WHERE)
PACKAGES = re.findall(
    r"^\| `([\w/.]+)` \|", (PROJECT_ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.MULTILINE
)
PAIRS = (PROJECT_ROOT / "docs/writing.md").read_text(encoding="utf-8")


def test_every_question_of_a_newcomer_has_a_place():
    questions = re.findall(r"^\| (?!Question|---).+$", WHERE, re.MULTILINE)

    assert len(PLACES) == len(questions) >= 60


@pytest.mark.parametrize(("path", "name"), PLACES)
def test_the_place_that_answers_a_question_exists(path, name):
    assert re.search(rf"\b{name}\b", (PROJECT_ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_on_the_map_exists(package):
    assert (PROJECT_ROOT / package).exists()


def test_every_package_of_the_core_is_on_the_map():
    packages = {f"core/{path.parent.name}/" for path in (PROJECT_ROOT / "core").glob("*/__init__.py")}

    assert packages - set(PACKAGES) == set()


def test_ten_pairs_show_how_we_write():
    assert PAIRS.count("\n| “") >= 10


def test_every_transcript_is_in_the_table_of_transcripts_and_every_test_that_it_names_exists():
    text = (PROJECT_ROOT / "docs/transcripts.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([a-z_0-9]+)`", text))
    tests = {name for name in named if name.startswith("test_")}
    transcripts = {path.stem for path in (PROJECT_ROOT / "tests/transcripts").glob("*.txt")}

    assert named - tests == transcripts
    assert all((PROJECT_ROOT / f"tests/bot/dialogue/{name}.py").exists() for name in tests)
