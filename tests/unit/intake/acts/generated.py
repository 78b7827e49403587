"""Sentences made by a grammar: for each act, language and mood, whether it may move anything.

Nothing here looks at the reader: the words are written out, so that a form the reader does not know shows as a fault.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from core.intake.reading import Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    text: str
    role: Role
    act: str
    language: str
    mood: str

    @property
    def may_move(self) -> bool:
        return self.mood == "affirmed"


@dataclass(frozen=True, kw_only=True, slots=True)
class English:
    """`what` is what stands behind the verb; `commands` says that the bare verb is the act itself."""

    past: str
    base: str
    ing: str
    what: str
    passive: str  # what is done, as a subject
    commands: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Nepali:
    """Whole predicates; `{w}` is what they are about."""

    what: tuple[str, ...]
    done: tuple[str, ...]
    now: tuple[str, ...]
    denied: tuple[str, ...]
    future: tuple[str, ...]
    to: str  # the infinitive in -na
    of: str  # the infinitive in -nu


V, R = Role.VENDOR, Role.RETAILER

ENGLISH: dict[tuple[Role, str], English] = {
    (V, "dispatch"): English(past="dispatched", base="dispatch", ing="dispatching", what="1001", passive="1001"),
    (V, "deliver"): English(past="delivered", base="deliver", ing="delivering", what="04821", passive="04821"),
    (V, "accept"): English(past="accepted", base="accept", ing="accepting", what="1001", passive="order 1001"),
    (V, "cash"): English(past="received", base="receive", ing="receiving", what="the cash for 1001", passive="cash 1001", commands=False),
    (V, "deliver and cash"): English(past="received", base="receive", ing="receiving", what="cash 04821", passive="cash for 04821", commands=False),
    (V, "confirm"): English(past="received", base="receive", ing="receiving", what="the payment", passive="the payment", commands=False),
    (V, "withdraw"): English(past="withdrew", base="withdraw", ing="withdrawing", what="1001", passive="1001"),
    (V, "decline"): English(past="declined", base="decline", ing="declining", what="1001", passive="1001"),
    (R, "received"): English(past="received", base="receive", ing="receiving", what="1001", passive="the goods of 1001", commands=False),
    (R, "pay"): English(past="paid", base="pay", ing="paying", what="5000 by esewa ref AB1234", passive="5000", commands=False),
    (R, "pay cash"): English(past="paid", base="pay", ing="paying", what="5000 cash", passive="5000 cash", commands=False),
    (R, "cancel"): English(past="cancelled", base="cancel", ing="cancelling", what="1001", passive="1001"),
    (R, "place"): English(past="placed", base="place", ing="placing", what="the order on credit", passive="the order"),
}  # fmt: skip

ROMAN: dict[tuple[Role, str], Nepali] = {
    (V, "dispatch"): Nepali(
        what=("1001", "order 1001"), done=("pathaye", "pathaisake", "pathaiyo", "dispatch gare", "dispatch bhayo", "pathako"), now=("dispatch",),
        denied=("pathaena", "pathaina", "pathaeko chaina", "dispatch gareko chaina", "dispatch bhayena", "pathaisakeko chaina", "dispatch nagarnus", "pathaudina", "pathako xaina"),
        future=("pathauchu", "pathaunechu", "dispatch garchu", "pathaula", "pathaidinchu"), to="pathauna", of="pathaunu",
    ),
    (V, "deliver"): Nepali(
        what=("04821", "saman 04821"), done=("delivered", "deliver bhayo", "puryaye", "puryaidiye", "deliver gare", "diye"), now=("deliver",),
        denied=("delivered bhayena", "deliver bhayena", "puryaena", "deliver gareko chaina", "diena", "diyeko chaina", "pugena", "deliver bhako xaina", "puryaeko chaina"),
        future=("deliver garchu", "puryauchu", "puryaidinchu", "deliver hunecha", "dinchu", "puryaunechu"), to="puryauna", of="puryaunu",
    ),
    (V, "accept"): Nepali(
        what=("1001", "order 1001"), done=("accept gare", "accept bhayo"), now=("accept", "accept gara", "hunxa", "huncha", "thik cha", "swikar"),
        denied=("accept gardina", "accept gareko chaina", "accept nagarnus", "hudaina", "hunna", "accept garena", "accept gardaina", "swikar hudaina", "linna"),
        future=("accept garchu", "accept garnechu", "accept garula", "linchu"), to="accept garna", of="accept garnu",
    ),
    (V, "cash"): Nepali(
        what=("1001 cash", "1001 ko nagad"), done=("paye", "aayo", "diyo", "payo", "liye", "diye"), now=(),
        denied=("paina", "diena", "diyena", "aayena", "aako chaina", "paeko chaina", "diyeko chaina", "chaina", "liena"),
        future=("dincha", "aaucha", "dine re", "auncha", "linchu", "dinecha", "paincha"), to="lina", of="linu",
    ),
    (V, "deliver and cash"): Nepali(
        what=("04821 cash",), done=("paye", "aayo", "diyo", "payo"), now=(),
        denied=("paina", "diena", "diyena", "aayena", "diyeko chaina", "chaina"), future=("dincha", "aaucha", "dinecha", "bholi dincha", "pachi dincha"), to="lina", of="linu",
    ),
    (V, "confirm"): Nepali(
        what=("paisa", "esewa ko paisa"), done=("aayo", "payo", "paye", "aaisakyo"), now=(),
        denied=("aayena", "paina", "aako chaina", "paeko chaina"), future=("aaucha", "aaunecha", "dincha"), to="pauna", of="paunu",
    ),
    (V, "withdraw"): Nepali(
        what=("1001", "order 1001"), done=("withdraw gare",), now=("withdraw", "firta"),
        denied=("withdraw gardina", "withdraw nagarnus", "withdraw gareko chaina"), future=("withdraw garchu", "withdraw garnechu"), to="withdraw garna", of="withdraw garnu",
    ),
    (V, "closed"): Nepali(
        what=("aja pasal", "pasal"), done=("banda bhayo",), now=("banda", "banda cha"),
        denied=("banda chaina", "banda hudaina", "banda gardina", "banda gareko chaina", "banda bhayena"), future=("banda garchu", "banda garnechu", "banda hunecha"), to="banda garna", of="banda garnu",
    ),
    (V, "sold out"): Nepali(
        what=("chini", "wai wai chicken"), done=("sakiyo", "sakisakyo"), now=("chaina",),
        denied=("sakiyeko chaina", "sakiyena", "sakeko chaina"), future=("sakincha", "sakinecha"), to="sakina", of="sakinu",
    ),
    (R, "received"): Nepali(
        what=("1001", "saman"), done=("aayo", "pugyo", "aaipugyo", "paye", "aaisakyo", "bujhe"), now=(),
        denied=("aayena", "pugena", "paina", "aako chaina", "paeko chaina", "pugeko chaina", "aaipugena"), future=("aaucha", "pugcha", "aaunecha", "paunechu"), to="pauna", of="paunu",
    ),
    (R, "pay"): Nepali(
        what=("5000 esewa ref AB1234", "esewa bata 5000"), done=("tire", "pathaye", "tireko", "tirisake", "gare", "diye"), now=(),
        denied=("tirena", "tirina", "tireko chaina", "pathaena", "pathaeko chaina", "diena", "tireko xaina"), future=("tirchu", "tirnechu", "pathauchu", "tirula", "dinchu", "pathaunechu"), to="tirna", of="tirnu",
    ),
    (R, "pay cash"): Nepali(
        what=("5000 cash", "nagad 5000"), done=("tire", "diye", "diya", "tireko ho", "diisake"), now=(),
        denied=("tirena", "diena", "tireko chaina", "diyeko chaina"), future=("tirchu", "dinchu", "tirnechu", "dinechu"), to="tirna", of="tirnu",
    ),
    (R, "cancel"): Nepali(
        what=("1001", "order 1001"), done=("cancel gare", "cancel bhayo"), now=("cancel", "cancel garnus", "cancel gardinus", "radda garnus", "cancel gara"),
        denied=("cancel nagarnus", "cancel nagara", "cancel gareko haina", "cancel hudaina", "cancel gardina", "radda nagarnu"), future=("cancel garchu", "cancel garnechu"), to="cancel garna", of="cancel garnu",
    ),
    (R, "place"): Nepali(
        what=("udharo ma", "hunxa udharo ma", "order"), done=(), now=("pathaidinu", "pathaunus", "pathaideu", "gardinus", "pathau"),
        denied=("napathaunus", "napathaidinu", "pathaunu pardaina", "nagarnus", "napathau"), future=("pathaunechu", "garchu", "garnechu"), to="pathauna", of="pathaunu",
    ),
}  # fmt: skip

DEVANAGARI: dict[tuple[Role, str], Nepali] = {
    (V, "dispatch"): Nepali(
        what=("१००१",), done=("पठाएँ", "पठाइसकें", "पठाइयो", "डिस्प्याच गरें", "पठाएको छु"), now=(),
        denied=("पठाएको छैन", "पठाइनँ", "पठाएन", "पठाउँदिनँ", "नपठाउनुस्", "डिस्प्याच भएन"), future=("पठाउँछु", "पठाउनेछु", "पठाइदिन्छु"), to="पठाउन", of="पठाउनु",
    ),
    (V, "deliver"): Nepali(
        what=("०४८२१",), done=("पुर्याएँ", "डेलिभर भयो", "दिएँ", "बुझाएँ"), now=(),
        denied=("पुर्याएको छैन", "डेलिभर भएन", "दिएको छैन", "पुगेन", "दिएन", "बुझाएको छैन"), future=("पुर्याउँछु", "दिन्छु", "पुर्याउनेछु", "बुझाउँछु"), to="पुर्याउन", of="पुर्याउनु",
    ),
    (V, "accept"): Nepali(
        what=("१००१",), done=("स्वीकार गरें",), now=("स्वीकार", "हुन्छ", "ठिक छ", "स्वीकार छ"),
        denied=("स्वीकार गर्दिनँ", "स्वीकार छैन", "हुँदैन", "हुन्न", "स्वीकार नगर्नुस्"), future=("स्वीकार गर्छु", "स्वीकार गर्नेछु", "लिन्छु"), to="स्वीकार गर्न", of="स्वीकार गर्नु",
    ),
    (V, "cash"): Nepali(
        what=("१००१ नगद",), done=("पाएँ", "आयो", "दियो"), now=(), denied=("पाइनँ", "आएन", "दिएन", "दिएको छैन", "छैन"), future=("दिन्छ", "आउँछ", "दिनेछ"), to="लिन", of="लिनु",
    ),
    (V, "confirm"): Nepali(what=("पैसा",), done=("आयो", "पाएँ", "आइसक्यो"), now=(), denied=("आएन", "पाइनँ", "आएको छैन"), future=("आउँछ", "आउनेछ", "दिन्छ"), to="पाउन", of="पाउनु"),
    (R, "received"): Nepali(
        what=("१००१", "सामान"), done=("आयो", "पुग्यो", "पाएँ", "आइपुग्यो"), now=(), denied=("आएन", "पुगेन", "पाइनँ", "आएको छैन", "पुगेको छैन"), future=("आउँछ", "पुग्छ", "आउनेछ"), to="पाउन", of="पाउनु",
    ),
    (R, "pay"): Nepali(
        what=("ईसेवा ५००० ref AB1234", "५००० ईसेवा"), done=("तिरें", "पठाएँ", "तिरेको", "गरें"), now=(), denied=("तिरेको छैन", "तिरिनँ", "पठाएको छैन", "पठाइनँ"), future=("तिर्छु", "पठाउँछु", "तिर्नेछु"), to="तिर्न", of="तिर्नु",
    ),
    (R, "cancel"): Nepali(
        what=("१००१",), done=("रद्द गरें",), now=("रद्द गर्नुस्", "रद्द", "क्यान्सिल गर्नुहोस्"), denied=("रद्द नगर्नुस्", "रद्द गरेको होइन", "रद्द हुँदैन"), future=("रद्द गर्छु", "रद्द गर्नेछु"), to="रद्द गर्न", of="रद्द गर्नु",
    ),
    (R, "place"): Nepali(
        what=("उधारोमा", "हुन्छ उधारोमा"), done=(), now=("पठाइदिनुस्", "पठाउनुस्", "पठाउनुहोस्"), denied=("नपठाउनुस्", "नपठाइदिनुस्", "पठाउनु पर्दैन"), future=("पठाउनेछु", "गर्छु"), to="पठाउन", of="पठाउनु",
    ),
}  # fmt: skip

HINDI: dict[tuple[Role, str], Nepali] = {
    (V, "dispatch"): Nepali(what=("1001",), done=("bhej diya", "dispatch kar diya", "bheja"), now=(), denied=("nahi bheja", "dispatch nahi kiya", "bhej nahi paya", "mat bhejo", "abhi nahi bheja"), future=("bhejunga", "bhej dunga", "dispatch karunga", "kal bhejenge"), to="bhejna", of="bhejna"),
    (V, "deliver"): Nepali(what=("04821",), done=("deliver kar diya", "de diya", "pahuncha diya", "deliver ho gaya"), now=(), denied=("deliver nahi kiya", "nahi diya", "deliver nahi hua", "nahi pahuncha"), future=("deliver karunga", "de dunga", "pahuncha dunga", "kal denge"), to="deliver karna", of="deliver karna"),
    (V, "accept"): Nepali(what=("1001",), done=("accept kiya", "accept kar liya"), now=("accept", "theek hai", "thik hai", "manjoor"), denied=("accept nahi", "accept mat karo", "nahi chahiye", "accept nahi karunga", "nahi ho payega"), future=("accept karunga", "accept karenge", "le lunga"), to="accept karna", of="accept karna"),
    (V, "cash"): Nepali(what=("1001 cash", "1001 ka cash"), done=("mila", "mil gaya", "aaya", "de diya"), now=(), denied=("nahi mila", "nahi diya", "nahi aaya"), future=("milega", "dega", "denge", "kal dega"), to="lena", of="lena"),
    (V, "confirm"): Nepali(what=("paisa", "payment"), done=("aaya", "aa gaya", "mil gaya", "mila"), now=(), denied=("nahi aaya", "nahi mila"), future=("aayega", "milega"), to="lena", of="lena"),
    (R, "received"): Nepali(what=("1001", "maal"), done=("mila", "aa gaya", "mil gaya", "pahunch gaya"), now=(), denied=("nahi mila", "nahi aaya", "nahi pahuncha"), future=("milega", "aayega", "pahunchega"), to="lena", of="lena"),
    (R, "pay"): Nepali(what=("5000 esewa ref AB1234", "esewa se 5000"), done=("de diya", "bhej diya", "diya", "pay kiya"), now=(), denied=("nahi diya", "nahi bheja", "pay nahi kiya"), future=("dunga", "bhejunga", "pay karunga", "de denge"), to="dena", of="dena"),
    (R, "cancel"): Nepali(what=("1001",), done=("cancel kar diya",), now=("cancel kar do", "cancel karo", "cancel"), denied=("cancel mat karo", "cancel nahi karna", "cancel nahi kiya"), future=("cancel karunga", "cancel kar dunga"), to="cancel karna", of="cancel karna"),
}  # fmt: skip


# What is said of money that came, and takes some of it back: another sum, payer, way or day, or a doubt.
_CAME = {
    "en": ("received", "it came", "the money came", "yes received", "got it", "payment received", "yes it has come"),
    "ne-Latn": ("aayo", "paisa aayo", "paisa aako ta cha", "paye", "ho aayo", "aaisakyo", "paisa ta aayo", "maile paye"),
    "ne": ("आयो", "पैसा आयो", "पाएँ", "पैसा त आयो", "हो आयो", "पैसा आइसक्यो"),
    "hi": ("aaya", "paisa aaya", "mil gaya", "haan mila", "payment aa gaya", "ha aa gaya"),
}  # fmt: skip
_BUT = {
    "en": (" but ", ", but ", ". but ", "\nbut ", " however "),
    "ne-Latn": (" tara ", ", tara ", ". tara ", "\ntara ", " tar "),
    "ne": (" तर ", ", तर ", "। तर ", "\nतर "),
    "hi": (" lekin ", ", lekin ", ". lekin ", " magar ", " par ", "\nlekin "),
}
_AND_THEN = (", ", ". ", "\n", " - ")
# These take it back with and without a "but".
_TAKEN_BACK = {
    "en": ("only 18000", "18000 only", "18000 not 20000", "not 20000, 18000", "2000 less", "2000 is missing", "not all of it", "not from asha", "not from him",
           "from another shop", "it is not asha's", "not by esewa", "by bank not esewa", "let me check first", "i am not sure", "don't know who sent it", "2000 is left"),
    "ne-Latn": ("18000 matra", "18000 matrai", "20000 haina 18000", "20000 hoina 18000 ho", "2000 kam", "2000 kam cha", "2000 baki cha", "2000 aayena", "asha ko haina", "asha ko hoina",
                "usko haina", "arkai pasal ko ho", "arkai manche ko", "esewa ma haina bank ma", "esewa bata hoina", "check garnu parcha", "pakka chaina", "thaha chaina kasko ho",
                "sabai haina", "pura haina", "aadha matra", "baki bholi dincha re"),
    "ne": ("१८००० मात्र", "२०००० होइन १८०००", "२०००० हैन १८००० हो", "२००० कम", "२००० बाँकी छ", "२००० आएन", "आशाको होइन", "उसको होइन", "अर्कै पसलको हो", "इसेवामा होइन बैंकमा", "हेर्नु पर्छ", "पक्का छैन", "थाहा छैन कसको हो",
           "सबै होइन", "आधा मात्र"),
    "hi": ("18000 hi", "sirf 18000", "20000 nahi 18000", "2000 kam", "2000 baki hai", "2000 nahi aaya", "asha ka nahi", "uska nahi hai", "kisi aur ka hai", "esewa se nahi bank se",
           "dekhna padega", "pakka nahi", "pata nahi kiska hai", "pura nahi"),
}  # fmt: skip
# These only behind a "but": beside a payment they may be about it, or about something else.
_TAKEN_BACK_BY_BUT = {
    "en": ("through khalti", "yesterday", "for the old bill", "the rest tomorrow", "from another number", "the name is different"),
    "ne-Latn": ("khalti bata", "hijo ko", "purano hisab ko", "arko number bata", "naam arkai cha", "aaja haina hijo"),
    "ne": ("खल्तीबाट", "हिजोको", "पुरानो हिसाबको", "नाम अर्कै छ"),
    "hi": ("khalti se", "kal ka", "purane hisab ka", "naam alag hai"),
}  # fmt: skip
_TAKEN_BACK_BEFORE = {
    "en": ("not 20000, 18000 came", "only 18000 came not 20000", "18000 came, 2000 did not", "not from asha, it came from another shop", "not all, 18000 received"),
    "ne-Latn": ("20000 haina 18000 aayo", "20000 hoina, 18000 matra aayo", "pura aayena, 18000 aayo", "asha ko haina, arko ko aayo", "18000 aayo, 2000 baki cha", "18000 aayo 2000 aayena", "sabai haina 18000 aayo"),
    "ne": ("२०००० होइन १८००० आयो", "पूरा आएन, १८००० आयो", "आशाको होइन, अर्कोको आयो", "१८००० आयो, २००० बाँकी छ"),
    "hi": ("20000 nahi 18000 aaya", "pura nahi, 18000 aaya", "asha ka nahi, kisi aur ka aaya", "18000 aaya 2000 nahi aaya"),
}  # fmt: skip
# What stands beside it and takes nothing back.
_BESIDE = {
    "en": ("thanks", "thank you", "ok"),
    "ne-Latn": ("dhanyabad", "dai", "namaste"),
    "ne": ("धन्यवाद", "नमस्ते"),
    "hi": ("dhanyavad", "shukriya"),
}


# A doubt behind a "but" takes back whatever was said before it.
_DOUBTED = {
    (V, "accept"): {"en": ("accept 1001", "1001 accepted"), "ne-Latn": ("1001 huncha", "1001 accept"), "ne": ("१००१ हुन्छ",), "hi": ("1001 theek hai",)},
    (V, "dispatch"): {"en": ("dispatched 1001", "1001 dispatched"), "ne-Latn": ("1001 pathaye", "1001 dispatch bhayo"), "ne": ("१००१ पठाएँ",), "hi": ("1001 bhej diya",)},
    (V, "deliver"): {"en": ("delivered 04821",), "ne-Latn": ("04821 diye", "04821 deliver bhayo"), "ne": ("०४८२१ दिएँ",), "hi": ("04821 de diya",)},
    (V, "cash"): {"en": ("cash received for 1001", "1001 cash received"), "ne-Latn": ("1001 cash paye", "cash paye"), "ne": ("१००१ नगद पाएँ",), "hi": ("1001 cash mila",)},
    (V, "withdraw"): {"en": ("withdrew 1001",), "ne-Latn": ("1001 firta",), "ne": ("१००१ फिर्ता",), "hi": ("1001 wapas",)},
    (R, "received"): {"en": ("received 1001",), "ne-Latn": ("1001 aayo", "saman aayo"), "ne": ("सामान आयो",), "hi": ("1001 mil gaya",)},
    (R, "pay"): {"en": ("paid 5000 esewa ref AB1234",), "ne-Latn": ("5000 esewa ref AB1234 pathaye",), "ne": ("इसेवा ५००० ref AB1234 तिरें",), "hi": ("5000 esewa ref AB1234 bheja",)},
    (R, "place"): {"en": ("yes", "ok send it", "yes on credit"), "ne-Latn": ("ho", "huncha", "ok pathaunu"), "ne": ("हुन्छ", "पठाउनुस्"), "hi": ("haan", "bhej do")},
    (R, "cancel"): {"en": ("cancel 1001",), "ne-Latn": ("1001 cancel garnus",), "ne": ("१००१ रद्द गर्नुस्",), "hi": ("1001 cancel kar do",)},
}  # fmt: skip
_DOUBTS = {
    "en": (
        "i am not sure",
        "let me check first",
        "i will ask first",
        "wait for my call",
        "don't know",
        "not yet",
    ),
    "ne-Latn": (
        "pakka chaina",
        "sodhera bhanchu",
        "herna parcha",
        "thaha chaina",
        "ek chin parkhinu",
        "ajhai hoina",
    ),
    "ne": ("पक्का छैन", "सोधेर भन्छु", "हेर्नु पर्छ", "थाहा छैन", "एकछिन पर्खनुस्"),
    "hi": ("pakka nahi", "puchh ke batata hu", "dekhna padega", "pata nahi", "thoda ruko"),
}


def _doubted_after_all() -> Iterator[tuple[Role, str, str, str, str]]:
    for (role, act), by_language in _DOUBTED.items():
        for language, heads in by_language.items():
            for head, join, doubt in product(heads, _BUT[language], _DOUBTS[language]):
                yield role, act, language, "taken back", f"{head}{join}{doubt}"


def _money_that_came_after_all() -> Iterator[tuple[str, str, str]]:
    """Money that came, with a second word behind or before it: whoever books it without asking books a sum that nobody meant."""
    for language, heads in _CAME.items():
        for head in heads:
            for join, tail in product((*_BUT[language], *_AND_THEN), _TAKEN_BACK[language]):
                yield language, "taken back", f"{head}{join}{tail}"
            for join, tail in product(_BUT[language], _TAKEN_BACK_BY_BUT[language]):
                yield language, "taken back", f"{head}{join}{tail}"
            for join, tail in product(_AND_THEN, _BESIDE[language]):
                yield language, "affirmed", f"{head}{join}{tail}"
        for text in _TAKEN_BACK_BEFORE[language]:
            yield language, "taken back", text


def sentences() -> Iterator[Sentence]:
    """Give all sentences of the grammar, each once."""
    seen: set[tuple[Role, str]] = set()
    for sentence in _all():
        if (sentence.role, sentence.text) not in seen:
            seen.add((sentence.role, sentence.text))
            yield sentence


def _all() -> Iterator[Sentence]:
    for (role, act), english in ENGLISH.items():
        for mood, text in _english(english):
            yield from _noised(text, role, act, "en", mood)
    for language, table in (("ne-Latn", ROMAN), ("ne", DEVANAGARI), ("hi", HINDI)):
        for (role, act), nepali in table.items():
            for mood, text in _nepali(nepali, language):
                yield from _noised(text, role, act, language, mood)
    for language, mood, text in (*_numbered_payments(), *_denied_questions()):
        yield from _noised(text, R, "pay", language, mood)
    for role, act, language, mood, text in _doubted_after_all():
        yield Sentence(text=text, role=role, act=act, language=language, mood=mood)
    for language, mood, text in _money_that_came_after_all():
        yield Sentence(text=text, role=V, act="confirm", language=language, mood=mood)


def _numbered_payments() -> Iterator[tuple[str, str, str]]:
    """Payments in which "no" is "number" and denies nothing, and the same ones denied."""
    for way, (marker, name) in product(
        ("esewa", "khalti", "bank"),
        (
            ("ref no", "77AB1"),
            ("txn no", "KK1200"),
            ("transaction no.", "NB4455"),
            ("ref no:", "AX77"),
            ("slip no", "KT881"),
            ("no", "RX5521"),
        ),
    ):
        numbered = f"{marker} {name}"
        yield "en", "affirmed", f"paid 2000 {way} {numbered}"
        yield "en", "denied", f"have not paid 2000 {way} {numbered}"
        for done, denied in (
            ("pathaye", "pathaeko chaina"),
            ("tire", "tireko chaina"),
            ("hale", "haleko chaina"),
        ):
            yield "ne-Latn", "affirmed", f"{way} bata 1200 {done} {numbered}"
            yield "ne-Latn", "denied", f"{way} bata 1200 {denied} {numbered}"
    for numbered in ("no 555111", "no. 555111", "number 555111"):
        yield "en", "affirmed", f"paid 6000 by cheque {numbered}"
        yield "ne-Latn", "affirmed", f"cheque {numbered} 6000 diye"
        yield "ne-Latn", "denied", f"cheque {numbered} 6000 diyeko chaina"


def _denied_questions() -> Iterator[tuple[str, str, str]]:
    """What is answered to "have you already paid?", and a payment put off: nothing of it moves."""
    for text in (
        "no, i haven't paid",
        "no not paid yet",
        "i have no money now",
        "not now, i will pay later",
        "no money today",
    ):
        yield "en", "denied", text
    for text in (
        "hoina tireko chaina",
        "tireko chaina",
        "diyeko chaina ahile",
        "paisa chaina ahile",
        "hoina paisa chaina ahile",
        "paisa chaina aile, pachi dinchu",
        "ahile chaina, bholi dinchu",
        "hoina hoina tireko chaina",
        "aja lidina, paisa chaina",
    ):
        yield "ne-Latn", "denied", text
    for text in ("तिरेको छैन", "होइन, तिरेको छैन", "पैसा छैन अहिले", "अहिले छैन, भोलि दिन्छु"):
        yield "ne", "denied", text


_QUESTION_ENDS = {
    "ne-Latn": ("?", " ho?", " ki?"),
    "ne": ("?", " हो?", " कि?"),
    "hi": ("?", " kya?", " hai kya?"),
}


def _noised(text: str, role: Role, act: str, language: str, mood: str) -> Iterator[Sentence]:
    polite = {"en": " please", "ne-Latn": " hai", "ne": " है", "hi": " ji"}[language]
    greeting = {"en": "hello, ", "ne-Latn": "dai ", "ne": "दाइ ", "hi": "bhai "}[language]
    for said in (
        text,
        text.upper(),
        text.replace("'", ""),
        text.replace("'", "’"),
        text + ".",
        greeting + text,
        text if text.endswith("?") else text + polite,
    ):
        yield Sentence(text=said, role=role, act=act, language=language, mood=mood)


def _english(verb: English) -> Iterator[tuple[str, str]]:  # noqa: C901 - one table of frames
    past, base, ing, what, passive = verb.past, verb.base, verb.ing, verb.what, verb.passive
    done = (f"{past} {what}", f"i {past} {what}", f"we have {past} {what}", f"just {past} {what}")
    if past not in {base, "withdrew"}:
        done = (*done, f"{passive} {past}", f"{passive} is {past}")
    for text in (*done, *((f"{base} {what}", f"please {base} {what}") if verb.commands else ())):
        yield "affirmed", text
    for no in ("not", "never", "haven't", "hasn't", "did not"):
        yield (
            "denied",
            f"{no} {past if no in ('not', 'never', 'haven' + chr(39) + 't', 'hasn' + chr(39) + 't') else base} {what}",
        )
    for text in (
        f"i didn't {base} {what}",
        f"don't {base} {what}",
        f"do not {base} {what}",
        f"can't {base} {what}",
        f"{passive} not {past}",
        f"{passive} not {past} yet",
        f"{passive} isn't {past}",
        f"{passive} wasn't {past}",
        f"we haven't {past} {what} yet",
        f"cannot {base} {what}",
        f"{past} {what}, no",
        f"{past} {what} not",
    ):
        yield "denied", text
    for text in (
        f"{past} {what}?",
        f"did you {base} {what}",
        f"did you mean {base} {what}?",
        f"is {passive} {past}",
        f"is {passive} {past}?",
        f"should i {base} {what}",
        f"can i {base} {what}?",
        f"have you {past} {what}",
        f"when did you {base} {what}",
        f"who {past} {what}",
        f"why {past} {what}",
        f"how to {base} {what}",
        f"what if i {base} {what}",
        f"was {passive} {past}?",
        f"shall i {base} {what}",
    ):
        yield "asked", text
    for text in (
        f"i will {base} {what}",
        f"i'll {base} {what}",
        f"i will {base} {what} tomorrow",
        f"{passive} will be {past}",
        f"going to {base} {what}",
        f"we are going to {base} {what}",
        f"tomorrow i will {base} {what}",
        f"i shall {base} {what} later",
        f"{ing} {what} tomorrow",
        f"gonna {base} {what}",
        f"will {base} {what} soon",
    ):
        yield "future", text
    for condition in (
        "if he pays",
        "if the money comes",
        "once it is there",
        "unless he calls",
        "after he pays",
        "when the driver comes",
        "as soon as you confirm",
        "until friday",
    ):
        yield "conditional", f"{past} {what} {condition}"
        yield "conditional", f"{condition}, {base} {what}"
        yield "conditional", f"{base} {what} {condition}"
    for wish in (
        "i want to",
        "i would like to",
        "hoping to",
        "we plan to",
        "trying to",
        "i wish to",
        "he wants to",
        "we intend to",
    ):
        yield "wished", f"{wish} {base} {what}"
    for due in ("i need to", "i have to", "we must", "still to", "yet to", "he has to"):
        yield "due", f"{due} {base} {what}"
    yield "due", f"{passive} still has to be {past}"
    yield "due", f"{passive} to be {past}"
    for head in ("he said", "he says", "the driver told me", "they claim", "i heard", "someone said"):
        yield "reported", f"{head} {past} {what}"
        yield "reported", f"{past} {what} {head}"
    for doubt in ("maybe", "perhaps", "i think", "probably"):
        yield "doubted", f"{doubt} {past} {what}"
        yield "doubted", f"{past} {what} {doubt}"


_ROMAN_FRAMES = {
    "ne-Latn": {
        "asked": ("{p} ki", "{p} ho ra", "{p} ki nai", "ke {p}", "kasle {p}", "kahile {p}", "kina {p}", "kati {p}", "{p} hola", "{p} ta?"),
        "conditional": ("{p} bhane", "paisa aayo bhane {p}", "yadi {p}", "{p} bhane bhannu", "agar {p}", "usle bhanepachi {p}"),
        "reported": ("{p} re", "{p} bhanyo", "{p} bhanera bhanyo", "usle {p} bhaneko", "{p} bhandai thiyo", "{p} rahecha", "ram le bhanyo {p}"),
        "wished": ("{to} chahanchu", "{to} khojdai chu", "{to} man cha"),
        "due": ("{of} parcha", "{to} baki cha", "{of} parne", "{of} paryo", "{to} baki"),
        "doubted": ("sayad {p}", "{p} jasto cha", "{p} jasto lagcha"),
        "later": ("bholi {f}", "{f} bholi", "parsi {f}", "pachi {f}"),
    },
    "ne": {
        "asked": ("{p} कि", "{p} हो र", "के {p}", "कसले {p}", "कहिले {p}", "किन {p}", "{p} होला"),
        "conditional": ("{p} भने", "पैसा आयो भने {p}", "यदि {p}"),
        "reported": ("{p} रे", "{p} भन्यो", "उसले {p} भनेको"),
        "wished": ("{to} चाहन्छु", "{to} खोज्दैछु"),
        "due": ("{of} पर्छ", "{to} बाँकी छ", "{of}पर्छ", "{of} पर्ने"),
        "doubted": ("सायद {p}", "{p} जस्तो छ"),
        "later": ("भोलि {f}", "पर्सि {f}", "पछि {f}"),
    },
    "hi": {
        "asked": ("kya {p}", "{p} kya", "kab {p}", "kisne {p}", "kyon {p}"),
        "conditional": ("agar {p}", "jab {p}", "paisa aaye to {p} agar"),
        "reported": ("usne kaha {p}", "{p} bola", "suna hai {p}"),
        "wished": ("{to} chahta hu", "{to} chahte hain"),
        "due": ("{to} hai abhi baki", "{to} padega", "{to} baki hai"),
        "doubted": ("shayad {p}",),
        "later": ("kal {f}", "{f} kal", "baad me {f}"),
    },
}  # fmt: skip


def _nepali(verb: Nepali, language: str) -> Iterator[tuple[str, str]]:
    frames = _ROMAN_FRAMES[language]
    for what in verb.what:
        for predicate in (*verb.done, *verb.now):
            yield "affirmed", f"{what} {predicate}"
            for end in _QUESTION_ENDS[language]:
                yield "asked", f"{what} {predicate}{end}"
            for mood in ("asked", "conditional", "reported", "doubted"):
                for frame in frames[mood]:
                    yield mood, frame.format(p=f"{what} {predicate}")
        for predicate in verb.denied:
            yield "denied", f"{what} {predicate}"
            yield "denied", f"{predicate} {what}"
        for predicate, frame in product(verb.future, ("{f}", *frames["later"])):
            yield "future", f"{what} " + frame.format(f=predicate)
        for mood in ("wished", "due"):
            for frame in frames[mood]:
                yield mood, f"{what} " + frame.format(to=verb.to, of=verb.of)
