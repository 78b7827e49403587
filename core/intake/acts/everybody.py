"""What anybody may say: yes and no, numbers of a list, greetings, help, a person, anger, STOP and START, the language."""

from collections.abc import Callable

from core.intake.acts.clauses import Clause, mood_of
from core.intake.acts.making import make_act
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, LineAmount, Mood
from core.intake.language.numerals import NumberKind

_TALK = ("talk.", "is.", "v.")


def read_before(clause: Clause) -> list[Act]:
    """What goes before all business: STOP, START, a person, anger, the language."""
    return _first(_BEFORE, clause)


def read_after(clause: Clause) -> list[Act]:
    """What is left when a clause is no business: bare answers and small talk."""
    return _first(_AFTER, clause)


def _first(rules: tuple[Callable[[Clause], list[Act]], ...], clause: Clause) -> list[Act]:
    for rule in rules:
        if acts := rule(clause):
            return acts
    return []


def _stop(clause: Clause) -> list[Act]:
    words = [chunk for chunk in clause.words if not chunk.has("small.polite", "small.func")]
    alone = bool(words) and all(
        chunk.has(
            "talk.stop", "talk.message", "is.full", "mood.neg", "v.do.command", "is.closed", "mood.today"
        )
        for chunk in words
    )
    about_messages = clause.has("talk.message") and (
        clause.has("talk.stop") or (clause.verb("send") and clause.is_denied) or clause.verb("stop", "close")
    )
    if not about_messages and not (alone and clause.has("talk.stop") and not clause.numerals):
        return []
    mood = mood_of(clause, denial_counts=False)
    return [make_act(ActKind.STOP, clause, means=_TALK, mood=mood if mood is Mood.ASKED else Mood.NOW)]


def _start(clause: Clause) -> list[Act]:
    if (
        clause.has("talk.start")
        and not clause.numerals
        and not clause.left("talk.", "v.do.command", "v.do.bare")
    ):
        return [make_act(ActKind.START, clause, means=_TALK)]
    return []


def _language(clause: Clause) -> list[Act]:
    named = "en" if clause.has("talk.english") else "ne" if clause.has("talk.nepali") else None
    if named is None and not clause.has("talk.language"):
        return []
    if clause.numerals or len(clause.unknown_words) > 1:
        return []
    mood = mood_of(clause, denial_counts=named is None)
    asks = mood is Mood.DENIED or (named is not None and clause.has("mood.neg"))
    return [
        make_act(
            ActKind.LANGUAGE,
            clause,
            means=("talk.", "is.", "v.", "mood."),
            used=clause.unknown_words,
            mood=Mood.DENIED if asks else Mood.NOW,
            language=named,
        )
    ]


def _party(clause: Clause) -> list[Act]:
    is_switch = clause.has("talk.switch") and not clause.numerals and not clause.unknown_words
    return [make_act(ActKind.SWITCH_PARTY, clause, means=_TALK)] if is_switch else []


def _person(clause: Clause) -> list[Act]:
    if not clause.has("talk.person") or clause.numerals or clause.has("mood.reported"):
        return []
    words = [chunk for chunk in clause.words if not chunk.has("small.polite", "small.func")]
    is_clear = (
        len(words) <= 2
        or any(" " in chunk.text for chunk in words if chunk.has("talk.person"))
        or clause.has("mood.wish")
        or clause.verb("want", "give", "fetch", "do", "send", "say")
        or sum(chunk.has("talk.person") for chunk in words) > 1
    )
    return (
        [make_act(ActKind.PERSON, clause, means=_TALK, mood=Mood.NOW, used=clause.unknown_words)]
        if is_clear
        else []
    )


def _anger(clause: Clause) -> list[Act]:
    shouts = sum(chunk.text.count("!") for chunk in clause.chunks) > 2
    if not (clause.has("talk.anger") or shouts) or clause.counts:
        return []
    return [
        make_act(
            ActKind.COMPLAINT,
            clause,
            means=_TALK,
            mood=Mood.NOW,
            used=clause.unknown_words,
            orders=clause.orders,
        )
    ]


def _numbers(clause: Clause) -> list[Act]:
    """Nothing but numbers of a list: "2", "1, 4", "3 ra 6"."""
    lines = clause.small_numbers()
    if not lines or (clause.words and clause.left("is.line")):
        return []
    used = clause.counts
    if len(used) != len(clause.numerals):
        return []
    amounts = (
        (LineAmount(line=lines[0], count=used[1].numeral.best.value),)
        if len(used) == 2
        and not clause.is_list
        and used[1].numeral
        and used[1].numeral.best.kind is NumberKind.COUNT
        else ()
    )
    return [
        make_act(
            ActKind.CHOICE,
            clause,
            means=("is.line",),
            numbers=("line",),
            used=used,
            lines=lines,
            amounts=amounts,
        )
    ]


