"""What each kind of text does while each kind of question is open: a table of effects on orders, basket and payments."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import select

from core.catalog.models import Product
from core.credit.kinds import ClaimStatus
from core.credit.models import PaymentClaim
from core.orders.kinds import OrderStatus
from core.orders.models import Order, OrderLine
from tests.bot.dialogue.test_vendor_says import on_the_way
from tests.bot.stage import Stage


def how_many(stage: Stage) -> None:
    stage.write("asha", "wai wai chicken")


def which_one(stage: Stage) -> None:
    stage.write("asha", "5 kg chini, 3 coke")


def basket(stage: Stage) -> None:
    stage.write("asha", "5 kg chini")


def clear_part(stage: Stage) -> None:
    which_one(stage)
    stage.write("asha", "ho")


def dearer(stage: Stage) -> None:
    stage.write("asha", "2 carton wai wai chicken, 5 kg chini")
    stage.write("asha", "ho")
    stage.tap("gita", 3)
    stage.write("gita", "1 30, 2 0")
    stage.write("kamala", "2")
    stage.write("kamala", "1")


def receipt(stage: Stage) -> None:
    stage.write("gita", on_the_way(stage, terms="ho"))


def cancel(stage: Stage) -> None:
    stage.write("asha", "2 carton wai wai chicken")
    stage.write("asha", "ho")
    stage.write("asha", "cancel 1001")


def claim_amount(stage: Stage) -> None:
    receipt(stage)
    stage.write("asha", "paisa tireko")


def claim_method(stage: Stage) -> None:
    receipt(stage)
    stage.write("asha", "paid 300")


def claim_reference(stage: Stage) -> None:
    receipt(stage)
    stage.write("asha", "paid 300 esewa")


# Texts of one kind; in the cells below, a kind that is not named changes nothing.
KINDS: Mapping[str, tuple[str, ...]] = {
    "yes": ("ho", "yes please", "la huncha", "👍"),
    "no": ("hoina", "no"),
    "conditional yes": ("ho tara bholi", "yes if price is same"),
    "send it": ("pathaidinus",),
    "cash": ("cash", "cash nai ok"),
    "choice": ("2",),
    "count": ("5 packet",),
    "number": ("500",),
    "sum": ("Rs 500",),
    "reference": ("AB1234",),
    "name": ("coke 500ml",),
    "goods": ("10 rara chicken",),
    "question": ("chini kati ho?", "balance", "orders", "kahile aaucha?"),
    "payment": ("paid 200 cash",),
    "thanks": ("thank you", "dhanyabad dai"),
    "noise": ("asdf qwer",),
}
# Other goods and another payment are taken for what they are, whatever is open.
ALWAYS = {"goods": "RARA-CHK-75=10", "payment": "claim 200 cash"}

TABLE: Mapping[Callable[[Stage], None], Mapping[str, str]] = {
    how_many: {"choice": "WW-CHK-75=2", "count": "WW-CHK-75=5", "number": "WW-CHK-75=500"},
    which_one: {"choice": "COKE-2250=3", "name": "COKE-500=3"},
    basket: {"yes": "placed credit", "send it": "placed credit", "cash": "placed cash"},
    clear_part: {
        "yes": "placed credit", "send it": "placed credit", "cash": "placed cash", "choice": "COKE-2250=3", "name": "COKE-500=3",
    },
    dearer: {"yes": "offered", "send it": "offered", "no": "accepted"},
    receipt: {"yes": "completed"},
    cancel: {"yes": "canceled"},
    claim_amount: {},
    claim_method: {"cash": "claim 300 cash"},
    claim_reference: {"reference": "claim 300 esewa AB1234", "cash": "claim 300 cash"},
}  # fmt: skip


@pytest.mark.parametrize("question", TABLE, ids=lambda question: question.__name__)
def test_what_may_be_said_while_a_question_is_open(stage: Stage, question: Callable[[Stage], None]) -> None:
    question(stage)
    found, expected = {}, {}
    for kind, texts in KINDS.items():
        for words in texts:
            with stage.set_aside():
                found[words] = effect_of(stage, words)
            expected[words] = TABLE[question].get(kind, ALWAYS.get(kind, ""))

    assert found == expected


def effect_of(stage: Stage, words: str) -> str:
    """What the words change, without what they say; every turn has to answer."""
    before = _facts(stage)
    arrived = stage.write("asha", words)
    assert arrived, f"{words!r} has no answer"
    return " ".join(
        f"placed {now.split()[-1]}"
        if kind == "order" and (kind, row_id) not in before
        else now.split(" on ")[0]
        for (kind, row_id), now in _facts(stage).items()
        if now != before.get((kind, row_id))
    )


def _facts(stage: Stage) -> dict[tuple[str, int], str]:
    with stage.database.transaction() as session:
        placed = session.scalars(select(Order).where(Order.status != OrderStatus.DRAFT)).all()
        lines = session.execute(
            select(OrderLine.id, Product.sku, OrderLine.quantity)
            .join(Product, OrderLine.product_id == Product.id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(Order.status == OrderStatus.DRAFT)
        ).all()
        claims = session.scalars(select(PaymentClaim).where(PaymentClaim.status == ClaimStatus.OPEN)).all()
        return {
            **{("order", order.id): f"{order.status} on {order.terms}" for order in placed},
            **{("line", line_id): f"{sku}={int(quantity)}" for line_id, sku, quantity in lines},
            **{("claim", claim.id): _claimed(claim) for claim in claims},
        }


def _claimed(claim: PaymentClaim) -> str:
    return f"claim {claim.amount_minor // 100} {claim.method} {claim.reference or ''}".strip()
