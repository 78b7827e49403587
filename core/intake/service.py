"""The order reader over the live catalogue: its index is built once for each state of the catalogue, per process.

Readers always get the index of the catalogue as it stands. `keep_index_ready` builds it before they ask, so that the first
order after a change rarely waits.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Event, Lock
from typing import Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.catalog import service as catalog
from core.catalog.errors import WordsMeanNothing
from core.catalog.models import AliasSource
from core.db.session import Database
from core.intake import queries, reader
from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.indexing import Entries, index_entries, read_entries
from core.intake.deciding import answers
from core.intake.deciding.packs import base_quantity
from core.intake.language.lexicon import lexicon
from core.intake.language.tokens import Kind, Token, clean, tokenize
from core.intake.queries import Stamp, knowledge_of
from core.intake.reading import Answer, LineQuestion, Reading, Role, ShopKnowledge, Unit
from core.refs import ProductId, RetailerId

__all__ = [
    "base_pieces",
    "goods_named",
    "index_of",
    "keep_index_ready",
    "knowledge_of",
    "learn",
    "product_ids",
    "read",
    "read_answer",
]


@dataclass(slots=True)
class _Built:
    """The index of the last catalogue that this process saw."""

    stamp: Stamp | None = None
    index: CatalogIndex | None = None
    # Only what has changed is read again.
    entries: Entries = field(default_factory=dict)


LOOK_EVERY_SECONDS: Final = 1.0
# Many changes in a row, each a transaction, must not take the process from those who write to us.
PAUSE_PER_SECOND_OF_BUILDING: Final = 3.0

_built = _Built()
_building = Lock()
logger = logging.getLogger(__name__)


def index_of(session: Session) -> CatalogIndex:
    """Return the index of the catalogue as it stands. Threads that find it stale build it once."""
    stamp = queries.catalog_stamp(session)
    with _building:
        if _built.index is None or _built.stamp != stamp:
            _built.entries = read_entries(queries.catalog_entries(session), known=_built.entries)
            _built.index = index_entries(_built.entries.values())
            _built.stamp = stamp
        return _built.index


def keep_index_ready(database: Database, stopping: Event) -> None:
    """Rebuild the index soon after each change of the catalogue, until *stopping* is set."""
    pause = 0.0
    while not stopping.wait(pause):
        started = time.monotonic()
        try:
            with database.transaction() as session:
                index_of(session)
        except SQLAlchemyError as problem:
            logger.warning("cannot look at the catalogue", extra={"problem": type(problem).__name__})
        pause = max(LOOK_EVERY_SECONDS, PAUSE_PER_SECOND_OF_BUILDING * (time.monotonic() - started))


def read(session: Session, text: str, *, role: Role, shop: ShopKnowledge) -> Reading:
    """Read what a message wants. Never raises, whatever the text."""
    return reader.read_message(text, role=role, index=index_of(session), shop=shop)


def read_answer(
    session: Session, text: str, questions: Sequence[LineQuestion], *, shop: ShopKnowledge
) -> Answer:
    """Read which of the open *questions* a message settles."""
    return answers.read_answer(text, questions=questions, index=index_of(session), shop=shop)


def base_pieces(session: Session, sku: str, quantity: Decimal | None, unit: Unit | None) -> Decimal | None:
    """Convert *quantity* of *unit* into base pieces of the SKU; None when that is not certain."""
    index = index_of(session)
    position = index.by_sku.get(sku.upper())
    if position is None:
        return None
    return base_quantity(index.products[position], quantity, unit, staples=index.staples)


def product_ids(session: Session, skus: Iterable[str]) -> dict[str, ProductId]:
    """The products of these SKUs as the last reading knew them; nothing is read for it."""
    index = index_of(session)
    found = {
        sku: index.products[index.by_sku[sku.upper()]].product_id
        for sku in skus
        if sku.upper() in index.by_sku
    }
    return {sku: product_id for sku, product_id in found.items() if product_id is not None}


def goods_named(session: Session, text: str, *, among: frozenset[str] | None = None) -> list[str]:
    """Return the SKUs that the words of a text narrow down to, of those in *among* if given; empty when none fits."""
    index = index_of(session)
    everything = frozenset(
        position for position, product in enumerate(index.products) if among is None or product.sku in among
    )
    fitting: frozenset[int] = frozenset()
    for token in tokenize(clean(text).text, is_name=index.is_name):
        if token.kind is not Kind.WORD or _is_only_talk(token):
            continue
        named = frozenset().union(*(meaning.products for meaning in index.known(token.text))) & everything
        if named:
            fitting = (fitting & named) or (fitting or named)
    return [index.products[position].sku for position in sorted(fitting)]


def _is_only_talk(token: Token) -> bool:
    """Whether a word only sounds like goods: "म" is I, and not honey ("मह")."""
    words = lexicon()
    return (token.key,) in words.exact_cues and token.text not in words.goods_spellings


def learn(
    session: Session, *, words: str, product_id: ProductId, retailer_id: RetailerId, now: dt.datetime
) -> None:
    """Remember what this shop means by *words*. Leaves out numbers and units, and does nothing when no goods words are left."""
    index = index_of(session)
    tokens = tokenize(clean(words).text, is_name=index.is_name)
    goods = [token.text for token in tokens if token.kind is Kind.WORD and index.known(token.text)]
    if not goods:
        return
    try:
        catalog.learn_alias(
            session,
            product_id,
            words=" ".join(goods),
            retailer_id=retailer_id,
            source=AliasSource.CONFIRMED,
            now=now,
        )
    except WordsMeanNothing:
        # Words that say nothing once cleaned are simply not remembered.
        return
