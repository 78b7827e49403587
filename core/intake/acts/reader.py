"""Read one message into acts. Pure: no database, no clock, no catalogue; linear in the message; never raises."""

from collections.abc import Sequence
from dataclasses import replace

from core.intake.acts import everybody, shop, vendor
from core.intake.acts.clauses import Break, Clause, part
from core.intake.acts.types import MOVING, Act, ActKind, Mood
from core.intake.acts.units import read_units
from core.intake.reading import Role

_SPREADING = ("mood.if", "mood.reported")
_ABOUT_GOODS = frozenset({ActKind.ORDER, ActKind.EDIT})


def read_acts(text: str, *, role: Role) -> tuple[Act, ...]:
    """Give all that a message does, in the order of its words; what nothing explains is an act of kind `UNREAD`."""
    clauses = _spread_moods(part(read_units(text)))
    clauses = _brought_together(clauses, role)
    acts: list[Act] = []
    for clause in clauses:
        acts += _read(clause, role)
    acts = _merged(acts)
    return tuple(replace(act, text=text[act.start : act.end]) for act in _doubted(acts))


def _read(clause: Clause, role: Role) -> list[Act]:
    return _business(clause, role) or ([] if clause.is_neutral else [_unread(clause)])


def _business(clause: Clause, role: Role) -> list[Act]:
    reader = vendor if role is Role.VENDOR else shop
    return (
        everybody.read_before(clause)
        or _bare_answer(clause)
        or reader.read(clause)
        or everybody.read_after(clause)
    )


def _bare_answer(clause: Clause) -> list[Act]:
    """A yes, a no or thanks with nothing beside them is no business of a role."""
    if clause.numerals or clause.left("talk.", "mood.neg"):
        return []
    return everybody.read_after(clause)


def _unread(clause: Clause) -> Act:
    return Act(
        kind=ActKind.UNREAD,
        mood=Mood.NOW,
        is_certain=False,
        text="",
        start=clause.start,
        end=clause.end,
        left=tuple(unit.text for unit in clause.strangers),
    )


def _spread_moods(clauses: Sequence[Clause]) -> list[Clause]:
    """A condition and hearsay hold for their whole sentence, also over the end of a row."""
    spread: list[Clause] = []
    sentence: list[Clause] = []
    for clause in [*clauses, None]:
        if clause is not None and (not sentence or clause.before is not Break.SENTENCE):
            sentence.append(clause)
            continue
        moods = frozenset(sense for one in sentence for sense in one.senses if sense in _SPREADING)
        spread += [replace(one, moods=one.moods | moods) for one in sentence]
        sentence = [clause] if clause is not None else []
    return spread


def _brought_together(clauses: Sequence[Clause], role: Role) -> list[Clause]:
    """Join what is no clause by itself to its neighbour: bare order numbers, a day, a mood."""
    together: list[Clause] = []
    waiting: Clause | None = None  # bare numbers that belong to what follows
    for clause in clauses:
        current = clause
        if waiting is not None:
            if current.before is Break.SENTENCE or (current.before is Break.ROW and role is Role.RETAILER):
                together.append(waiting)
            else:
                current = waiting.joined(current)
            waiting = None
        if _is_numbers_only(current):
            waiting = current
            continue
        if together and _belongs_before(current, together[-1]):
            together[-1] = together[-1].joined(current)
            continue
        together.append(current)
    if waiting is not None:
        if together and waiting.before is not Break.SENTENCE and waiting.orders and not waiting.codes:
            together[-1] = together[-1].joined(waiting)
        else:
            together.append(waiting)
    return together


def _is_numbers_only(clause: Clause) -> bool:
    return (
        bool(clause.numerals)
        and not clause.left()
        and (bool(clause.orders) or bool(clause.small_numbers()))
        and not clause.codes
    )


def _belongs_before(clause: Clause, before: Clause) -> bool:
    """Say whether a clause only tells how or when the one before it is meant."""
    if clause.before is Break.SENTENCE:
        return False
    if clause.is_neutral and not clause.is_asked:
        return clause.before is Break.JOINED
    if clause.numerals:
        return False
    only_moods = not clause.left(
        "mood.", "day.", "v.do.", "v.be.", "v.say.", "v.must.", "v.want.", "v.finish."
    ) and not clause.has("talk.yes", "is.sold_out")
    return only_moods and bool(before.numerals or before.words)


def _merged(acts: Sequence[Act]) -> list[Act]:
    """Make one order of rows in a row, and one act of a yes and the same yes with its terms."""
    merged: list[Act] = []
    for act in acts:
        last = merged[-1] if merged else None
        if last is not None and last.kind in _ABOUT_GOODS and act.kind is last.kind:
            merged[-1] = replace(
                last,
                end=act.end,
                goods=f"{last.goods}\n{act.goods}".strip(),
                is_certain=last.is_certain and act.is_certain,
                left=(*last.left, *act.left),
                when=last.when or act.when,
            )
        elif (
            last is not None
            and {last.kind, act.kind} in ({ActKind.YES, ActKind.PLACE}, {ActKind.YES}, {ActKind.PLACE})
            and last.mood is act.mood
            and not act.orders
            and not last.orders
        ):
            placed = act if act.kind is ActKind.PLACE else last
            terms = {one.terms for one in (last, act)} - {None}
            merged[-1] = replace(
                placed,
                start=last.start,
                end=act.end,
                is_certain=last.is_certain and act.is_certain and len(terms) < 2,
                terms=next(iter(terms)) if len(terms) == 1 else None,
            )
        else:
            merged.append(act)
    return merged


def _doubted(acts: Sequence[Act]) -> list[Act]:
    """A no beside something that would move makes it uncertain."""
    says_no = any(act.kind is ActKind.NO and not act.orders and not act.lines for act in acts)
    if not says_no or len(acts) == 1:
        return list(acts)
    return [replace(act, is_certain=False) if act.kind in MOVING else act for act in acts]
