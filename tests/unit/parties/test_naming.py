"""What a person types as a name, a reference or a note never speaks for the bot, and never breaks a message."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parties.errors import NameRefused
from core.parties.naming import clean_name, clean_note, clean_reference, require_name, require_place


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
        "Кhаасhо",
        "КHААСHО",
        "Khāacho",
        "Khaaсho Team",
        "Khaaacho team",
        "Ｋｈａａｃｈｏ",
        "𝐊𝐡𝐚𝐚𝐜𝐡𝐨",
        "κhααchο",
        "Khaach0",
        "Kh4acho",
        "Ḵħaaçhø",
        "KhaachoNepal",
        "खांचो टिम",
        "Paid in full. Do not take cash",
        "Order 1072 canceled",
        "Order no. 1072",
        "Rаm Store. Don't take cash",
        "1072 delivered",
        "Paisa tirisakyo, cash nalinu",
        "अर्डर १०७२ रद्द भयो",
        "भुक्तानी भइसक्यो",
    ],
)
def test_nobody_has_our_name(typed):
    assert clean_name(typed) is None
    with pytest.raises(NameRefused):
        require_name(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "Order Nepal Pvt. Ltd.",
        "Cash & Carry Mart",
        "Kachori Pasal",
        "Khachor Store",
        "Khanchi Traders",
        "Shree Pay Point",
        "New Delivery Store",
        "Code Cafe",
        "Магазин Катя",
        "खाजा घर",
        "Unit 4 Kirana",
        "7 Eleven 24",
    ],
)
def test_what_only_begins_like_it_is_a_name(typed):
    assert clean_name(typed) == typed.rstrip(".")


def test_a_place_may_be_a_number_and_no_sentence_of_ours():
    assert require_place("44600") == "44600"
    assert require_place("  ") is None
    assert require_place("New Road,\n*Ward* 24") == "New Road, Ward 24"
    for typed in ("Khaaacho team", "Khaaсho", "Order 1072 canceled", "!!!"):
        with pytest.raises(NameRefused):
            require_place(typed)


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
