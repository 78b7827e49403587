"""Numbers listed apart from their goods: "tide, rin and harpic: 2, 3 and 7", "5, 6 and 7 of tide, rin and harpic".

As many numbers as names are dealt out in their order. Where their count differs, the numbers are marked as uncertain, so that
none goes to the goods that happen to stand beside it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from core.intake.catalogue.index import CatalogIndex
from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.layout import is_size_of
from core.intake.parsing.spans import COUNTING, NAMING, Span, SpanKind

TELLING = frozenset({SpanKind.ATTRIBUTE, SpanKind.SMALL, SpanKind.BIG, SpanKind.PACK})
FEWEST = 2
FEWEST_UNPARTED = 3  # "coke fanta 500 12" is no list, "tide rin vim 6 6 12" is one
PARTING = frozenset(":-=")


@dataclass(slots=True)
class Listing:
    """The names of a row, each with its sizes, and the numbers that stand together before or behind all of them."""

    names: list[list[Span]] = field(default_factory=list)
    numbers: list[Span] = field(default_factory=list)
    is_parted: bool = False  # a colon or a dash stands between names and numbers
    has_commas: bool = False  # between the numbers
    leads: bool = False  # the numbers stand first
    rest: list[Span] = field(default_factory=list)  # talk at the end


def with_dealt_numbers(spans: list[Span], tokens: Sequence[Token], index: CatalogIndex) -> list[Span]:
    """Put each number of a list behind its goods, where names and numbers are listed apart in one row."""
    if _is_column(spans, tokens) and (listing := _listing(spans, tokens, index)):
        return _dealt(spans, replace(listing, is_parted=True))
    done: list[Span] = []
    for row in _rows(spans):
        listing = _listing(row, tokens, index)
        done += row if listing is None else _dealt(row, listing)
    return done


def _is_column(spans: Sequence[Span], tokens: Sequence[Token]) -> bool:
    """Say whether rows of nothing but names stand above, or below, rows of nothing but numbers."""
    kinds = [_holds(row) for row in _rows(spans)]
    kinds = [held for held in kinds if held]
    if len(kinds) < FEWEST or any(tokens[span.start].text == "?" for span in spans):
        return False
    return set(kinds) == {"names", "numbers"} and sum(one != other for one, other in pairwise(kinds)) == 1


def _holds(row: Sequence[Span]) -> str:
    """Say whether a row holds names, numbers, or both; nothing where it holds neither."""
    has_names = any(span.kind in NAMING for span in row)
    has_numbers = any(span.kind in COUNTING for span in row)
    return {(True, False): "names", (False, True): "numbers", (True, True): "both"}.get(
        (has_names, has_numbers), ""
    )


def _rows(spans: Sequence[Span]) -> Iterator[list[Span]]:
    row: list[Span] = []
    for span in spans:
        row.append(span)
        if span.kind is SpanKind.STOP:
            yield row
            row = []
    yield row


def _listing(row: Sequence[Span], tokens: Sequence[Token], index: CatalogIndex) -> Listing | None:
    """Read a row as names and numbers listed apart; None when it is anything else."""
    numbers = sum(span.kind in COUNTING for span in row)
    if numbers < FEWEST or sum(span.kind in NAMING for span in row) < FEWEST:
        return None
    found = Listing()
    for at, span in enumerate(row):
        if not _add(found, span, row[at - 1] if at else None, tokens, index):
            return None
    if len(found.names) < FEWEST or len(found.numbers) < FEWEST:
        return None
    if not found.is_parted and not found.has_commas and len(found.names) < FEWEST_UNPARTED:
        return None
    return found


def _add(
    found: Listing, span: Span, before: Span | None, tokens: Sequence[Token], index: CatalogIndex
) -> bool:
    """Take the next part of a row into a listing; False when it does not fit."""
    if span.kind in NAMING:
        return _add_name(found, span, before)
    if found.names and not _has_ended(found) and _is_size(span, found.names[-1], index):
        found.names[-1].append(span)
    elif span.kind in COUNTING:
        return _add_number(found, span)
    elif span.kind is SpanKind.COMMA:
        found.has_commas |= bool(found.numbers) and (not found.names or not found.leads)
    elif span.kind is SpanKind.STOP:
        found.has_commas |= bool(found.numbers) and not found.leads
        found.rest.append(span)
    elif span.kind is SpanKind.TALK:
        is_word_behind = found.numbers and found.names and not found.leads and not span.word
        if is_word_behind and before is not None and before.kind in COUNTING:
            return tokens[span.start].text in PARTING | lexicon().exact["respectively"]
        found.is_parted |= tokens[span.start].text in PARTING
        found.rest += [span] if span.word else []
    else:
        return False
    return True


def _has_ended(found: Listing) -> bool:
    """Say whether the names of a listing are over."""
    return bool(found.numbers) and not found.leads


def _add_name(found: Listing, span: Span, before: Span | None) -> bool:
    if not found.names:
        found.leads = bool(found.numbers)
    if _has_ended(found):
        return False
    is_more_of_it = before is not None and before.kind in NAMING and before.end == span.start
    if found.names and is_more_of_it and SpanKind.UNKNOWN in (span.kind, before.kind if before else None):
        found.names[-1].append(span)
    else:
        found.names.append([span])
    return True


def _add_number(found: Listing, span: Span) -> bool:
    is_plain = span.value is not None and not (span.many or span.is_vague or span.is_pack or span.in_brackets)
    if not is_plain or (found.names and found.leads):
        return False
    found.numbers.append(span)
    return True


def _is_size(span: Span, name: Sequence[Span], index: CatalogIndex) -> bool:
    if span.kind in TELLING or (span.kind in COUNTING and span.is_pack):
        return True
    return is_size_of([one for one in name if one.kind is SpanKind.PRODUCT], span, index)


def _dealt(row: Sequence[Span], listing: Listing) -> list[Span]:
    """Give the row with each number behind its goods; with uncertain numbers where they cannot be dealt out."""
    if len(listing.names) != len(listing.numbers) or not _agree(listing.numbers):
        if not listing.is_parted and not listing.leads:
            return list(row)
        dealt = {id(number) for number in listing.numbers}
        return [replace(span, is_vague=True) if id(span) in dealt else span for span in row]
    last = listing.numbers[-1]
    shared = [span for span in listing.names[-1] if span.kind is SpanKind.MEASURE]
    done: list[Span] = []
    for name, number in zip(listing.names, listing.numbers, strict=True):
        if done:
            done.append(Span(kind=SpanKind.COMMA, start=name[0].start, end=name[0].start))
        has_size = any(span.kind not in NAMING for span in name)
        unit = number.unit or last.unit
        done += [*name, *(() if has_size else shared), replace(number, unit=unit)]
    return [*done, *listing.rest]


def _agree(numbers: Sequence[Span]) -> bool:
    """Say whether each number has its unit, or none but the last has one, which then counts for all."""
    units = [number.unit for number in numbers]
    return all(units) or not any(units[:-1])
