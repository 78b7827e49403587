"""Addresses in requests and responses, the same for shops and wholesalers."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from admin_api.fields import Given, Text, View, plain_decimal
from core.parties.address import Address
from core.parties.models import Located

Latitude = Annotated[
    Decimal,
    Field(ge=-90, le=90, max_digits=8, decimal_places=6, examples=["27.717200"]),
    BeforeValidator(plain_decimal),
]
Longitude = Annotated[
    Decimal,
    Field(ge=-180, le=180, max_digits=9, decimal_places=6, examples=["85.324000"]),
    BeforeValidator(plain_decimal),
]


class AddressGiven(Given):
    """An address as written in Nepal. Give latitude and longitude together, or neither."""

    province: Text | None = None
    district: Text | None = None
    municipality: Text | None = None
    ward: int | None = Field(default=None, ge=1, le=40)
    area: Text | None = None
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def _a_point_has_both(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude go together")
        return self

    def address(self) -> Address:
        return Address(**self.model_dump())


class AddressView(View):
    province: str | None
    district: str | None
    municipality: str | None
    ward: int | None
    area: str | None
    latitude: str | None = Field(examples=["27.717200"])
    longitude: str | None = Field(examples=["85.324000"])


def address_view(party: Located) -> AddressView:
    return AddressView(
        province=party.province,
        district=party.district,
        municipality=party.municipality,
        ward=party.ward,
        area=party.area,
        latitude=None if party.latitude is None else str(party.latitude),
        longitude=None if party.longitude is None else str(party.longitude),
    )


def address_of(party: Located) -> Address:
    return Address(
        province=party.province,
        district=party.district,
        municipality=party.municipality,
        ward=party.ward,
        area=party.area,
        latitude=party.latitude,
        longitude=party.longitude,
    )
