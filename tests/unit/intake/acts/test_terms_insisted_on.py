""" "Nai" stresses the terms before it when a yes follows, and denies them otherwise."""

import pytest

from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind
from core.intake.reading import Role


@pytest.mark.parametrize(
    ("words", "terms"),
    [
        ("cash nai ok", "cash"),
        ("nagad nai hunchha", "cash"),
        ("nagad nai ok hajur", "cash"),
        ("udharo nai ok", "credit"),
    ],
)
def test_stressed_terms_place_the_list(words, terms):
    (act,) = read_acts(words, role=Role.RETAILER)

    assert act.kind is ActKind.PLACE
    assert act.moves
    assert act.terms == terms


@pytest.mark.parametrize(
    "words", ["cash nai", "ok cash nai", "cash nai hudaina", "cash hoina ok", "nai ok", "cash nai ok?"]
)
def test_denied_or_asked_terms_place_nothing(words):
    assert not any(act.kind is ActKind.PLACE and act.moves for act in read_acts(words, role=Role.RETAILER))
