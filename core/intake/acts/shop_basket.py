"""A shop's list: goods for it, what they cost, how it stands, and the yes that places it."""

from core.intake.acts import facts
from core.intake.acts.clauses import Clause, asking, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.payments import counts_goods
from core.intake.acts.types import Act, ActKind, Mood

_PLACE = (
    "talk.yes",
    "is.credit",
    "is.cash",
    "is.order",
    "is.list",
    "is.basket",
    "is.goods",
    "is.mine",
    "is.full",
    "v.send.command",
    "v.send.bare",
    "v.place.",
    "v.order.",
    "v.confirm.",
    "v.do.command",
    "v.do.bare",
    "v.give.command",
    "v.deliver.command",
    "v.deliver.bare",
    "v.go.bare",
    "v.put.command",
    "v.be.bare",
    "is.send_word",
    "v.bring.command",
    "v.dispatch.bare",
    "v.accept.bare",
    "v.arrange.command",
    "v.keep.command",
)


# With these a clause speaks of something else than the list that was shown.
_NOT_OF_THE_LIST = (
    "is.bill", "is.statement", "is.code", "is.price", "is.balance", "is.same", "is.again", "is.money", "talk.person", *facts.WAYS,
)  # fmt: skip


def read_placed(clause: Clause) -> list[Act]:
    """The yes to the list with more than a yes: send, on credit, for cash, in any order and with politeness."""
    if clause.numerals or clause.unknown_words:
        return []
    if _agrees_on_condition(clause):
        return [make_act(ActKind.PLACE, clause, means=("is.", "v.", "talk."), mood=Mood.CONDITIONAL)]
    if (clause.has(*_NOT_OF_THE_LIST) and not sends_rest(clause)) or not _says_place(clause):
        return []
    if clause.has("talk.help", "is.how"):
        return [make_act(ActKind.HELP, clause, means=("is.", "v.", "talk."), mood=Mood.ASKED)]
    on_credit, in_cash = clause.has("is.credit"), clause.has("is.cash")
    sends_not = clause.has("v.send.command.not", "v.bring.command.not")
    if sends_not and clause.has("is.order", "is.goods") and not (on_credit or in_cash):
        # "Don't send the order", "saman nalyau" gives it up; it is asked once more before it is.
        return [
            make_act(
                ActKind.CANCEL,
                clause,
                means=("v.send.", "v.bring.", "is.order", "is.goods", "is.mine"),
                numbers=(),
                ignoring=clause.denials,
            )
        ]
    return [
        make_act(
            ActKind.PLACE,
            clause,
            means=_PLACE,
            numbers=(),
            ignoring=clause.denials if _insists_on_terms(clause) else (),
            terms=facts.terms_of(clause),
            mood=Mood.NOW if sends_rest(clause) else None,
            is_certain=not (on_credit and in_cash) and not sends_rest(clause),
        )
    ]


def sends_rest(clause: Clause) -> bool:
    """Say whether the rest of the goods is to be sent, on terms that are named: "baaki bhej do udhaar me".

    The same word is the debt: "mero baki pathaunus". So it only shows the list with its question.
    """
    is_other = clause.is_question or clause.has(
        "is.bill", "is.statement", "is.money", "is.price", "is.code", "is.mine", *facts.WAYS
    )
    if is_other or not clause.has("is.rest") or not clause.verb("send", "put", tense="command"):
        return False
    return any(chunk.has("is.credit", "is.cash") and _is_on(chunk.text) for chunk in clause.chunks)


def _is_on(words: str) -> bool:
    return words.startswith("on ") or words.endswith(("ma", "मा", " me", " mein", " में"))


def _agrees_on_condition(clause: Clause) -> bool:
    """Say whether the yes depends on something: "yes if the price is the same", "ramro bhaye linchu"."""
    agrees = clause.has("talk.yes") or clause.verb("send", "take", "order", "place")
    return agrees and mood_of(clause) is Mood.CONDITIONAL


def _insists_on_terms(clause: Clause) -> bool:
    """Say whether "nai" only stresses the terms before it and a yes follows: "cash nai ok", "udharo nai hunchha"."""
    words = [chunk for chunk in clause.chunks if chunk.senses]
    denying = [place for place, chunk in enumerate(words) if chunk.has("mood.neg", "talk.no")]
    if len(denying) != 1 or clause.has_denied_verb or not clause.has("talk.yes"):
        return False
    (place,) = denying
    stresses = words[place].text == "nai" and place > 0 and words[place - 1].has("is.cash", "is.credit")
    return stresses and words[-1].has("talk.yes") and place < len(words) - 1


