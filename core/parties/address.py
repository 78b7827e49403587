"""An address as a value, to fill and read the columns that retailers and vendors share."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal

from core.parties.models import Located
from core.parties.naming import require_place

ABOUT_TEN_CENTIMETRES = Decimal("0.000001")


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    province: str | None = None
    district: str | None = None
    municipality: str | None = None
    ward: int | None = None
    area: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a point has a latitude and a longitude")
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude {self.latitude}")
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude {self.longitude}")


def write_address(party: Located, address: Address) -> None:
    """Raises NameRefused for a place that could not be one."""
    for column, given in asdict(address).items():
        value = require_place(given) if isinstance(given, str) else given
        setattr(party, column, value.quantize(ABOUT_TEN_CENTIMETRES) if isinstance(value, Decimal) else value)
