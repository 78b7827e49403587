"""What our messages print for a wholesaler to write is read alike in roman letters, in the usual spellings."""

import re
from pathlib import Path

import pytest

from bot.dialogue.deciding.matching import is_title
from bot.dialogue.reading.words import plain_words
from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind, Mood
from core.intake.language.phonetics import romanize
from core.intake.reading import Role

TEMPLATES = Path(__file__).parents[4] / "templates" / "ne" / "vendor"
_PRINTED = re.compile(r"(?<![*\w])\*([^*{}\n]*[\u0900-\u097f][^*{}\n]*)\*(?!\*)")
_TITLE = re.compile(r"^\w+ \| ([^|{}\n]*[\u0900-\u097f][^|{}\n]*)", re.MULTILINE)
# The last "a" of verbs is heard ("aaena", "hunchha"), that of nouns is not ("hisab").
_ENDS_IN_A = ("न", "छ")


def _in_templates(pattern):
    texts = [path.read_text(encoding="utf-8") for path in sorted(TEMPLATES.glob("*.j2"))]
    return sorted({found.strip() for text in texts for found in pattern.findall(text)})


def in_roman(words):
    """The usual spellings: with and without h after c, x for it, long and short vowels, the last "a" heard."""
    heard = " ".join(
        romanize(word) + ("a" if word.endswith(_ENDS_IN_A) else "") for word in plain_words(words).split()
    )
    return {
        spelling
        for long in (heard, heard.replace("aa", "a").replace("ee", "i").replace("oo", "u"))
        for spelling in (long, long.replace("chh", "ch"), long.replace("chh", "x"))
    }


def meaning(words):
    return [(act.kind, act.mood, act.is_certain) for act in read_acts(words, role=Role.VENDOR)]


@pytest.mark.parametrize("title", _in_templates(_TITLE))
def test_the_words_of_a_button_are_known_in_roman_letters(title):
    unknown = {spelling for spelling in in_roman(title) if not is_title(spelling, title)}

    assert unknown == set()


@pytest.mark.parametrize(
    "words", ["हो", "होइन", "हुन्छ", "हुँदैन", "पाएँ", "पाइनँ", "आयो", "आएन", "प्याकिङ", "दाबी", "हिसाब", "स्कोर", "मद्दत", "लिन्छु", "लिन्नँ"]
)  # fmt: skip
def test_a_printed_word_is_read_alike_in_roman_letters(words):
    assert {spelling: meaning(spelling) for spelling in in_roman(words)} == dict.fromkeys(
        in_roman(words), meaning(words)
    )


@pytest.mark.parametrize(
    "words", ["linchu", "linchhu", "lincchu", "linxu", "order linchu hai", "1022 linchu", "sabai linchhu", "duitai linchu", "1022 linchhu la"]
)  # fmt: skip
def test_the_printed_word_is_an_acceptance_that_the_dialogue_decides_on(words):
    (act,) = read_acts(words, role=Role.VENDOR)

    assert (act.kind, act.mood, act.is_certain) == (ActKind.ACCEPT, Mood.FUTURE, True)
    assert act.is_all is ("sabai" in words or "duitai" in words)


@pytest.mark.parametrize(
    "words", ["bholi linchu", "linchu?", "linchu hola", "1022 bholi linchu", "pachi linchu", "paisa aayo bhane linchu", "linchu ki"]
)  # fmt: skip
def test_a_promise_of_it_for_later_accepts_nothing(words):
    acts = read_acts(words, role=Role.VENDOR)

    assert not any(act.kind is ActKind.ACCEPT and act.moves for act in acts)


@pytest.mark.parametrize("words", ["aaen", "paisa aaen", "paen", "milen", "pugen"])
def test_a_spelling_of_did_not_come_never_says_that_it_came(words):
    """आएन is "aaena"; who leaves its last letter out must not be taken at the opposite."""
    acts = read_acts(words, role=Role.VENDOR)

    assert not any(act.kind is ActKind.CONFIRM_PAYMENT and act.mood is Mood.DONE for act in acts)


@pytest.mark.parametrize(
    "words", ["kunai order baki cha?", "kun order baki cha", "order baki", "कुनै अर्डर बाँकी छ?"]
)
def test_what_is_left_of_orders_are_the_open_offers(words):
    (act,) = read_acts(words, role=Role.VENDOR)

    assert (act.kind, act.mood) == (ActKind.OFFERS, Mood.ASKED)