def _says_place(clause: Clause) -> bool:
    if clause.has("is.credit", "is.cash") or clause.verb("place", "confirm"):
        return True
    if clause.verb("send", "deliver", "bring", tense="command") or clause.verb("send", tense="bare"):
        return True
    does = clause.verb("do", tense="command") or clause.verb("do", tense="future")
    does = does or clause.verb("want") or clause.has("mood.wish")
    return clause.has("is.order") and (does or clause.has("talk.yes", "ask.order_it"))


def read_list_shown(clause: Clause) -> list[Act]:
    """The list as it stands, or an empty one."""
    if clause.unknown_words or clause.numerals:
        return []
    takes_out = clause.verb("remove") or clause.has("talk.clear")
    names_list = clause.has("is.list") and (
        clause.verb("show", "see", "send") or clause.has("is.mine", "mood.asked")
    )
    if takes_out and (clause.has("is.basket", "is.full") or names_list):
        return [make_act(ActKind.CLEAR, clause, means=("is.", "v.", "talk."))]
    if clause.has("is.basket") or names_list:
        return [make_act(ActKind.SHOW_BASKET, clause, means=("is.", "v.", "talk."), mood=asking(clause))]
    return []


def read_again(clause: Clause) -> list[Act]:
    """The same order as before."""
    if clause.unknown_words or clause.counts or not clause.has("is.same"):
        return []
    if clause.has("is.price") and mood_of(clause) is Mood.CONDITIONAL:
        return []
    return [
        make_act(
            ActKind.REORDER,
            clause,
            means=("is.", "v.", "talk."),
            numbers=("order", "when"),
            orders=clause.orders,
        )
    ]


def read_goods_asked(clause: Clause) -> list[Act]:
    """What goods cost, or whether they are there."""
    if clause.orders or clause.verb("send", "give", "put", tense="command"):
        return []
    asks_price = _asks_price(clause)
    if not asks_price and not _asks_stock(clause):
        return []
    return [
        make_act(
            ActKind.ASK_PRICE if asks_price else ActKind.ASK_STOCK,
            clause,
            means=("is.", "v.", "talk."),
            numbers=("count", "line", "when", "money") if asks_price else ("count", "line"),
            used=clause.unknown_words,
            mood=Mood.ASKED,
            goods=facts.goods_of(clause),
        )
    ]


def _asks_price(clause: Clause) -> bool:
    if clause.is_question:
        asks_how_much = clause.says("asking_how_much") and clause.verb("must", "be", "allowed")
        return clause.has("is.price") or (asks_how_much and bool(clause.unknown_words))
    return clause.has("is.price") and bool(clause.unknown_words) and not counts_goods(clause)


def _asks_stock(clause: Clause) -> bool:
    if not clause.is_question or not clause.unknown_words:
        return False
    return clause.has("is.stock", "is.back", "is.sold_out", "talk.yes") or clause.verb(
        "receive", "allowed", "be", "sell"
    )


def read_goods(clause: Clause) -> list[Act]:
    """Goods for the order reader: it settles what they are and whether they are wanted or not."""
    names_line = clause.has("is.line") and bool(clause.counts)
    changes = clause.verb("remove", "add", "less", "more", "change", "keep")
    if not (names_line or _counts_something(clause) or _names_something(clause, changes=changes)):
        return []
    is_edit = (changes or names_line) and not clause.verb("add")
    kind = ActKind.EDIT if is_edit else ActKind.ORDER
    return [
        make_act(
            kind,
            clause,
            means=("is.", "v.", "talk.", "day."),
            numbers=("line", "count", "money", "name", "when", "order", "place"),
            used=clause.unknown_words,
            goods=facts.goods_of(clause),
            lines=clause.small_numbers() if names_line else (),
            when=facts.when_of(clause),
        )
    ]


def _counts_something(clause: Clause) -> bool:
    return any(
        (numeral.best.unit is not None or clause.unknown_words)
        and facts.group_of(numeral) not in ("when", "code", "order")
        for numeral in clause.numerals
    )


def _names_something(clause: Clause, *, changes: bool) -> bool:
    """Say whether what is named is wanted, or is to be changed."""
    if changes and clause.counts:
        return True
    wants = changes or clause.verb("want", "send", "give", "put", "bring", "order", "take")
    return wants and bool(clause.unknown_words)
