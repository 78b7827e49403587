from collections.abc import Callable
from pathlib import Path

import pytest

from core.intake.catalogue.csv_file import entries_from_csv
from core.intake.catalogue.index import CatalogIndex
from core.intake.catalogue.indexing import build_index
from core.intake.reader import read_message
from core.intake.reading import NOTHING_KNOWN, Reading, Role, ShopKnowledge

DATA = Path(__file__).parents[2] / "data" / "intake"
Read = Callable[..., Reading]


@pytest.fixture(scope="session")
def index() -> CatalogIndex:
    return build_index(entries_from_csv(DATA / "catalog.csv"))


@pytest.fixture(scope="session")
def read(index: CatalogIndex) -> Read:
    """Read what a retailer writes."""

    def reader(text: str, *, role: Role = Role.RETAILER, shop: ShopKnowledge = NOTHING_KNOWN) -> Reading:
        return read_message(text, role=role, index=index, shop=shop)

    return reader


def basket(reading: Reading) -> dict[str, str]:
    return {line.sku: format(line.quantity.normalize(), "f") for line in reading.lines}
