"""Names that the writing splits are brought together; goods under a heading are named with it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import Size
from core.intake.language.tokens import Token
from core.intake.parsing.spans import Atom, Part, Sense, together

OPENING = frozenset("([{")
LOOSE = "loose"
SMALLEST_SIZE = Decimal(100)  # a smaller bare number behind a name may well count


def brought_together(parts: list[Part], tokens: Sequence[Token]) -> list[Part]:
    """Join a name that a size or brackets split ("ghiu 1 ltr amul", "Oreo (vanilla)")."""
    done: list[Part] = []
    for part in parts:
        split = len(done) > 1 and (
            done[-1].kind in (Atom.MEASURE, Atom.SMALL, Atom.BIG)
            or done[-1].is_pack
            or _text(done[-1], tokens) in OPENING
        )
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


def with_sizes(parts: list[Part], index: CatalogIndex) -> list[Part]:
    """Read the bare number in "3 case sprite 500" as the pack of that brand it equals."""
    done: list[Part] = []
    for part in parts:
        name = done[-1] if done else None
        if name is not None and name.kind is Atom.PRODUCT and name.end == part.start and _may_be_size(part):
            products = [index.products[number] for number in name.senses[0].products]
            sizes = {product.size for product in products if product.size and _is_amount(product.size, part)}
            if len(sizes) == 1:
                done.append(replace(part, kind=Atom.MEASURE, size=sizes.pop(), is_pack=True))
                continue
        done.append(part)
    return done


def with_loose(parts: list[Part], index: CatalogIndex) -> list[Part]:
    """Let "khula" behind goods tell how they are packed: "chiura 15 kilo khula", "rajma 5 kg, kerau 5 kg - sabai loose"."""
    loose = index.names.carriers.get(LOOSE)
    done: list[Part] = []
    for part in parts:
        is_loose = part.kind is Atom.PRODUCT and part.senses[0].products == loose
        done.append(_told_loose(done, part) if is_loose else part)
    return done


def _told_loose(done: list[Part], part: Part) -> Part:
    """Give the part anew: goods of its own if it has a number of its own, else talk that tells more of those before."""
    row = _row_before(done)
    places = [place for place in row if done[place].kind is Atom.PRODUCT]
    if not places:
        return part
    last = places[-1]
    between = done[last + 1 :]
    parted = any(one.kind is Atom.COMMA for one in between)
    counted = any(one.kind in (Atom.QUANTITY, Atom.MEASURE) for one in done[_after_comma(done) :])
    if parted and counted:
        return replace(part, senses=together(done[last].senses, part.senses) or part.senses)
    for place in places if any(one.kind is Atom.EACH for one in between) else [last]:
        both = together(done[place].senses, part.senses)
        done[place] = replace(done[place], senses=both or done[place].senses)
    return replace(part, kind=Atom.TALK)


def _row_before(done: list[Part]) -> range:
    start = next((place + 1 for place in range(len(done) - 1, -1, -1) if done[place].kind is Atom.STOP), 0)
    return range(start, len(done))


def _after_comma(done: list[Part]) -> int:
    return next((place + 1 for place in range(len(done) - 1, -1, -1) if done[place].kind is Atom.COMMA), 0)


def _may_be_size(part: Part) -> bool:
    bare = part.kind is Atom.QUANTITY and part.unit is None and not part.is_pack and not part.is_vague
    if not bare or part.value is None:
        return False
    return part.value >= SMALLEST_SIZE or part.value != part.value.to_integral_value()


def _is_amount(size: Size, part: Part) -> bool:
    value = part.value or Decimal(0)
    return size.amount == value or (value < SMALLEST_SIZE and size.amount == value * 1000)


def with_swaps(parts: list[Part]) -> list[Part]:
    """Let "X ko thau ma" give up X only where other goods follow; else it says nothing certain."""
    last = max((place for place, part in enumerate(parts) if part.kind is Atom.PRODUCT), default=-1)
    return [
        replace(part, kind=Atom.TALK) if part.word == "in_place" and place > last else part
        for place, part in enumerate(parts)
    ]


def _is_heading(parts: list[Part], tokens: Sequence[Token], place: int) -> bool:
    following = parts[place + 1 : place + 4]
    if not following or _text(following[0], tokens) != ":":
        return False
    rest = [part.kind for part in following[1:] if part.kind is not Atom.STOP]
    return bool(rest) and rest[0] is Atom.PRODUCT


def _text(part: Part, tokens: Sequence[Token]) -> str:
    return tokens[part.start].text if part.start < len(tokens) else ""
