"""What the demo shops bought and paid in the past months, as data: `replay` runs it through the real use cases."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from core.credit.models import PaymentMethod


@dataclass(frozen=True, kw_only=True, slots=True)
class PastPayment:
    """Money sent some days after the delivery: a part of what the delivery came to."""

    after_days: int
    method: PaymentMethod
    reference: str
    per_cent: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PastOrder:
    """One order, in base pieces by SKU. `declined` says why the first vendor asked said no."""

    shop: int
    days_ago: int
    goods: dict[str, int]
    payments: tuple[PastPayment, ...] = ()
    declined: str | None = None
    short: dict[str, int] = field(default_factory=dict)

    def quantity(self, sku: str) -> Decimal:
        return Decimal(self.goods[sku])


@dataclass(frozen=True, kw_only=True, slots=True)
class PastPrice:
    """All vendors asked *per_cent* of today's price until some days ago."""

    sku: str
    per_cent: int
    days_ago: int


def _paid(after_days: int, method: PaymentMethod, reference: str, per_cent: int = 100) -> PastPayment:
    return PastPayment(after_days=after_days, method=method, reference=reference, per_cent=per_cent)


ESEWA, KHALTI, FONEPAY = PaymentMethod.ESEWA, PaymentMethod.KHALTI, PaymentMethod.FONEPAY
BANK = PaymentMethod.BANK_TRANSFER

# Terms are 30 days. Shops 1 to 3 pay within them.
ASHA = (
    PastOrder(
        shop=1,
        days_ago=96,
        goods={"WW-CHK-75": 120, "RARA-VEG-75": 60, "AAYO-1": 50, "JM-25": 3, "DHA-MUS-1": 12},
        payments=(_paid(21, ESEWA, "0AX71K2"),),
    ),
    PastOrder(
        shop=1,
        days_ago=69,
        goods={"WW-CHK-75": 90, "WW-VEG-75": 60, "FOR-SUN-1": 24, "MUS-LS": 30, "COLG-ST-100": 24},
        payments=(_paid(19, ESEWA, "0B17QM4"),),
    ),
    PastOrder(
        shop=1,
        days_ago=55,
        goods={"JM-25": 4, "SM-25": 2, "AAYO-1": 50, "CEN-BES-100": 40, "SURF-500": 24},
        payments=(_paid(26, FONEPAY, "FP-88120457"),),
        declined="no_transport",
    ),
    PastOrder(
        shop=1,
        days_ago=27,
        goods={"WW-CHK-75": 150, "RARA-CHK-75": 60, "LIFE-TOT-100": 48, "CDM-13": 56, "JM-25": 2},
        payments=(_paid(22, ESEWA, "0C04LL8"),),
    ),
    PastOrder(
        shop=1,
        days_ago=12,
        goods={"WW-CHK-75": 90, "AAYO-1": 25, "DHA-MUS-1": 12, "TOKLA-500": 10, "MUS-LS": 25},
    ),
)
MAYA = (
    PastOrder(
        shop=2,
        days_ago=90,
        goods={"JM-25": 4, "CHIU-LS": 20, "WW-CHK-75": 120, "RIN-BAR-250": 60},
        payments=(_paid(25, BANK, "GBIME-77310"),),
    ),
    PastOrder(
        shop=2,
        days_ago=33,
        goods={"JM-25": 5, "WW-VEG-75": 60, "COKE-1500": 24, "CLIN-SAC": 60},
        payments=(_paid(27, BANK, "GBIME-85119"),),
        short={"COKE-1500": 2},
    ),
    PastOrder(
        shop=2,
        days_ago=13,
        goods={"SUG-50": 1, "MUS-LS": 30, "RAH-LS": 20, "SWA-SOY-1": 24, "WW-CHK-75": 60},
    ),
)
RAJAN = (
    PastOrder(
        shop=3,
        days_ago=78,
        goods={"COKE-500": 96, "FAN-500": 48, "SPR-500": 48, "LAYS-CO-25": 72},
        payments=(_paid(15, FONEPAY, "FP-85517720"),),
    ),
    PastOrder(
        shop=3,
        days_ago=37,
        goods={"COKE-500": 120, "REDB-250": 24, "KURK-MM-40": 60, "AMUL-BTR-100": 30},
        payments=(_paid(24, ESEWA, "0BZ55RR"),),
    ),
    PastOrder(shop=3, days_ago=16, goods={"COKE-500": 96, "FAN-500": 48, "OREO-VAN-46": 60, "KIN-1L": 48}),
)
# Two to three weeks late each time, now with one invoice overdue and little of the limit left.
DEEPAK = (
    PastOrder(
        shop=4,
        days_ago=70,
        goods={"SM-25": 5, "WW-CHK-75": 90, "DHA-MUS-1": 12},
        payments=(_paid(42, ESEWA, "0AQ44WN", 50), _paid(50, BANK, "NMB-43907", 50)),
    ),
    PastOrder(shop=4, days_ago=38, goods={"JM-25": 6, "SUG-50": 1, "SWA-SOY-1": 12}),
    PastOrder(shop=4, days_ago=24, goods={"SUG-50": 3, "RAH-LS": 25, "WW-VEG-75": 90}),
    PastOrder(shop=4, days_ago=9, goods={"JM-25": 6, "DHA-MUS-5": 4, "ATTA-HUL-5": 8, "CEN-BES-500": 4}),
)
# Paid once, then no more.
RAMESH = (
    PastOrder(
        shop=6,
        days_ago=160,
        goods={"WW-CHK-75": 120, "SUG-50": 1, "COLG-ST-100": 24},
        payments=(_paid(27, ESEWA, "09ZK120"),),
    ),
    PastOrder(shop=6, days_ago=125, goods={"JM-25": 6, "SUG-50": 3, "TOKLA-500": 12, "SURF-1": 12}),
)

PAST_ORDERS: tuple[PastOrder, ...] = (*ASHA, *MAYA, *RAJAN, *DEEPAK, *RAMESH)

# Two changed after Asha's last order, so that "same as last time" has something to say.
PAST_PRICES = (
    PastPrice(sku="WW-CHK-75", per_cent=96, days_ago=6),
    PastPrice(sku="DHA-MUS-1", per_cent=103, days_ago=5),
    PastPrice(sku="SUG-50", per_cent=97, days_ago=45),
    PastPrice(sku="JM-25", per_cent=95, days_ago=62),
)
PAST_PRICES_SINCE_DAYS_AGO = 200

# An admin stopped shop 6 when its invoice was a month overdue.
BLOCKED_SHOP = 6
BLOCKED_DAYS_AGO = 64
BLOCK_REASON = "overdue"
