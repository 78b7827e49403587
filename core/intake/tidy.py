"""Names that the writing splits are brought together; goods under a heading are named with it."""

from collections.abc import Sequence
from dataclasses import replace

from core.intake.parts import Atom, Part, Sense, together
from core.intake.text import Token

OPENING = frozenset("([{")


def brought_together(parts: list[Part], tokens: Sequence[Token]) -> list[Part]:
    """Join a name that a size or brackets split ("ghiu 1 ltr amul", "Oreo (vanilla)")."""
    done: list[Part] = []
    for part in parts:
        split = len(done) > 1 and (done[-1].kind is Atom.MEASURE or _text(done[-1], tokens) in OPENING)
        name = done[-2] if split and part.kind is Atom.PRODUCT else None
        if name is not None and name.kind is Atom.PRODUCT and (both := together(name.senses, part.senses)):
            counted = len(done) > 2 and done[-3].kind in (Atom.MEASURE, Atom.QUANTITY)
            between = done[-1]
            if between.kind is Atom.TALK or (not counted and both[0].products < name.senses[0].products):
                done[-2:] = [
                    replace(name, senses=both, end=between.start),
                    replace(between, end=part.end),
                ]
                continue
        done.append(part)
    return done


def under_headings(parts: list[Part], tokens: Sequence[Token]) -> list[Part]:
    """Read "Lux: rose 12, jasmine 12": goods named before a colon stand before each of the things after it."""
    done: list[Part] = []
    heading: tuple[Sense, ...] = ()
    for place, part in enumerate(parts):
        if part.kind is Atom.PRODUCT and _is_heading(parts, tokens, place):
            heading = part.senses
            done.append(replace(part, kind=Atom.TALK))
        elif part.kind is Atom.PRODUCT and heading:
            heading = heading if (both := together(heading, part.senses)) else ()
            done.append(replace(part, senses=both or part.senses))
        else:
            done.append(part)
    return done


def _is_heading(parts: list[Part], tokens: Sequence[Token], place: int) -> bool:
    following = parts[place + 1 : place + 4]
    if not following or _text(following[0], tokens) != ":":
        return False
    rest = [part.kind for part in following[1:] if part.kind is not Atom.STOP]
    return bool(rest) and rest[0] is Atom.PRODUCT


def _text(part: Part, tokens: Sequence[Token]) -> str:
    return tokens[part.start].text if part.start < len(tokens) else ""
