"""What a shop puts off: no money now, later, tomorrow I'll see. It refuses nothing and moves nothing."""

from core.intake.acts.clauses import Clause
from core.intake.acts.making import make_act
from core.intake.acts.senses import exact_words
from core.intake.acts.types import Act, ActKind, Mood

_TIMES = ("mood.later", "mood.tomorrow", "mood.day_after", "day.evening", "day.night")
_THOUGHT_OVER = ("see", "do", "take", "order", "say", "confirm", "place")
_POSTPONING = (
    "talk.no", "talk.yes", "talk.thanks", "mood.", "day.", "is.money", "is.cash", "is.order", "is.mine", "is.part", "is.rest",
    *(f"v.{verb}.{tense}" for verb in _THOUGHT_OVER for tense in ("future", "bare", "if")), "v.be.", "v.come.if", "v.must.", "v.receive.future", "v.do.command.not", "v.want.",
)  # fmt: skip


def read_postponed(clause: Clause) -> list[Act]:
    """Nothing but that it is not for now: "paisa chaina ahile", "bholi herchu", "not now, maybe later"."""
    if clause.numerals or clause.unknown_words or clause.left(*_POSTPONING) or not _puts_off(clause):
        return []
    if clause.is_asked or clause.has("mood.asked", "mood.reported"):
        return []
    return [make_act(ActKind.LATER, clause, means=_POSTPONING, mood=Mood.FUTURE, used=clause.words)]


def read_too_dear(clause: Clause) -> list[Act]:
    """A word about a price that rose, without any goods: "mahango bhayo", "kina badhyo?", "mahango bhayo, naline"."""
    asks_why = clause.says("why") and (clause.verb("more", "rise", tense="past") or clause.says("for_more"))
    is_dear = clause.has("ask.dear") or asks_why or _takes_none_for_more(clause)
    unknown = [chunk for chunk in clause.unknown_words if chunk.text not in exact_words()["for_more"]]
    if not is_dear or clause.numerals or unknown:
        return []
    refuses = bool(clause.denials) or (clause.verb("remove", "cancel", "leave") and not clause.is_question)
    is_open = (
        clause.is_question or clause.has("mood.if", "mood.reported") or clause.verb("be", "come", tense="if")
    )
    mood = Mood.DENIED if refuses and not is_open else Mood.ASKED
    return [
        make_act(
            ActKind.TOO_DEAR,
            clause,
            means=("is.", "v.", "talk.", "ask."),
            mood=mood,
            used=clause.unknown_words,
        )
    ]


def _takes_none_for_more(clause: Clause) -> bool:
    """Say whether nothing is taken or paid for more: "badhi ta nalinay", "badhi ma linna", "zyada nahi dunga"."""
    speaks_of_more = clause.says("for_more") and not clause.has("is.money", "is.cash")
    return speaks_of_more and bool(clause.denials) and clause.verb("take", "give", "pay", "want", "do")


def _puts_off(clause: Clause) -> bool:
    is_timed = clause.has("mood.today", *_TIMES)
    # "cash nai ok" stresses the terms; "cash chaina ahile" has none now.
    has_money = clause.has("is.money") or (clause.has("is.cash") and is_timed)
    if has_money and (clause.denials or clause.has("is.none")):
        # "paisa chaina", and no report that it did not come or was not given, or that a payment did not happen.
        is_report = clause.verb("come", "receive", "take", tense="past") or (
            clause.verb("be") and not is_timed
        )
        return not is_report
    if has_money:
        return clause.verb("come", tense="if")
    is_later = clause.has(*_TIMES) or clause.says("in_a_while")
    refuses_now = (
        bool(clause.denials) and clause.has("mood.today") and clause.verb("take", "do", "order", "want")
    )
    return refuses_now or (is_later and _says_no_more(clause))


def _says_no_more(clause: Clause) -> bool:
    """Say whether beside the time stands a verb of thinking it over, or nothing that tells what is put off."""
    thinks = clause.verb(*_THOUGHT_OVER, tense="future") or clause.verb("see", "say", tense="bare")
    only_time = not clause.verb_senses and not clause.has("is.order")
    return (thinks or only_time) and not clause.has("is.cash", "is.money")


def refuses_what_is_dear(last: Act, act: Act) -> bool:
    """Say whether a no or a "take it out" behind a word about the price refuses it: "ah mahango, hataidinus tyo order"."""
    if last.kind is not ActKind.TOO_DEAR or act.orders or act.lines:
        return False
    return act.kind is ActKind.NO or (act.kind in (ActKind.CANCEL, ActKind.CLEAR) and act.mood is Mood.NOW)


def belongs_to_postponing(last: Act, act: Act) -> bool:
    """Say whether a bare yes or no only stands beside what is put off: "hoina, bholi herchu", "yes but later"."""
    kinds = {last.kind, act.kind}
    if ActKind.LATER not in kinds:
        return False
    other = act if last.kind is ActKind.LATER else last
    if other.orders or other.lines or other.terms:
        return False
    return other.kind in (ActKind.LATER, ActKind.YES, ActKind.NO, ActKind.PLACE)