def _yes(clause: Clause) -> list[Act]:
    if clause.has("mood.asked") and clause.says("asking_how_much"):
        return []
    polite = exact_words()["polite_yes"]
    says_so = any(chunk.has("talk.yes") and chunk.text not in polite for chunk in clause.chunks)
    if clause.has("talk.greeting", "talk.thanks") and not says_so:
        return []
    return _bare(
        clause,
        ActKind.YES,
        "talk.yes",
        (
            "is.full",
            "is.order",
            "v.do.command",
            "v.do.past",
            "v.confirm.",
            "v.accept.bare",
            "v.be.past",
            "v.allowed.",
            "v.go.bare",
            "v.place.bare",
            "is.ready",
        ),
    )


def _no(clause: Clause) -> list[Act]:
    means = (
        "mood.neg",
        "talk.yes",
        "v.want.",
        "v.do.command",
        "v.be.",
        "v.must.",
        "v.allowed.",
        "is.full",
        "is.order",
        "mood.later",
        "mood.today",
        "v.cancel.bare",
        "v.do.",
        "v.keep.",
        "v.take.future.not",
        "v.take.command.not",
    )
    if not clause.denials:
        return []
    if clause.left("talk.no", *means) or (clause.numerals and not (clause.orders or clause.small_numbers())):
        return []
    mood = mood_of(clause, denial_counts=False, future_counts=False)
    return [
        make_act(
            ActKind.NO,
            clause,
            means=("talk.no", *means),
            numbers=("order", "line"),
            mood=Mood.NOW if mood is Mood.DONE else mood,
            orders=clause.orders,
            lines=clause.small_numbers(),
            is_all=clause.has("is.full"),
        )
    ]


def _bare(clause: Clause, kind: ActKind, sense: str, also: tuple[str, ...]) -> list[Act]:
    if not clause.has(sense) or clause.left(sense, *also, "mood."):
        return []
    if clause.numerals and not (clause.orders or clause.small_numbers()):
        return []
    return [
        make_act(
            kind,
            clause,
            means=also,
            numbers=("order", "line"),
            orders=clause.orders,
            lines=clause.small_numbers(),
            is_all=clause.has("is.full"),
        )
    ]


def _thanks(clause: Clause) -> list[Act]:
    return _small(clause, ActKind.THANKS, "talk.thanks")


def _greeting(clause: Clause) -> list[Act]:
    return _small(clause, ActKind.GREETING, "talk.greeting")


def _chat(clause: Clause) -> list[Act]:
    return _small(clause, ActKind.CHAT, "talk.chat")


def _small(clause: Clause, kind: ActKind, sense: str) -> list[Act]:
    if not clause.has(sense) or clause.numerals or len(clause.unknown_words) > 2:
        return []
    if (
        clause.left("talk.", "mood.", "is.mine", "is.shop", "is.full", "day.", "v.do.")
        and len(clause.left("talk.", "mood.", "day.")) > 2
    ):
        return []
    return [
        make_act(kind, clause, means=("talk.", "is.", "v.", "day."), used=clause.unknown_words, mood=Mood.NOW)
    ]


def _help(clause: Clause) -> list[Act]:
    if not clause.has("talk.help") or clause.numerals or len(clause.unknown_words) > 1:
        return []
    return [make_act(ActKind.HELP, clause, means=_TALK, mood=Mood.ASKED, used=clause.unknown_words)]


_BEFORE: tuple[Callable[[Clause], list[Act]], ...] = (_stop, _start, _language, _party, _anger, _person)


def _leave(clause: Clause) -> list[Act]:
    """The word "cancel" alone: whatever is open is left."""
    if not clause.verb("cancel") or clause.numerals or clause.unknown_words:
        return []
    return [make_act(ActKind.CANCEL, clause, means=("v.cancel.", "v.do.", "is.order"))]


def _short_alone(clause: Clause) -> list[Act]:
    """The word for short or damaged alone asks which reports wait."""
    if not clause.has("is.short", "is.damaged") or clause.numerals or clause.unknown_words:
        return []
    return [make_act(ActKind.SHORT, clause, means=("is.", "v."), mood=Mood.ASKED)]


_AFTER: tuple[Callable[[Clause], list[Act]], ...] = (
    _numbers,
    _leave,
    _short_alone,
    _yes,
    _no,
    _thanks,
    _chat,
    _greeting,
    _help,
)
