"""What a wholesaler says in a word or two, without the number of an order."""

from itertools import pairwise

from core.intake.acts import facts
from core.intake.acts.chunks import Chunk
from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, Mood, Why
from core.money import rupees

_MOST_UNKNOWN = 2
_TAKEN = ("v.take.", "is.order", "is.offer", "is.full")


def read_taken(clause: Clause) -> list[Act]:
    """The button "लिन्छु" with a number or "all", or as a past: "1042 linchhu", "sabai linchu", "लिएँ", "1042 liye".

    "Linchu" is a future to the reader; whether it is the button's own words, the dialogue knows.
    """
    is_announced = clause.says("take_it")
    means = (*_TAKEN, "v.accept.") if is_announced else _TAKEN
    if not (is_announced or clause.says("took_it")) or clause.counts or clause.left(*means, "talk.yes"):
        return []
    return [
        make_act(
            ActKind.ACCEPT,
            clause,
            means=(*means, "talk.yes"),
            orders=clause.orders,
            is_all=clause.has("is.full"),
            is_button=is_announced and mood_of(clause) is Mood.FUTURE,
        )
    ]


_GONE = (
    "is.sold_out", "is.stock", "is.goods", "is.full", "is.mine", "is.none", "is.shop", "v.finish.past", "v.come.past", "v.be.past", "mood.neg", "talk.",
)  # fmt: skip


def read_gone(clause: Clause) -> list[Act]:
    """Nothing but that it is out of stock, whatever is asked about: "chaina sakiyo", "mal chaina", "स्टक छैन"."""
    source = [chunk for chunk in clause.chunks if chunk.text in exact_words()["source"]]
    others = [chunk for chunk in clause.left(*_GONE) if chunk not in source]
    if clause.numerals or others or clause.has_denied_verb or _is_not_gone(clause):
        return []
    is_gone = clause.has("is.sold_out") or clause.verb("finish", tense="past")
    is_lacking = clause.has("mood.neg", "is.none")
    names_goods = clause.has("is.stock", "is.goods") or bool(source)
    if not (is_gone or (is_lacking and names_goods)):
        return []
    is_clear = not source and (is_lacking or names_goods or clause.has("is.full") or _says_stock(clause))
    mood = mood_of(clause, denial_counts=False)
    return [
        make_act(
            ActKind.DECLINE,
            clause,
            means=_GONE,
            used=source,
            mood=Mood.NOW if mood is Mood.DONE else mood,
            is_certain=is_clear and not clause.verb("come"),
            reason=None if clause.says("vehicle") else Why.NO_STOCK,
        )
    ]


def _says_stock(clause: Clause) -> bool:
    """Say whether a phrase names the stock: "out of stock", "sold out". Alone, "sakiyo" may be work that is done."""
    return any(word in ("stock", "sold") for chunk in clause.chunks for word in chunk.text.split())


def _is_not_gone(clause: Clause) -> bool:
    """Say whether the denial stands behind the word for "gone" and denies it: "sakiyeko chaina"."""
    gone = [place for place, chunk in enumerate(clause.chunks) if chunk.has("is.sold_out", "v.finish.past")]
    return bool(gone) and any(chunk.has("mood.neg", "talk.no") for chunk in clause.chunks[gone[0] + 1 :])


def read_sum(clause: Clause) -> list[Act]:
    """A sum that came, where its figure could be an order's: "ho aayo 3000", "3000 matra paye". It keeps both meanings.

    Whose money it is, no fact of the act tells: "asha ko 3000 aayo" is not certain.
    """
    if len(clause.numerals) != 1 or not clause.orders or len(clause.unknown_words) > 1:
        return []
    if clause.unknown_words and not clause.says("of_somebody"):
        return []
    owner = _owner(clause)
    means = ("v.come.past", "v.receive.past", "talk.yes", "is.part", "is.full", "mood.neg", "is.correct")
    others = [chunk for chunk in clause.left(*means) if chunk not in (*clause.unknown_words, *owner)]
    if others or not clause.verb("come", "receive", tense="past"):
        return []
    return [
        make_act(
            ActKind.REJECT_PAYMENT if clause.is_denied else ActKind.CONFIRM_PAYMENT,
            clause,
            means=means,
            used=clause.unknown_words,
            mood=mood_of(clause, denial_counts=False),
            is_certain=not clause.unknown_words and not owner and not clause.has("is.part"),
            amount=rupees(clause.orders[0]),
            orders=clause.orders,
        )
    ]


def _owner(clause: Clause) -> list[Chunk]:
    """Give the name before "ko", also where it is a word of ours: "thapa ko 8000", beside "thapa" for "add"."""
    pointing = exact_words()["may_stand_before_ko"]
    return [
        chunk
        for chunk, after in pairwise(clause.words)
        if after.text in exact_words()["of_somebody"] and chunk.text not in pointing
    ]


def read_bounced(clause: Clause) -> list[Act]:
    """A cheque that the bank gave back: "check bounce bhayo", "asha ko cheque firta aayo", "चेक पास भएन"."""
    came_back = clause.verb("return") and clause.has("way.cheque")
    not_cleared = clause.has("way.cheque") and clause.says("cleared") and clause.is_denied
    is_bounced = (clause.says("bounced") and not clause.is_denied) or (
        clause.has("way.cheque") and clause.says("not_cleared")
    )
    if not (came_back or not_cleared or is_bounced) or len(clause.unknown_words) > 2 * _MOST_UNKNOWN:
        return []
    amount, _, _ = facts.money_of(clause)
    return [
        make_act(
            ActKind.CHEQUE_BOUNCED,
            clause,
            means=("is.", "v.", "way.", "talk."),
            numbers=("money", "count", "order"),
            used=clause.unknown_words,
            mood=mood_of(clause, denial_counts=came_back),
            amount=amount,
        )
    ]


_NO_LINK = ("is.money", "is.cash", "is.claims", "is.price", "is.stock", "is.order")


def read_link(clause: Clause) -> list[Act]:
    """The wholesaler's link, or its QR: "mero link", "QR pathau", "मेरो क्युआर"."""
    return _link(clause) if _names_link(clause) else []


def _names_link(clause: Clause) -> bool:
    """Say whether a word for it stands here, also inside a phrase such as "qr code"."""
    words = exact_words()["link"] | exact_words()["qr"]
    return any(word in words for chunk in clause.chunks for word in chunk.text.split())


def _link(clause: Clause) -> list[Act]:
    if clause.numerals or clause.has(*_NO_LINK) or clause.verb("come", "receive", "pay"):
        return []
    if len(clause.unknown_words) > 2 * _MOST_UNKNOWN or clause.is_denied:
        return []
    means = ("is.", "v.", "way.", "talk.")
    return [make_act(ActKind.LINK, clause, means=means, used=clause.unknown_words, mood=Mood.ASKED)]
