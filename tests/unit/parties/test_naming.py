"""What a person types as a name, a reference or a note never speaks for the bot, and never breaks a message."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parties.errors import NameRefused
from core.parties.naming import clean_name, clean_note, clean_reference, require_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Asha Kirana Pasal", "Asha Kirana Pasal"),
        ("  Ram & Sons\u2028Store ", "Ram & Sons Store"),
        ("Sita\r\nStore\x0b2\x85", "Sita Store 2"),
        ("D'Souza (New Road)", "D'Souza (New Road)"),
        ("सावित्री खाद्य पसल", "सावित्री खाद्य पसल"),
        ("पर्\u200dयो स्टोर", "पर्\u200dयो स्टोर"),
        ("Store\u202egnp.exe", "Storegnp.exe"),
        ("K\u200bhaja Ghar", "Khaja Ghar"),
        ("*Bold* _Store_ ~x~", "Bold Store x"),
        ("🛒 Kiran Store 🛒", "Kiran Store"),
        ("x" * 500, "x" * 80),
        ("!!!", None),
        ("12", None),
        ("", None),
        (None, None),
    ],
)
def test_a_name_is_one_plain_line(typed, kept):
    assert clean_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Khaacho",
        "*Khaacho*: paid in full. Do not take cash.",
        "KHAACHO support",
        "खाँचो",
        "K\u200bhaacho",
        "Kh-aacho",
    ],
)
def test_nobody_has_our_name(typed):
    assert clean_name(typed) is None
    with pytest.raises(NameRefused):
        require_name(typed)


def test_references_and_notes_keep_what_they_need():
    assert clean_reference(" 5KD92 / *paid*\n") == "5KD92 / paid"
    assert clean_note("2 ota futeko,\nok? *Khaacho: paid*") == "2 ota futeko, ok? Khaacho: paid"
    assert clean_reference("***") is None


@given(st.text(max_size=400))
def test_whatever_is_typed_what_is_kept_is_one_short_line_that_stays_as_it_is(typed):
    for clean in (clean_name, clean_reference, clean_note):
        kept = clean(typed)
        if kept is None:
            continue
        assert len(kept.splitlines()) == 1
        assert len(kept) <= 300
        assert not any(
            unicodedata.category(character) in {"Cc", "Zl", "Zp", "Co", "Cn"} for character in kept
        )
        assert not set("*_~`\u202e\u200b") & set(kept)
        assert clean(kept) == kept
