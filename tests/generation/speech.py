"""What people in Nepal say around the names of goods, in four languages: the words a list is made of."""

from enum import StrEnum


class Language(StrEnum):
    ENGLISH = "en"
    ROMAN_NEPALI = "roman_ne"
    NEPALI = "ne"
    HINDI = "hi"


EN, RO, NE, HI = Language.ENGLISH, Language.ROMAN_NEPALI, Language.NEPALI, Language.HINDI

UNIT_WORDS: dict[str, dict[Language, tuple[str, ...]]] = {
    "case": {
        EN: ("carton", "ctn", "case"),
        RO: ("carton", "ctn", "peti"),
        NE: ("कार्टुन", "पेटी"),
        HI: ("peti", "carton"),
    },
    "dozen": {EN: ("dozen", "dz"), RO: ("darjan", "dz"), NE: ("दर्जन",), HI: ("darjan", "dozen")},
    "pcs": {EN: ("pcs", "pieces"), RO: ("ota", "wota", "pcs"), NE: ("वटा", "ओटा"), HI: ("piece", "pcs")},
    "kg": {EN: ("kg", "kilo"), RO: ("kg", "kilo"), NE: ("किलो", "केजी"), HI: ("kilo", "kg")},
    "pkt": {EN: ("pkt", "packets"), RO: ("packet", "pkt"), NE: ("प्याकेट",), HI: ("packet", "pkt")},
    "btl": {EN: ("bottles", "btl"), RO: ("botal", "btl"), NE: ("बोतल",), HI: ("bottle",)},
    "sack": {EN: ("sack", "sacks"), RO: ("bora", "bori"), NE: ("बोरा",), HI: ("bori", "bora")},
    "bag": {EN: ("bag", "bags"), RO: ("ota",), NE: ("वटा",), HI: ("piece",)},
    "box": {EN: ("box", "boxes"), RO: ("box",), NE: ("बक्स",), HI: ("box",)},
    "strip": {EN: ("strip", "strips"), RO: ("strip", "ladi"), NE: ("लडी",), HI: ("strip",)},
    "bundle": {EN: ("bundle", "bundles"), RO: ("bundle",), NE: ("बन्डल",), HI: ("bundle",)},
    "crate": {EN: ("crate", "crates"), RO: ("crate",), NE: ("क्रेट",), HI: ("crate",)},
    "carton": {EN: ("carton", "ctn"), RO: ("carton",), NE: ("कार्टुन",), HI: ("carton",)},
    "jar": {EN: ("jar", "jars"), RO: ("jar",), NE: ("जार",), HI: ("jar",)},
    "tin": {EN: ("tins",), RO: ("tin",), NE: ("टिन",), HI: ("tin",)},
    "roll": {EN: ("roll", "rolls"), RO: ("roll",), NE: ("रोल",), HI: ("roll",)},
    "ream": {EN: ("ream", "reams"), RO: ("rim",), NE: ("रिम",), HI: ("ream",)},
    "coil": {EN: ("coil", "coils"), RO: ("coil",), NE: ("क्वाइल",), HI: ("coil",)},
    "set": {EN: ("set", "sets"), RO: ("set",), NE: ("सेट",), HI: ("set",)},
    "tube": {EN: ("tube", "tubes"), RO: ("ota",), NE: ("वटा",), HI: ("piece",)},
    "pouch": {EN: ("pouch", "pouches"), RO: ("ota",), NE: ("वटा",), HI: ("piece",)},
    "can": {EN: ("can", "cans"), RO: ("ota",), NE: ("वटा",), HI: ("piece",)},
    "pad": {EN: ("pads", "pcs"), RO: ("ota",), NE: ("वटा",), HI: ("piece",)},
    "sheet": {EN: ("sheets", "pcs"), RO: ("ota",), NE: ("वटा",), HI: ("piece",)},
}
NUMBER_WORDS: dict[Language, dict[int, str]] = {
    EN: {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 10: "ten"},
    RO: {1: "ek", 2: "dui", 4: "char", 5: "panch", 10: "das"},
    NE: {1: "एक", 2: "दुई", 3: "तीन", 4: "चार", 5: "पाँच", 10: "दश"},
    HI: {1: "ek", 4: "char", 5: "paanch", 10: "das"},
}
AND = {EN: "and", RO: "ra", NE: "र", HI: "aur"}
GREETINGS = {
    EN: ("Hello", "Good morning", "Hi, please send these"),
    RO: ("namaste dai", "hajur namaskar", "dai yo saman pathaunu"),
    NE: ("नमस्ते दाइ", "हजुर नमस्कार"),
    HI: ("namaste bhaiya", "bhai ye bhej do"),
}
THANKS = {
    EN: ("thank you", "please send soon", "Thanks 🙏"),
    RO: ("dhanyabad", "pathaidinus hai", "chito pathaunu hola 🙏"),
    NE: ("धन्यवाद", "पठाइदिनुहोला"),
    HI: ("bhej dena", "dhanyavad"),
}
TALK = {
    EN: ("We are open until 8 pm", "My boy will be in the shop tomorrow", "It is raining hard here today"),
    RO: ("bholi bihana samma pathaunu", "aaja pasal ma dherai bhid cha", "paisa bholi dinchu"),
    NE: ("भोलि बिहानसम्म पठाउनुहोला", "आज पसलमा भिड छ"),
    HI: ("kal subah tak bhej dena", "aaj dukan me bheed hai"),
}
"""Rows that ask for nothing: they add no goods and take none away."""

