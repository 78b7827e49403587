"""The people of the demo market. `make chat AS=asha` and the simulator call them by these names."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.money import Money, rupees
from core.parties import demo_logins
from core.parties.address import Address
from core.parties.models import Language, Position
from core.parties.service import RetailerFacts, VendorFacts

CHANNEL = "whatsapp"


class Side(StrEnum):
    RETAILER = "retailer"
    VENDOR = "vendor"
    NOBODY_YET = "nobody_yet"  # not seeded: writes for the first time


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoPerson:
    """A person with a phone. `number` is that of the login (`retailer1@example.com`)."""

    name: str
    full_name: str
    phone: str
    side: Side
    number: int | None = None
    position: Position = Position.OWNER
    order_limit: Money | None = None

    @property
    def address(self) -> str:
        return f"{CHANNEL}:{self.phone}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoVendor:
    """A wholesaler, and how it lists: `minimum_share` of the catalogue's minimum quantity (0 = any quantity)."""

    number: int
    facts: VendorFacts
    minimum_share: Decimal
    lead_time_days: int

    @property
    def email(self) -> str:
        return demo_logins.VENDOR_EMAIL.format(number=self.number)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoRetailer:
    """A shop. Without a limit it may order for cash only."""

    number: int
    facts: RetailerFacts
    limit: Money | None
    months_old: int

    @property
    def email(self) -> str:
        return demo_logins.RETAILER_EMAIL.format(number=self.number)


def _vendor_phone(number: int) -> str:
    return f"+977980100{number:04d}"


def _retailer_phone(number: int) -> str:
    return f"+977984100{number:04d}"


_PEOPLE = (
    DemoPerson(
        name="Asha",
        full_name="Asha Gurung",
        phone=_retailer_phone(1),
        side=Side.RETAILER,
        number=1,
    ),
    DemoPerson(
        name="Bibek",
        full_name="Bibek Gurung",
        phone=_retailer_phone(11),
        side=Side.RETAILER,
        number=1,
        position=Position.HELPER,
        order_limit=rupees(10_000),
    ),
    DemoPerson(
        name="Maya",
        full_name="Maya Tamang",
        phone=_retailer_phone(2),
        side=Side.RETAILER,
        number=2,
    ),
    DemoPerson(
        name="Rajan",
        full_name="Rajan Thapa",
        phone=_retailer_phone(3),
        side=Side.RETAILER,
        number=3,
    ),
    DemoPerson(
        name="Deepak",
        full_name="Deepak Karki",
        phone=_retailer_phone(4),
        side=Side.RETAILER,
        number=4,
    ),
    DemoPerson(
        name="Sita",
        full_name="Sita Rai",
        phone=_retailer_phone(5),
        side=Side.RETAILER,
        number=5,
    ),
    DemoPerson(
        name="Ramesh",
        full_name="Ramesh Adhikari",
        phone=_retailer_phone(6),
        side=Side.RETAILER,
        number=6,
    ),
    DemoPerson(
        name="Hari",
        full_name="Hari Shrestha",
        phone=_vendor_phone(1),
        side=Side.VENDOR,
        number=1,
    ),
    DemoPerson(
        name="Gita",
        full_name="Gita Maharjan",
        phone=_vendor_phone(2),
        side=Side.VENDOR,
        number=2,
    ),
    DemoPerson(
        name="Sunil",
        full_name="Sunil Shakya",
        phone=_vendor_phone(3),
        side=Side.VENDOR,
        number=3,
    ),
    DemoPerson(
        name="Kamala",
        full_name="Kamala Suwal",
        phone=_vendor_phone(4),
        side=Side.VENDOR,
        number=4,
    ),
    DemoPerson(
        name="Newcomer",
        full_name="Nabin Magar",
        phone=_retailer_phone(99),
        side=Side.NOBODY_YET,
    ),
)

# By what `make chat AS=` takes.
DEMO_PEOPLE: dict[str, DemoPerson] = {member.name.lower(): member for member in _PEOPLE}


def people_of(side: Side, number: int) -> tuple[DemoPerson, ...]:
    return tuple(member for member in _PEOPLE if (member.side, member.number) == (side, number))


def _at(latitude: str, longitude: str, **place: str | int) -> Address:
    return Address(
        province="Bagmati",
        latitude=Decimal(latitude),
        longitude=Decimal(longitude),
        district=str(place["district"]),
        municipality=str(place["municipality"]),
        ward=int(place["ward"]),
        area=str(place["area"]),
    )


