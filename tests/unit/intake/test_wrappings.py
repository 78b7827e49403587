"""What people put around an order – script, greeting, shop, telephone, thanks – never changes the order."""

import json

import pytest

from .conftest import DATA, basket

WRAPPINGS = {
    "nepali digits": lambda text: text.translate(str.maketrans("0123456789", "०१२३४५६७८९")),
    "capitals": str.upper,
    "a shop's name above": lambda text: f"Shree Ganesh Store\n{text}",
    "a telephone below": lambda text: f"{text}\n9841000000",
    "a time below": lambda text: f"{text}\nbholi 10 baje bhitra",
    "thanks below": lambda text: f"{text}\nDhanyabad",
    "two spaces": lambda text: text.replace(" ", "  "),
    "a full stop": lambda text: f"{text}.",
}
ORDERS = [
    gold["text"]
    for name in ("messages", "eighth", "ninth")
    for gold in map(json.loads, (DATA / f"{name}.jsonl").read_text("utf-8").splitlines())
    if gold["kind"] in ("order", "ambiguous", "out_of_catalog")
]


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_wrapping_never_changes_an_order(wrapping, read):
    changed = []
    for text in ORDERS:
        plain, wrapped = read(text), read(WRAPPINGS[wrapping](text))
        if (plain.intent, basket(plain), plain.clarify) != (wrapped.intent, basket(wrapped), wrapped.clarify):
            changed.append(text)

    assert changed == []