REFUSALS = {
    EN: (
        "cancel {}", "don't send {}", "please don't send {} this time", "I don't want {}", "{} not needed", "remove {}", "take {} off",
        "leave out {}", "no need of {}", "we don't need {} any more", "skip {}", "not {}", "no {} please", "stop {}",
    ),
    RO: (
        "{} cancel", "{} cancel gardinu", "{} nachahine bhayo", "{} chahidaina", "{} chahiena", "{} napathaunu", "{} pathaunu pardaina",
        "{} hataidinus", "{} nalyaunu", "{} chaina hatau", "{} pardaina", "{} radda gardinus", "malai {} chaidaina",
    ),
    NE: (
        "{} चाहिएन", "{} चाहिँदैन", "{} नपठाउनुहोस्", "{} हटाइदिनुस्", "{} रद्द गर्नुहोस्", "{} पठाउनु पर्दैन", "मलाई {} चाहिएन",
    ),
    HI: ("{} mat bhejna", "{} nahi chahiye", "{} hata do", "{} cancel kar do", "{} mat bhejo abhi", "{} rehne do", "{} मत भेजो", "{} नहीं चाहिए"),
}  # fmt: skip
QUESTIONS = {
    EN: (
        "how much is {}?", "do you have {}?", "price of {}?", "is {} in stock?", "what is the rate of {} today",
        "{} available?",
    ),
    RO: (
        "{} ko kati ho?", "{} cha?", "{} ko rate kati", "{} kati parcha?", "{} stock ma cha ki chaina?", "{} ko bhau kati cha aaja",
        "{} aayo?", "{} painchha?",
    ),
    NE: ("{} को कति हो?", "{} छ?", "{} को भाउ कति छ", "{} कति पर्छ?", "{} पाइन्छ?"),
    HI: ("{} ka rate kya hai?", "{} hai kya?", "{} kitne ka hai", "{} milega?", "{} का भाव क्या है?"),
}  # fmt: skip
REPORTS = {
    EN: (
        "{} came broken", "I received {} yesterday", "{} was short in the last delivery", "{} is still unsold here",
        "if the price drops I will take {}", "maybe {} next week", "my neighbour ordered {}", "I will order {} later",
    ),
    RO: (
        "{} phuteko aayo", "{} hijo aayo", "{} kam aayo", "{} bikena", "{} pasal ma dherai cha", "bhau ghatyo bhane {} linchu",
        "{} pachi magaula", "chhimeki le {} magayo",
    ),
    NE: ("{} फुटेको आयो", "{} हिजो आयो", "{} कम आयो", "{} बिकेन", "{} पछि मगाउँला", "भाउ घट्यो भने {} लिन्छु"),
    HI: ("{} toota hua aaya", "{} kal aaya tha", "{} kam aaya", "{} nahi bika", "{} baad me mangaunga", "rate kam hua to {} lunga"),
}  # fmt: skip
COUNTED_REPORTS = {
    EN: (
        "{number} of the {name} are broken",
        "{number} of the {name} were missing",
        "{number} of your {name} leaked",
    ),
    RO: (
        "{name} {number} ota phuteko raicha",
        "{name} ma {number} ota kam aayo",
        "{number} ota {name} bigreko aayo",
    ),
    NE: ("{name} {number} वटा फुटेको रहेछ", "{name} मा {number} वटा कम आयो"),
    HI: ("{name} {number} piece toota hua nikla", "{name} me {number} piece kam aaye"),
}
RATE_HEADINGS = (
    "Rates today",
    "Fwd: new price list",
    "Forwarded\nPRICE LIST",
    "aaja ko rate",
    "aajako bhau",
    "naya rate list",
    "आजको भाउ",
    "नयाँ मूल्य सूची",
    "aaj ka rate",
)
WITHDRAWALS = {
    EN: ("actually skip the {}", "leave the {} this time", "forget the {}", "no {} after all"),
    RO: ("{} chai napathaunu", "{} chai pardaina", "{} rahana dinus", "hoina {} hataunu"),
    NE: ("{} चाहिँ नपठाउनुहोस्", "{} पर्दैन", "{} हटाउनुस्"),
    HI: ("{} rehne do", "{} mat bhejna", "{} nahi chahiye"),
}
"""What takes back one of the goods that the same message asked for."""

CORRECTIONS = {
    EN: ("{name} {old}, no {new}", "{name} {old} sorry {new}", "{name} {old}... make that {new}", "{name} {old}\nmake that {new}", "{name} {old}, I mean {new}"),
    RO: ("{name} {old} haina {new}", "{name} {old} hoina {new}", "{name} {old}... haina haina {new}", "{name} {old}\nhaina {new} gardinu"),
    NE: ("{name} {old} होइन {new}", "{name} {old}, होइन {new} पठाउनुस्"),
    HI: ("{name} {old} nahi {new}", "{name} {old} nahi nahi {new}", "{name} {old} नहीं {new}"),
}  # fmt: skip
