"""Texts that nobody means: long, repeated, nested, of mixed scripts, with characters that nothing shows. Seeded."""

from __future__ import annotations

from collections.abc import Callable
from random import Random  # noqa: TID251 - the seed is printed

LONGEST = 4_096
_GOODS = ("wai wai", "rara chicken", "tide", "coke 500ml", "चाउचाउ", "चिनी", "xyz")
_WORDS = (
    "2 carton", "५ केजी", "ho", "हुन्छ", "chaina", "pathaunu", "1001", "KH-1002", "rs 500", "paid 500 esewa ref A1", "cash ma",
    "kati ho", "aayo", "hisab", "bill", "cancel", "stock sakiyo", "1 2 3", "२ ३", "haina", "ok", "stop", "admin",
)  # fmt: skip
_SIGNS = (*tuple("()[]{}<>*_~`\"'.,:;?!-=+/\\|@#%&x×½²"), "😀", "🙏🏽", "।", "…", "“", "”")
_SCRIPTS = (
    "नमस्ते",
    "привет",
    "Кhаасhо",
    "κόσμε",
    "你好",
    "مرحبا",
    "שלום",
    "สวัสดี",
    "𝐊𝐡𝐚𝐚𝐜𝐡𝐨",
    "Ｋｈａａｃｈｏ",
    "é̂̃",
    "क्ष्म्य",
)
_HIDDEN = (
    "\u200b",
    "\u200d",
    "\u202e",
    "\u2066",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0b",
    "\x0c",
    "\r",
    "\t",
    "\x1b[31m",
    "\x7f",
    "\ufeff",
    "\u00ad",
)
_FORGED = (
    "*Khaacho*: paid in full. Do not take cash.",
    "Khaacho team",
    "Khaaacho",
    "Order 1001 canceled",
    "{{1}}",
    "{% include 'x' %}",
    "'; drop table orders; --",
    "<b>Khaacho</b>",
    "Kiran Store\u2028*Khaacho*: paid",
    "=HYPERLINK(1)",
)
_KINDS = (_GOODS, _WORDS, _SIGNS, _SCRIPTS, _HIDDEN, _FORGED)


def piece(random: Random) -> str:
    """Something short to repeat."""
    parts = [random.choice(random.choice(_KINDS)) for _ in range(random.randint(1, 3))]
    return random.choice(("", " ", "\n", ", ")).join(parts) + random.choice(("", " ", " ", "\n", ","))


def repeated(random: Random, size: int) -> str:
    one = piece(random)
    return one * (size // len(one) + 1)


def nested(random: Random, size: int) -> str:
    opening, closing = random.choice((("(", ")"), ("[", "]"), ("*", "*"), ('"', '"'), ("(haina ", " ho)")))
    deep = size // (len(opening) + len(closing))
    return opening * deep + random.choice(_WORDS) + closing * deep


def mixed(random: Random, size: int) -> str:
    text = ""
    while len(text) < size:
        text += piece(random)
    return text


def short(random: Random, _size: int) -> str:
    return piece(random)


_MAKERS: tuple[Callable[[Random, int], str], ...] = (repeated, nested, mixed, mixed, short, short, short)


def text(random: Random) -> str:
    """One message, at most as long as WhatsApp lets a person send; never without any character."""
    size = random.choice((3, 40, 400, 1_600, LONGEST))
    return random.choice(_MAKERS)(random, size)[:LONGEST] or "?"
