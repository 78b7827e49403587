"""The forms of Nepali verbs, made from their stems: what was done, will be, shall be, was not, must not.

Only forms that people type are made; each is looked up whole, so that an ending is never guessed from a word's shape.
"""

from collections.abc import Iterator
from enum import StrEnum


class Tense(StrEnum):
    PAST = "past"
    FUTURE = "future"  # also the habitual present: "garchu" is what I do and what I am going to do
    COMMAND = "command"
    BARE = "bare"  # a stem, an infinitive or a participle: says by itself neither that it is done nor that it shall be
    IF = "if"
    DUE = "due"  # still to be done


# What is written after a stem that ends in a consonant, by tense; "-" marks forms that deny.
_CONSONANT = {
    Tense.PAST: "yo e en eu yau eko eka eki ya iyo iye iyeko ieko ihale isake isaken isakyo isakeko isakiyo nubhayo nubho nubhaeko idie idiye idiyo idieko ideko idiyeko dieko diye diyo isakeko iyeko isakya ya yaa ekai",
    Tense.FUTURE: "chu cha chau chan nchu nechu necha nechau nechan ne ula aula unla la lan nuhuncha nuhunecha daichu daicha daichau daichan dai da idinchu idincha idinechu idinecha idine dinchu dincha dinechu idiula ideula ihalchu ihalcha idaichu iraheko irachu iracha iraachu iracu",
    Tense.COMMAND: "a nus nu nuhos nuhola nuna nusna nuhosna u um aum au aun idinu idinus idinuhos idinuhola idinusna idinuna dinu dinus dinuhos dinuhola ideu ideuna idiu idinusa idinus idinush idium ideum",
    Tense.BARE: "na nalai nako era i ikana nai nama nuko",
    Tense.IF: "epachi ebhane yobhane eta nasath",
    Tense.DUE: "nuparcha nuparne nuparyo nuparla nuparthyo nuparnecha nabaki",
}  # fmt: skip
_CONSONANT_DENIED = {
    Tense.PAST: "ena enan ina inan enau enas iena ienan eno enaa nubhaena nabhaena ekochaina ekochainan nasakena idiena idienan diena ideno idina",
    Tense.FUTURE: "dina daina dainan dinan dinau dainau nna nnan nnas idinna idindina idaina dinna nesakina nuhunna nuhudaina nechaina nehaina",
}  # fmt: skip
_AU = {
    Tense.PAST: "yo e ye en ye yen yeu eu yau eko yeko ko eka yeka ka iyo iye iyeko ieko isake isaken isakyo isakeko isakiyo unubhayo unubho unubhaeko idie idiye idiyo idieko ideko idiyeko ekai ya",
    Tense.FUTURE: "uchu ucha uchau uchan unchu uncha unchau unchan unechu unecha unechau unechan une ula unla ulaa unuhuncha unuhunecha udaichu udaicha udaichan udai uda undai undaichu idinchu idincha idinechu idinecha idine idiula ideula ihalchu ihalcha udaichau iraheko irachu iracha iraachu",
    Tense.COMMAND: "u unus unu unuhos unuhola unuhosna unusna ununa um aum un idinu idinus idinuhos idinuhola idinusna idinuna ideu ideuna idiu idinush idium ideum",
    Tense.BARE: "una unalai unako era yera i unama unuko",
    Tense.IF: "epachi yepachi ebhane yobhane",
    Tense.DUE: "unuparcha unuparne unuparyo unuparla unuparthyo unabaki",
}  # fmt: skip
_AU_DENIED = {
    Tense.PAST: "ena yena enan yenan ina inan yina enau yenau iena iyena eno ekochaina unubhaena idiena idienan ideno idina",
    Tense.FUTURE: "udina udaina udainan udinan udinau udainau undina undaina undainan unna unnan unnas idinna idindina idaina unuhunna unuhudaina nechaina",
}  # fmt: skip
_I = {
    Tense.PAST: "ie iye iyo eko iyeko ieko en ieu iyau ya iisake isake isaken isakyo isakeko isakiyo inubhayo inubho inubhaeko iiyo iyen iekai ien",
    Tense.FUTURE: "inchu incha inchau inchan inechu inecha inechau inechan eula iula iunla inuhuncha idaichu idaicha idaichan idai ida indaichu inuhunecha ihalchu iraheko irachu",
    Tense.COMMAND: "eu iu u inus inu inuhos inuhola inusna inuna ium eum inush irakha irakhnu",
    Tense.BARE: "ina iera inama inalai",
    Tense.IF: "epachi iepachi iebhane iyobhane",
    Tense.DUE: "inuparcha inuparne inuparyo inuparla inuparthyo",
}  # fmt: skip
_I_DENIED = {
    Tense.PAST: "iena iyena ena ienan iyenan iina inan eno inubhaena ekochaina iinan",
    Tense.FUTURE: "inna innan indina indaina indainan idaina ididina ididaina idainan inuhunna inuhudaina",
}  # fmt: skip
_CLASSES = {
    "consonant": (_CONSONANT, _CONSONANT_DENIED),
    "au": (_AU, _AU_DENIED),
    "i": (_I, _I_DENIED),
}


def forms(stem: str, conjugation: str) -> Iterator[tuple[str, Tense, bool]]:
    """Give every form of a verb with its tense, and whether it denies. Commands are also denied by their "na-"."""
    affirmed, denied = _CLASSES[conjugation]
    for tense, endings in affirmed.items():
        for ending in endings.split():
            yield stem + ending, tense, False
            if tense in (Tense.COMMAND, Tense.IF) or ending in ("i", "era", "eko", "yo", "e"):
                yield "na" + stem + ending, tense, True
    for tense, endings in denied.items():
        for ending in endings.split():
            yield stem + ending, tense, True
