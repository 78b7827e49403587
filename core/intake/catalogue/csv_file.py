"""A catalogue from a CSV file, for the command line and the benchmarks."""

import csv
from decimal import Decimal
from pathlib import Path

from core.intake.reading import CatalogEntry


def entries_from_csv(path: Path) -> list[CatalogEntry]:
    """Read products; columns that a file lacks (Nepali name, aliases) stay empty."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            CatalogEntry(
                sku=row["sku"],
                name=row["name"],
                name_ne=row.get("name_ne") or "",
                brand=row["brand"],
                category=row["category"],
                unit=row["unit"],
                pack_size=row["pack_size"],
                case_qty=int(row["case_qty"] or 1),
                price_minor=int(Decimal(row["price_npr"] or 0) * 100),
                aliases=tuple(
                    alias.strip() for alias in (row.get("aliases") or "").split(";") if alias.strip()
                ),
            )
            for row in csv.DictReader(file)
        ]
