"""How far a refusal reaches: over which of the goods that stand beside it in a list ("cancel A and B", "A ra B chahidaina").

A verb before the goods reaches forward, one behind them reaches back, both until another verb. Goods told in the same
way as the refused one (both with a number, or neither) are refused with it; where that cannot be told, the number of the
neighbour becomes uncertain, so that it is asked about and never put into the basket.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.products import is_size
from core.intake.catalogue.wordbook import NO_PRODUCTS, Products
from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Token
from core.intake.parsing.drafts import Clause
from core.intake.parsing.layout import is_size_of
from core.intake.parsing.spans import COUNTING, NAMING, Span, SpanKind
from core.intake.reading import Unit

FEWEST_OF_A_LIST = 3  # of two things without a number one may be wanted


def with_refusals(clauses: Sequence[Clause], tokens: Sequence[Token], index: CatalogIndex) -> list[Clause]:
    """Mark the clauses that a refusal beside them reaches."""
    clauses = _with_exchanges(clauses, index)
    done = list(clauses)
    nameless = _lists_without_numbers(clauses)
    doubted_up_to = 0
    for place, clause in enumerate(clauses):
        if _refuses_ahead(clause):
            _reach_forward(done, place, index, across_rows=not _names(clause))
        elif _refuses_behind(clause):
            _reach_back(done, place, index, in_list=nameless[place])
            _reach_also(done, place, tokens)
        elif _may_deny(clause, tokens):
            doubted_up_to = _doubt_row(done, place, doubted_up_to)
    return done


def _with_exchanges(clauses: Sequence[Clause], index: CatalogIndex) -> Sequence[Clause]:
    """Read "sorry X hoina Y 2 ctn" below a list that holds X: X is given up, and the number of Y set."""
    done = list(clauses)
    listed: set[int] = set()  # the goods of the clauses before
    for at, (wrong, right) in enumerate(pairwise(clauses)):
        is_exchange = (
            right.corrects
            and not right.starts_row
            and not wrong.is_refused
            and bool(_goods(wrong) and _goods(right))
            and not _goods(wrong) & _goods(right)
            and not _has_amount(wrong, index)
        )
        if is_exchange and not listed.isdisjoint(_goods(wrong)):
            done[at] = replace(wrong, is_refused=True, corrects=False)
            done[at + 1] = replace(right, corrects=False, sets=True)
        listed |= _goods(wrong)
    return done


def _reach_forward(done: list[Clause], place: int, index: CatalogIndex, *, across_rows: bool) -> None:
    here = done[place]
    model = None if across_rows else _has_amount(here, index)
    for at in range(place + 1, len(done)):
        clause = done[at]
        if (clause.starts_row and not across_rows) or _speaks_for_itself(clause):
            return
        if not _names(clause):
            continue
        model = _has_amount(clause, index) if model is None else model
        done[at] = _refused(clause) if _has_amount(clause, index) in (model, False) else _doubted(clause)


def _reach_back(done: list[Clause], place: int, index: CatalogIndex, *, in_list: bool) -> None:
    """Refuse what stands before; `in_list` is for "A, B and C", where the commas before an "and" join too."""
    here = done[place]
    if not _names(here) and place and not here.starts_row:
        return  # "A, B - chahidaina" is settled where the drafts are
    at = place
    while not done[at].starts_row and at > 0:
        linked = in_list = in_list or done[at].is_joined
        at -= 1
        clause = done[at]
        if _speaks_for_itself(clause):
            return
        if not _names(clause):
            continue
        reached = _reached(clause, here, index, linked=linked)
        if reached is None:
            return
        done[at] = reached


def _lists_without_numbers(clauses: Sequence[Clause]) -> list[bool]:
    """Say for each clause whether its row up to it lists three things or more without a number: "A, B, C chahidaina"."""
    found: list[bool] = []
    names, is_counted = 0, False
    for clause in clauses:
        if clause.starts_row:
            names, is_counted = 0, False
        is_counted |= any(span.kind in COUNTING for span in clause.spans)
        names += _names(clause)
        found.append(names >= FEWEST_OF_A_LIST and not is_counted)
    return found


def _reached(clause: Clause, here: Clause, index: CatalogIndex, *, linked: bool) -> Clause | None:
    """Give a clause as the refusal behind it leaves it; None when that does not reach it."""
    if _has_amount(clause, index) and not _has_amount(here, index):
        if not linked and (_goods(clause) & _goods(here) or not _may_be_refused_too(clause, index)):
            return None  # "maggi 2 carton, coke chahidaina"
        return _doubted(clause)
    # Not linked: "sugar 50 kg, fanta mat bhejna": one of two refused, or wanted.
    return _refused(clause) if linked else _doubted(clause)


def _may_deny(clause: Clause, tokens: Sequence[Token]) -> bool:
    """Say whether a bare "no" or "chaina" stands right before or behind goods with their number."""
    kinds = [span.kind for span in clause.spans]
    says_no = [
        place
        for place, span in enumerate(clause.spans)
        if span.kind is SpanKind.TALK
        and span.word != "masked"  # the "no" of "shop no 12"
        and tokens[span.start].text in lexicon().exact["denying"]
    ]
    if not says_no or not _names(clause):
        return False
    leads = says_no[0] == 0 and bool(COUNTING.intersection(kinds[1:2]))
    return leads or says_no[-1] > max(place for place, kind in enumerate(kinds) if kind in NAMING)


def _doubt_row(done: list[Clause], place: int, doubted_up_to: int) -> int:
    """Mistrust the numbers of a clause; a "no" before it reaches those that go on behind it in its row too.

    Those before *doubted_up_to* are doubted already. Gives the place up to which they are now.
    """
    leads = done[place].spans[0].kind is SpanKind.TALK
    done[place] = _doubted(done[place])
    if not leads or place < doubted_up_to:
        return doubted_up_to
    for at in range(place + 1, len(done)):
        if done[at].starts_row or _speaks_for_itself(done[at]):
            return at
        done[at] = _doubted(done[at])
    return len(done)


def _reach_also(done: list[Clause], place: int, tokens: Sequence[Token]) -> None:
    """Let "A hataideu ra B pani" refuse B too."""
    at = place + 1
    if at >= len(done) or done[at].starts_row or _speaks_for_itself(done[at]) or not _names(done[at]):
        return
    if any(token.key in lexicon().markers["also"] for token in tokens[done[at].start : done[at].end]):
        done[at] = _refused(done[at])


def _refused(clause: Clause) -> Clause:
    return replace(clause, is_refused=True)


def _doubted(clause: Clause) -> Clause:
    spans = tuple(replace(span, is_vague=True) if span.kind in COUNTING else span for span in clause.spans)
    return replace(clause, spans=spans)


def _names(clause: Clause) -> bool:
    return any(span.kind in NAMING for span in clause.spans)


def _has_amount(clause: Clause, index: CatalogIndex) -> bool:
    """Say whether a clause counts or weighs; the size of what it names is no amount."""
    names = [span for span in clause.spans if span.kind in NAMING]
    return any(
        (span.kind is SpanKind.QUANTITY and not _is_of_the_name(names, span, index))
        or (span.kind is SpanKind.MEASURE and not is_size_of(names, span, index))
        for span in clause.spans
        if not span.is_pack
    )


def _is_of_the_name(names: Sequence[Span], number: Span, index: CatalogIndex) -> bool:
    """Say whether a number right behind goods belongs to their name ("iPhone 11", "Cotton Buds 100 pcs")."""
    goods = next((span for span in names if span.end == number.start and span.senses), None)
    if goods is None or number.value is None:
        return False
    products = [index.products[one] for one in goods.senses[0].products]
    if number.unit is None:
        return any(is_size(product, number.value) for product in products)
    return number.unit is Unit.PIECE and any(product.contents == number.value for product in products)


def _goods(clause: Clause) -> Products:
    return NO_PRODUCTS.union(*(span.senses[0].products for span in clause.spans if span.senses))


def _may_be_refused_too(clause: Clause, index: CatalogIndex) -> bool:
    """Say whether a clause is not told as an order: its number stands first, or is a weight that may be a size.

    A weight that no pack has, of goods that are sold loose, is none: "chini 5 kg, coke chahidaina".
    """
    is_loose = any(index.products[number].is_loose for number in _goods(clause))
    is_counted = is_loose or any(span.kind is SpanKind.QUANTITY for span in clause.spans)
    return not is_counted or _first(clause, COUNTING) < _first(clause, NAMING)


def _first(clause: Clause, kinds: frozenset[SpanKind]) -> int:
    return next((place for place, span in enumerate(clause.spans) if span.kind in kinds), len(clause.spans))


def _refuses_ahead(clause: Clause) -> bool:
    if clause.is_refused:
        return True
    at = _first(clause, frozenset({SpanKind.WITHDRAW}))
    if at >= len(clause.spans) or at > _first(clause, NAMING) or _is_answered(clause.spans[at]):
        return False
    return _names(clause) or (clause.starts_row and at == 0 and bool(clause.spans[at].word))


def _is_answered(span: Span) -> bool:
    """Say whether a verb of taking out speaks of what stood before it ("X ko thau ma")."""
    return span.word == "in_place"


def _refuses_behind(clause: Clause) -> bool:
    at = _first(clause, frozenset({SpanKind.WITHDRAW}))
    return at < len(clause.spans) and not _is_answered(clause.spans[at])


def _speaks_for_itself(clause: Clause) -> bool:
    """Say whether a clause has a verb of its own, so that no verb beside it reaches it."""
    if clause.corrects or clause.is_refused or clause.sets or clause.is_only:
        return True
    return any(span.kind is SpanKind.WITHDRAW or span.word == "send" for span in clause.spans)
