"""Numbers and words that are never an order: clock times, dates, telephones, addresses, links, list numbers."""

import re
from bisect import bisect_left

from core.intake.language.lexicon import Lexicon
from core.intake.language.tokens import Kind, Token

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
    "|bais?akh|jesth?a?|jeth|as(?:h)?adh?|s(?:h)?r?awan|saun|bhad(?:ra|au)|as(?:h)?win|asoj|kartik|mangsir|pou?sh|magh|fa(?:l)?gun|chait(?:ra)?"
    "|बैशाख|जेठ|असार|साउन|भदौ|असोज|कात्तिक|मंसिर|पुष|माघ|फागुन|चैत"
)
CLOCK = r"(?:baje|bajey|bje|baji|bajetira|bajesamma|bajebhitra|oclock|o'clock|बजे|बजेतिर|बजेसम्म|बजेभित्र)"
PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:https?://|www\.)\S+",
        r"(?<!\S)\S{1,64}@[\w-]{1,64}(?:\.[\w-]{1,20}){1,4}",
        r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?!\d)\s*(?:[ap]m\b)?",
        rf"(?<![\d.])\d{{1,2}}(?:[.:]\d{{2}})?(?:\s*-\s*\d{{1,2}})?\s*{CLOCK}",
        r"(?<![\d.])\d{1,2}\s?(?:am|pm)\s+(?:samma|bhitra|vitra|tira|ma\b|tak|se pehle|agadi|sharp)",
        r"\b(?:quarter|half|\d{1,2})\s+(?:past|to)\s+\d{1,2}(?!\d)(?=\s*(?:$|[^\w\s]|delivery|deliver|please|pls|am|pm|ma|o'?clock|\n))",
        r"\b(?:quarter|half)\s+past\s+\d{1,2}(?!\d)",
        r"(?:\b(?:by|before|after|at|around|till|until)\s+)\d{1,2}\s?(?:am|pm)\b",
        r"(?<![\d.])(?:[1-9]|1[0-2])\s?am\b",
        r"(?<!\d)\d{4}[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)|(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?!\d)",
        r"(?<!\d)\d{1,2}\s*(?:gate|gatey|tarikh|tarik|st|nd|rd|th|गते|तारिख|तारीख)(?!\w)",
        rf"(?<!\w)(?:{MONTHS})\s*\d{{1,2}}(?!\d)(?=\s*(?:gate|samma|ma|,|\.|$|\n|गते))",
        rf"(?<!\d)\d{{1,2}}\s*(?:{MONTHS})(?!\w)",
        r"\+?977[- ]?\d{8,10}(?!\d)",
        r"(?<!\w)9[678]\d{2}[\dx*]{5,8}(?!\w)|(?<!\w)9[678]\d[- ]?\d{3}[- ]?\d{4}(?!\w)|(?<!\d)0\d{1,2}-?\d{6,7}(?!\d)",
        r"(?<!\w)(?:phone|mobile|mob|ph|contact|call|fon|sampark|फोन|मोबाइल|सम्पर्क)\s*(?:no|number|nambar|nam|नं|नम्बर)?\s*[.:-]?\s*\+?\d[\d -]{5,14}\d",
        r"(?<!\w)(?:ward|wada|woda|वडा|house|ghar|gali|galli|tole|tol|marg|plot|flat|block|sadak|street|lane|floor|talla|shop)\s*(?:no|number|nambar|nam|na|नं|नम्बर)?\s*[.:#-]?\s*\d{1,4}(?!\d)(?!\s*(?:ota|wota|kg|kilo|pkt|carton|ctn|case|peti|bora|darjan|pcs))",
        r"(?:pan|vat|bill|invoice|receipt)\s*(?:no|number|nambar|नं)?\s*[.:#-]?\s*\d{3,}",
        r"(?:budget|bajet|बजेट)\s*(?:of|ko|is|:)?\s*(?:rs\.?)?\s*\d[\d,]{0,14}|(?<![\w,])\d[\d,]{0,14}\s*(?:ko)?\s*(?:budget|bajet|बजेट)",
        r"(?<!\w)#\s?\d{2,}",
        r"[(\[][^()\[\]\n]{0,20}\d\s*(?:pcs|pc|ota|wota|pkt|kg|g|ml|l)?\s*(?:/|per\b|x|\*)[^()\[\]\n]{0,20}[)\]]",
        r"(?<!\w)(?:ref|reference|txn|txnid|transaction|trx|utr|voucher|code|receipt)\w{0,3}\s*(?:no|id|number|code|is|:|#|-|\.)?\s*[:#.-]?\s*(?=[a-z-]{0,12}\d)[a-z0-9-]{3,25}",
        r"(?<!\w)(?=[a-z0-9]*\d[a-z]+\d)(?!(?:\d+(?:kg|gm|g|ml|ltr|l|x|ctn|carton|pkt|pcs|case|dz|peti|bora)x?)+\d*(?!\w))(?![a-z]{3,}\d+(?:kg|gm|g|ml|ltr|l)?x\d{1,3}(?!\w))[a-z0-9]{5,25}(?!\w)",
    )
)
ORDER_NUMBER = re.compile(
    r"(?:order|अर्डर|ऑर्डर)\s*(?:(?:no|number|nambar|id|#|नं)\s*[.:#-]?\s*\d{1,6}|[.:#-]?\s*\d{3,6})(?!\d)(?!\s*(?:ota|wota|kg|kilo|pkt|carton|ctn|case|peti|pcs))",
    re.IGNORECASE,
)
LIST_NUMBER = re.compile(
    r"^[ \t]*\(?(\d{1,3})\s?[.)](?!\d)(?=[ \t]*\S)|^[ \t]*\(?(\d{1,3})[.)](?=\d+\s?(?:x|kg|g|ml|l|ltr|ctn|carton|pkt|case|dz)\b)",
    re.MULTILINE,
)
LABEL = re.compile(
    r"^[ \t]*(?:item|product|saman|sn|sr|line)\s*(?:no|number)?\s*[.#-]?\s*\d{1,3}\s*[:.)-]",
    re.IGNORECASE | re.MULTILINE,
)
INLINE_NUMBER = re.compile(r"(?<![\w.,(])(\d{1,2})[.)](?=\s*[^\W\d_])")
ROW_NUMBER = re.compile(r"^[ \t]*(\d{1,2})(?:\s*[-:])?[ \t]+(?=[^\W\d_])")
NUMBER = re.compile(r"\d")


