"""What a message tells people to write is understood: each *word* and “example” in it does what it says."""

import re

import pytest

from bot.wording.check import messages
from bot.wording.labels import LANGUAGES, ROOT
from core.intake.acts.reader import read_acts
from core.intake.acts.types import ActKind
from core.intake.reading import Role

# The words in bold that shops are told to write, by what they are told to do.
TOLD = {
    ActKind.SHOW_BASKET: ["basket", "लिस्ट"],
    ActKind.CLEAR: ["clear", "सबै हटाउनुस्"],
    ActKind.REORDER: ["same again", "पहिला जस्तै"],
    ActKind.STATUS: ["orders", "अर्डरहरू"],
    ActKind.BALANCE: ["balance", "बाँकी कति"],
    ActKind.STATEMENT: ["statement", "खाता", "statement pdf", "खाता pdf"],
    ActKind.APPEAL: ["appeal", "स्कोर मिलेन"],
    ActKind.INVOICE: ["bill 1042", "बिल १०४२"],
    ActKind.SHORT: ["short", "कम", "short 1042", "कम १०४२"],
    ActKind.RECEIVED: ["received", "पाएँ"],
    ActKind.CANCEL: ["cancel", "रद्द", "cancel 1042", "रद्द १०४२"],
    ActKind.CHANGE: ["change 1042", "परिवर्तन १०४२"],
    ActKind.PERSON: ["person", "मान्छे"],
    ActKind.HELP: ["help", "मद्दत"],
    ActKind.LANGUAGE: ["English", "nepali"],
    ActKind.SWITCH_PARTY: ["switch"],
    ActKind.STOP: ["STOP"],
    ActKind.START: ["START"],
    ActKind.SCORECARD: ["my score", "मेरो स्कोर"],
    ActKind.YES: ["yes", "हुन्छ", "हो"],
    ActKind.NO: ["no", "हुँदैन", "पर्दैन", "होइन"],
    ActKind.PLACE: ["cash", "नगद"],
    ActKind.PAY: ["paid 5000 esewa ref ABC123", "५००० esewa तिरें ref ABC123", "5000 esewa ref ABC123"],
}
# Understood beside a question that is open, where the order was just sent twice.
BESIDE_A_QUESTION = {"again", "फेरि"}
SHOP_ROOMS = ("account/", "anywhere/", "onboarding/", "ordering/", "tracking/")


@pytest.mark.parametrize(("kind", "words"), [(kind, words) for kind, said in TOLD.items() for words in said])
def test_what_shops_are_told_to_write_is_read_as_that(kind, words):
    assert [act.kind for act in read_acts(words, role=Role.RETAILER)] == [kind]


@pytest.mark.parametrize("language", LANGUAGES)
def test_shops_are_told_no_word_that_is_not_in_the_table(language):
    known = {words for said in TOLD.values() for words in said} | BESIDE_A_QUESTION
    written = re.compile(r"[Ww]rite \*([a-zA-Z ]+)\*|[Rr]eply \*([a-z]+)\*|\*([^*{}\d]+)\* लेख्नुहोस्")

    told = {
        next(word for word in found.groups() if word)
        for name in messages(language)
        if name.startswith(SHOP_ROOMS)
        for found in written.finditer((ROOT / language / f"{name}.j2").read_text(encoding="utf-8"))
    }

    # "packing" and its like are said to wholesalers in messages that both sides get.
    assert told - known <= {"offers", "अर्डर"}