# At least two vendors work on every day of the week, Saturday included, and reach every shop.
VENDORS: tuple[DemoVendor, ...] = (
    DemoVendor(
        number=1,
        facts=VendorFacts(
            business_name="Himal Traders",
            pan="601234571",
            address=_at(
                "27.698150", "85.300420",
                district="Kathmandu", municipality="Kathmandu", ward=14, area="Kalimati",
            ),
            service_radius_km=Decimal(25),
            working_days=frozenset({7, 1, 2, 3, 4, 5}),
            commission_basis_points=200,
        ),
        minimum_share=Decimal(0),
        lead_time_days=0,
    ),
    DemoVendor(
        number=2,
        facts=VendorFacts(
            business_name="Shree Ganesh Khadya Bhandar",
            pan="601234582",
            address=_at(
                "27.707180", "85.311930",
                district="Kathmandu", municipality="Kathmandu", ward=27, area="Asan",
            ),
            language=Language.NEPALI,
            service_radius_km=Decimal(20),
            working_days=frozenset({7, 1, 2, 3, 4, 5, 6}),
            commission_basis_points=250,
        ),
        minimum_share=Decimal(0),
        lead_time_days=0,
    ),
    DemoVendor(
        number=3,
        facts=VendorFacts(
            business_name="Patan Kirana Suppliers",
            pan="601234593",
            address=_at(
                "27.666790", "85.323560",
                district="Lalitpur", municipality="Lalitpur", ward=12, area="Lagankhel",
            ),
            service_radius_km=Decimal(20),
            working_days=frozenset({7, 1, 2, 3, 4, 5}),
            commission_basis_points=150,
        ),
        minimum_share=Decimal("0.5"),
        lead_time_days=0,
    ),
    DemoVendor(
        number=4,
        facts=VendorFacts(
            business_name="Nyatapola Trading House",
            pan="601234604",
            address=_at(
                "27.662880", "85.427310",
                district="Bhaktapur", municipality="Suryabinayak", ward=5, area="Suryabinayak",
            ),
            language=Language.NEPALI,
            service_radius_km=Decimal(40),
            working_days=frozenset({7, 1, 3, 4, 5, 6}),
            commission_basis_points=300,
        ),
        minimum_share=Decimal(1),
        lead_time_days=1,
    ),
)  # fmt: skip

RETAILERS: tuple[DemoRetailer, ...] = (
    DemoRetailer(
        number=1,
        facts=RetailerFacts(
            shop_name="Asha Kirana Pasal",
            owner_name="Asha Gurung",
            pan="301234561",
            address=_at(
                "27.689340", "85.343650",
                district="Kathmandu", municipality="Kathmandu", ward=10, area="New Baneshwor",
            ),
            language=Language.ENGLISH,
        ),
        limit=rupees(200_000),
        months_old=26,
    ),
    DemoRetailer(
        number=2,
        facts=RetailerFacts(
            shop_name="Boudha General Store",
            owner_name="Maya Tamang",
            pan="301234572",
            address=_at(
                "27.721480", "85.361970",
                district="Kathmandu", municipality="Kathmandu", ward=6, area="Boudha",
            ),
            language=Language.NEPALI,
        ),
        limit=rupees(150_000),
        months_old=18,
    ),
    DemoRetailer(
        number=3,
        facts=RetailerFacts(
            shop_name="Thapa Cold Store",
            owner_name="Rajan Thapa",
            pan="301234583",
            address=_at(
                "27.677960", "85.316730",
                district="Lalitpur", municipality="Lalitpur", ward=3, area="Pulchowk",
            ),
            language=Language.ENGLISH,
        ),
        limit=rupees(100_000),
        months_old=12,
    ),
    DemoRetailer(
        number=4,
        facts=RetailerFacts(
            shop_name="Karki Khadya Pasal",
            owner_name="Deepak Karki",
            pan="301234594",
            address=_at(
                "27.678310", "85.277450",
                district="Kathmandu", municipality="Kirtipur", ward=8, area="Naya Bazar",
            ),
            language=Language.NEPALI,
        ),
        limit=rupees(80_000),
        months_old=14,
    ),
    DemoRetailer(
        number=5,
        facts=RetailerFacts(
            shop_name="Naya Bihani Pasal",
            owner_name="Sita Rai",
            address=_at(
                "27.778030", "85.362180",
                district="Kathmandu", municipality="Budhanilkantha", ward=3, area="Hattigauda",
            ),
            language=Language.NEPALI,
        ),
        limit=None,
        months_old=0,
    ),
    DemoRetailer(
        number=6,
        facts=RetailerFacts(
            shop_name="Adhikari Kirana",
            owner_name="Ramesh Adhikari",
            pan="301234616",
            address=_at(
                "27.679950", "85.387240",
                district="Bhaktapur", municipality="Madhyapur Thimi", ward=4, area="Thimi",
            ),
            language=Language.ENGLISH,
        ),
        limit=rupees(50_000),
        months_old=20,
    ),
)  # fmt: skip
