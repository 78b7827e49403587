"""One reference has one key, however it was typed or pasted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity import LOOK_ALIKES, is_readable, reference_key
from core.parties.naming import clean_reference

# What may stand anywhere in a reference without being seen, or where nothing but a space is seen.
UNSEEN = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202c\u202e\u2066\u2069\u200e\u034f\ufe0f \u00a0\u3000\t\n"
)
REFERENCES = st.text("ABCxyz0189-/.#:अआ", min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("_case", "reference", "key"),
    [
        ("case", "FonePay12ab", "fonepay12ab"),
        ("spaces inside and around", " 12 34\u00a056\t", "123456"),
        ("Nepali digits", "१२३ अ", "123अ"),
        ("full width", "ＦＷ１２", "fw12"),
        ("a space without width", "R\u200b", "r"),
        ("direction override", "\u202aR\u202c", "r"),
        ("soft hyphen", "FW\u00ad12", "fw12"),
        ("long dash", "A–1", "a-1"),
        ("hyphen of typesetters", "A‐1", "a-1"),
        ("minus", "A−1", "a-1"),
        ("Cyrillic", "РАУ77АВ", "pay77ab"),
        ("Greek, by what each case looks like", "ΝνΡρ", "nvpp"),
        ("Lisu and Cherokee", "ꓮꓐᏟ1", "abc1"),
        ("accents and strokes", "Ạ́bđ1", "abd1"),
        ("Devanagari keeps its marks", "कि-१", "कि-1"),
        ("only spaces", "  ", None),
        ("only what is not seen", "\u200b\u202e", None),
        ("none", None, None),
    ],
)
def test_references_are_compared_by_what_is_read(_case, reference, key):
    assert reference_key(reference) == key


@given(
    REFERENCES, st.lists(st.tuples(st.integers(0, 20), st.sampled_from(UNSEEN)), max_size=6), st.booleans()
)
def test_nothing_unseen_and_no_width_makes_another_reference(reference, unseen, is_wide):
    typed = "".join(chr(ord(c) + 0xFEE0) if is_wide and "!" <= c <= "~" else c for c in reference)
    for place, character in unseen:
        typed = typed[:place] + character + typed[place:]

    assert reference_key(typed.swapcase()) == reference_key(reference)


@given(st.text(max_size=40))
def test_the_key_stays_as_it_is_and_is_that_of_the_cleaned_reference(typed):
    key = reference_key(typed)

    assert reference_key(key) == key
    cleaned = clean_reference(typed)
    if cleaned is not None and len(cleaned) < 60:
        assert reference_key(cleaned) == key


def _said_by_others(letter):
    return [alike for alike, plain in LOOK_ALIKES.items() if plain == letter]


@given(st.text("ABCEHIKMOPTXYabceijopsxy0123456789-/", min_size=1, max_size=20), st.data())
def test_letters_that_look_alike_make_no_other_reference(reference, data):
    typed = "".join(data.draw(st.sampled_from([letter, *_said_by_others(letter)])) for letter in reference)

    assert reference_key(typed) == reference_key(reference)
    assert clean_reference(typed) == clean_reference(reference)


@given(st.characters(categories=["L", "M", "N"]))
def test_a_letter_is_read_as_one_that_people_here_read_or_the_reference_is_refused(letter):
    cleaned = clean_reference(f"PAY7{letter}B")

    assert cleaned is None or all(is_readable(character) for character in cleaned)
    assert cleaned is None or reference_key(cleaned) == reference_key(f"PAY7{letter}B")
