"""Every labelled message is read as its label says: intent, lines, and whether to ask."""

import json

import pytest

from bench import score
from core.intake.__main__ import prediction
from core.intake.catalogue.index import CatalogIndex
from core.intake.reader import read_message
from core.intake.reading import Role

from .conftest import DATA

CATALOG = {}


def is_right(gold: dict, index: CatalogIndex) -> bool:
    reading = prediction(read_message(gold["text"], role=Role(gold["role"]), index=index))
    lines, _ = score.agg(reading["lines"], CATALOG)
    said = {"intent": str(reading["intent"]), "clarify": reading["clarify"], "agg": lines}
    label = gold["expect"]
    return any(
        score.eval_option(said, option, bool(label.get("clarify_any")), CATALOG)["em"]
        for option in score.options(label)
    )


@pytest.mark.parametrize(
    "name",
    [
        "messages",
        "adversarial",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
    ],
)
def test_every_message_of_a_set_is_read_whole(name, index):
    labelled = [json.loads(row) for row in (DATA / f"{name}.jsonl").read_text("utf-8").splitlines()]

    misread = [gold["text"] for gold in labelled if not is_right(gold, index)]

    assert misread == []


def test_the_sets_hold_every_kind_in_every_language():
    kinds, languages = set(), set()
    for path in DATA.glob("*.jsonl"):
        for row in path.read_text("utf-8").splitlines():
            gold = json.loads(row)
            kinds.add(gold["kind"])
            languages.add(gold["lang"])

    assert len(kinds) == 16
    assert languages == {"en", "ne", "roman_ne", "hi", "mixed"}