def mark(text: str, tokens: list[Token], words: Lexicon) -> list[bool]:
    """Say for each token whether it belongs to something that is no order."""
    marks = [False] * len(tokens)
    starts = [token.start for token in tokens]
    for start, end in _spans(text):
        place = bisect_left(starts, start)
        while place < len(tokens) and tokens[place].end <= end:
            marks[place] = True
            place += 1
    _mark_addresses(tokens, words, marks)
    return marks


def _spans(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    if not NUMBER.search(text) and "www" not in text and "@" not in text and "://" not in text:
        return spans
    for pattern in (*PATTERNS, ORDER_NUMBER):
        spans += [match.span() for match in pattern.finditer(text)]
    spans += [match.span() for pattern in (LIST_NUMBER, LABEL) for match in pattern.finditer(text)]
    expected = 1
    for match in INLINE_NUMBER.finditer(text):
        if int(match[1]) == expected:
            spans.append(match.span())
            expected += 1
    return spans + _numbered_rows(text)


def _numbered_rows(text: str) -> list[tuple[int, int]]:
    """Find rows that begin with 1, 2, 3 … and hold another number: the first is the number of the row."""
    spans: list[tuple[int, int]] = []
    offset = 0
    expected = 1
    for row in text.split("\n"):
        if row.strip():
            match = ROW_NUMBER.match(row)
            if match and int(match[1]) == expected and NUMBER.search(row, match.end()):
                spans.append((offset + match.start(1), offset + match.end(1)))
                expected += 1
            elif expected > 1 or spans:
                return []
        offset += len(row) + 1
    return spans if len(spans) > 1 else []


def _mark_addresses(tokens: list[Token], words: Lexicon, marks: list[bool]) -> None:
    for place, token in enumerate(tokens):
        if token.kind is not Kind.WORD or token.key not in words.places:
            continue
        after = place + 1
        if after < len(tokens) and tokens[after].text in ("-", ","):
            after += 1
        follows = tokens[after + 1] if after + 1 < len(tokens) else None
        if (
            after < len(tokens)
            and tokens[after].kind is Kind.NUMBER
            and not (follows and follows.key in words.units)
        ):
            marks[place] = marks[after] = True
