"""The basket: an order in draft, one open per shop and shared by its people. Each change makes a new version."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.actor import Actor
from core.catalog import queries as catalog
from core.catalog.models import Product
from core.db.locks import LockRank, hold_new, lock, lock_found
from core.errors import ChangedMeanwhile
from core.money import ZERO, Money, total
from core.orders import moves
from core.orders.errors import LineNotInBasket, NothingToRepeat, TooLate
from core.orders.kinds import OrderStatus, Terms
from core.orders.models import FulfillmentLine, Order, OrderLine
from core.orders.parts import open_work
from core.orders.settings import OrderSettings
from core.orders.views import BasketLine, BasketView, NewLine, PriceThen, SameAgain
from core.parties.queries import check_active
from core.pricing.policy import LinePrice
from core.quantity import ZERO_QUANTITY, Said, quantity
from core.refs import ProductId
from core.routing import service as routing
from core.settings import service as settings

# Each time another opened a basket and placed it in between.
_MOST_TRIES = 5
_FIRST_VERSION = 1
_NO_BASKET = "none"
# As in the partial unique index.
_IS_OPEN = text("status = 'draft' AND awaiting_owner_since IS NULL")


def find_waiting(session: Session, retailer_id: int) -> Order | None:
    """The newest basket of a helper that waits for the owner."""
    return session.scalar(
        select(Order)
        .where(
            Order.retailer_id == retailer_id,
            Order.status == OrderStatus.DRAFT,
            Order.awaiting_owner_since.is_not(None),
        )
        .order_by(Order.id.desc())
        .limit(1)
    )


def find_basket(session: Session, retailer_id: int) -> Order | None:
    """The shop's open basket; one that waits for the owner's approval is no longer open."""
    return session.scalar(_open_basket_of(retailer_id))


def _open_basket_of(retailer_id: int) -> Select[Order]:
    return select(Order).where(
        Order.retailer_id == retailer_id,
        Order.status == OrderStatus.DRAFT,
        Order.awaiting_owner_since.is_(None),
    )


def open_basket(session: Session, *, retailer_id: int, actor: Actor, now: dt.datetime) -> Order:
    """The shop's basket, locked; a new one when there is none or the old one was left idle for too long."""
    idle = dt.timedelta(hours=settings.current(session, OrderSettings).values.basket_idle_hours)
    order = _locked_basket(session, retailer_id, now=now)
    check_active(session, actor)
    if order.touched_at + idle < now:
        moves.move(session, order, OrderStatus.CANCELED, reason="idle", actor=actor, now=now)
        session.flush()
        order = _locked_basket(session, retailer_id, now=now)
    return order


def state_of(order: Order | None) -> str:
    """Which state of the shop's basket this is; the same for all shops that have none."""
    return _NO_BASKET if order is None else f"{order.id}:{order.version}"


def add_lines(
    session: Session,
    *,
    retailer_id: int,
    lines: Sequence[NewLine],
    seen: str | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Order:
    """Add to the basket; what is already there grows by the new quantity, or is set to it.

    Raises QuantityNotWhole, and ChangedMeanwhile if the basket is not in the state that was *seen*, where that is given.
    """
    order, there = _to_add(session, retailer_id=retailer_id, lines=lines, actor=actor, now=now)
    if seen is not None and seen not in _states_before(order):
        raise ChangedMeanwhile(order_id=order.id)
    _add(session, order, there, lines, actor=actor)
    return order


def add_list(
    session: Session, *, retailer_id: int, lines: Sequence[NewLine], actor: Actor, now: dt.datetime
) -> tuple[Order, str | None]:
    """As `add_lines`, unless somebody else of the shop sent just these lines: then nothing is added.

    Returns the label of who did, if so.
    """
    order, there = _to_add(session, retailer_id=retailer_id, lines=lines, actor=actor, now=now)
    who = _sent_by_another(there, lines, actor)
    if who is None:
        _add(session, order, there, lines, actor=actor)
    return order, who


def _to_add(
    session: Session, *, retailer_id: int, lines: Sequence[NewLine], actor: Actor, now: dt.datetime
) -> tuple[Order, Sequence[OrderLine]]:
    """The basket, locked, and what is in it."""
    catalog.check_quantities(session, {ProductId(line.product_id): line.quantity for line in lines})
    order = _changed_basket(session, retailer_id=retailer_id, actor=actor, now=now)
    # Each change makes a new version, and the first has no lines.
    return order, lines_of(session, order.id) if order.version > _FIRST_VERSION + 1 else []


def _states_before(order: Order) -> set[str]:
    """The states that the basket may have had before this change. The first has no lines, and is as none."""
    before = {f"{order.id}:{order.version - 1}"}
    return before | {_NO_BASKET} if order.version == _FIRST_VERSION + 1 else before


def _sent_by_another(there: Sequence[OrderLine], lines: Sequence[NewLine], actor: Actor) -> str | None:
    """Who sent all of these lines in the same words, if it was one other person."""
    sent = {(line.product_id, line.quantity, line.source_text): line.added_by for line in there}
    who = {sent.get((new.product_id, quantity(new.quantity), new.source_text)) for new in lines}
    return who.pop() if len(who) == 1 and who.isdisjoint({None, actor.label}) else None


def _add(
    session: Session, order: Order, there: Sequence[OrderLine], lines: Sequence[NewLine], *, actor: Actor
) -> None:
    present = {line.product_id: line for line in there}
    position = max((line.position for line in present.values()), default=0)
    for new in lines:
        if line := present.get(new.product_id):
            line.said = new.said if new.is_set else _said_together(line, new)
            line.quantity = quantity(new.quantity if new.is_set else line.quantity + new.quantity)
            line.source_text, line.added_by = new.source_text, actor.label
            continue
        position += 1
        present[new.product_id] = OrderLine(
            order_id=order.id,
            product_id=new.product_id,
            position=position,
            quantity=quantity(new.quantity),
            source_text=new.source_text,
            said=new.said,
            added_by=actor.label,
        )
        session.add(present[new.product_id])
    session.flush()


def _said_together(line: OrderLine, new: NewLine) -> Said | None:
    """How the line and what is added to it are said together: in the unit of one of them, if the sum is whole in it."""
    if line.said is not None:
        return line.said.plus(new.said, new.quantity)
    return new.said.of(line.quantity + new.quantity) if new.said is not None else None


def set_quantity(
    session: Session,
    *,
    retailer_id: int,
    product_id: int,
    wanted: Decimal,
    said: Said | None = None,
    actor: Actor,
    now: dt.datetime,
) -> Order:
    """Set one line to *wanted* base pieces, *said* so; zero removes it. Raises LineNotInBasket, QuantityNotWhole."""
    catalog.check_quantities(session, {ProductId(product_id): wanted})
    order = open_basket(session, retailer_id=retailer_id, actor=actor, now=now)
    line = session.scalar(
        select(OrderLine).where(OrderLine.order_id == order.id, OrderLine.product_id == product_id)
    )
    if line is None:
        raise LineNotInBasket(product_id=product_id)
    if wanted == ZERO_QUANTITY:
        session.delete(line)
    else:
        line.quantity, line.said, line.added_by = quantity(wanted), said, actor.label
    _touch(order, now)
    session.flush()
    return order


def clear(session: Session, *, retailer_id: int, actor: Actor, now: dt.datetime) -> Order:
    """Empty the basket. The basket itself stays, under a new version."""
    order = open_basket(session, retailer_id=retailer_id, actor=actor, now=now)
    session.execute(delete(OrderLine).where(OrderLine.order_id == order.id))
    _touch(order, now)
    session.flush()
    return order


def show(session: Session, order_id: int, *, now: dt.datetime) -> BasketView:
    """The basket priced by the vendors that routing would choose now; the total is remembered as shown."""
    order = lock(session, Order, order_id, LockRank.ORDER)
    view = priced(session, order, now=now).view
    if order.status is OrderStatus.DRAFT:
        order.shown_total_minor = view.total.minor
        order.shown_version = order.version
        order.shown_missing = [line.product_id for line in view.lines if line.short_by]
        session.flush()
    return view


@dataclass(frozen=True, kw_only=True, slots=True)
class Priced:
    """A basket with today's prices, and the market they came from; None for an empty basket."""

    view: BasketView
    market: routing.Market | None


def priced(session: Session, order: Order, *, terms: Terms = Terms.CREDIT, now: dt.datetime) -> Priced:
    """The basket with today's prices, from the vendors that would deliver on *terms*. Writes nothing."""
    # The lines with their products in one statement.
    rows = session.execute(
        select(OrderLine, Product)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.order_id == order.id)
        .order_by(OrderLine.position)
    ).all()
    lines = [line for line, _ in rows]
    products = {ProductId(product.id): product for _, product in rows}
    market = _market(session, order, lines, products, terms=terms, now=now) if lines else None
    plan = (
        routing.Plan(parts=(), missing=(), total=ZERO) if market is None else routing.plan_in(session, market)
    )
    return Priced(view=_view(order, lines, products, plan), market=market)


def _market(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    products: Mapping[ProductId, Product],
    *,
    terms: Terms,
    now: dt.datetime,
) -> routing.Market:
    return routing.look_at_market(
        session,
        retailer_id=order.retailer_id,
        needs=[
            routing.Need(product_id=line.product_id, quantity=line.quantity, order_line_id=line.id)
            for line in lines
        ],
        workloads=open_work(session),
        on_credit=terms is Terms.CREDIT,
        products=products,
        now=now,
    )


def _view(
    order: Order, lines: Sequence[OrderLine], products: Mapping[ProductId, Product], plan: routing.Plan
) -> BasketView:
    parts = _by_product(plan)
    short = {missing.product_id: missing for missing in plan.missing}
    shown = [
        _basket_line(
            line,
            products[ProductId(line.product_id)],
            parts[line.product_id],
            short.get(line.product_id),
        )
        for line in lines
    ]
    known = [line.price for line in shown if line.price]
    return BasketView(
        order_id=order.id,
        retailer_id=order.retailer_id,
        version=order.version,
        lines=tuple(shown),
        net=total(price.net for price in known),
        vat=total(price.vat for price in known),
        total=total(price.total for price in known),
        vendors=len(plan.parts),
        touched_at=order.touched_at,
    )


def same_again(session: Session, *, retailer_id: int, actor: Actor, now: dt.datetime) -> SameAgain:
    """Put the lines of the shop's last order into the basket and say what changed since. Raises NothingToRepeat.

    Lines that are in the basket already are left as they are, so that asking twice does not double them.
    """
    last = session.scalar(
        select(Order)
        .where(Order.retailer_id == retailer_id, Order.placed_at.is_not(None))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(1)
    )
    if last is None or last.short_code is None:
        raise NothingToRepeat(retailer_id=retailer_id)
    order = copy_lines(session, last, actor=actor, now=now)
    then = _prices_paid(session, last.id)
    basket = show(session, order.id, now=now)
    changed = tuple(
        PriceThen(
            product_id=line.product_id,
            name=line.name,
            name_ne=line.name_ne,
            then=then[line.product_id],
            now=line.unit_price,
        )
        for line in basket.lines
        if line.unit_price and line.product_id in then and then[line.product_id] != line.unit_price
    )
    return SameAgain(basket=basket, from_short_code=last.short_code, prices=changed)


def add_all_lines(session: Session, source: Order, *, actor: Actor, now: dt.datetime) -> Order:
    """The shop's basket with the lines of *source* on top of what it has already."""
    lines = [
        NewLine(
            product_id=line.product_id,
            quantity=line.quantity,
            source_text=line.source_text,
            said=line.said,
        )
        for line in lines_of(session, source.id)
    ]
    order = add_lines(session, retailer_id=source.retailer_id, lines=lines, actor=actor, now=now)
    order.copied_from_id = source.id
    session.flush()
    return order


def copy_lines(session: Session, source: Order, *, actor: Actor, now: dt.datetime) -> Order:
    """The shop's basket with the lines of *source* that it does not have yet."""
    order = open_basket(session, retailer_id=source.retailer_id, actor=actor, now=now)
    present = {line.product_id for line in lines_of(session, order.id)}
    missing = [
        NewLine(product_id=line.product_id, quantity=line.quantity, said=line.said)
        for line in lines_of(session, source.id)
        if line.product_id not in present
    ]
    order.copied_from_id = source.id
    return add_lines(session, retailer_id=source.retailer_id, lines=missing, actor=actor, now=now)


def lines_of(session: Session, order_id: int) -> list[OrderLine]:
    """The lines in the order in which they were said."""
    return list(
        session.scalars(select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position))
    )


def _locked_basket(session: Session, retailer_id: int, *, now: dt.datetime) -> Order:
    for _ in range(_MOST_TRIES):
        order = lock_found(session, _open_basket_of(retailer_id), LockRank.ORDER)
        if order is not None:
            return order
        # Two helpers may open the first basket at once: the partial unique index lets one win, the other looks again.
        opened: Order | None = session.scalar(
            insert(Order)
            .values(
                retailer_id=retailer_id,
                status=OrderStatus.DRAFT,
                version=_FIRST_VERSION,
                opened_at=now,
                touched_at=now,
            )
            .on_conflict_do_nothing(
                index_elements=["retailer_id"],
                index_where=_IS_OPEN,
            )
            .returning(Order)
        )
        if opened is not None:
            hold_new(session, opened, LockRank.ORDER)
            return opened
    raise TooLate(retailer_id=retailer_id)


def _changed_basket(session: Session, *, retailer_id: int, actor: Actor, now: dt.datetime) -> Order:
    """The shop's basket, locked, under a new version: opened, or found, in one statement. For a change that always happens."""
    idle = dt.timedelta(hours=settings.current(session, OrderSettings).values.basket_idle_hours)
    opened = insert(Order).values(
        retailer_id=retailer_id,
        status=OrderStatus.DRAFT,
        version=_FIRST_VERSION + 1,
        opened_at=now,
        touched_at=now,
    )
    order: Order | None = session.scalar(
        opened.on_conflict_do_update(
            index_elements=["retailer_id"],
            index_where=_IS_OPEN,
            set_={"version": Order.version + 1, "touched_at": now},
            # One that was left idle for too long is not taken up again.
            where=Order.touched_at >= now - idle,
        ).returning(Order),
        execution_options={"populate_existing": True},
    )
    if order is None:
        order = open_basket(session, retailer_id=retailer_id, actor=actor, now=now)
        _touch(order, now)
    else:
        hold_new(session, order, LockRank.ORDER)
        check_active(session, actor)
    return order


def _by_product(plan: routing.Plan) -> dict[int, list[routing.PlanLine]]:
    parts: dict[int, list[routing.PlanLine]] = defaultdict(list)
    for part in plan.parts:
        for line in part.lines:
            parts[line.product_id].append(line)
    return parts


def _basket_line(
    line: OrderLine,
    product: Product,
    parts: Sequence[routing.PlanLine],
    missing: routing.Missing | None,
) -> BasketLine:
    unit_prices = {part.unit_price for part in parts}
    return BasketLine(
        position=line.position,
        product_id=product.id,
        sku=product.sku,
        name=product.name,
        name_ne=product.name_ne,
        short_label=product.short_label,
        unit=product.unit,
        case_quantity=product.case_quantity,
        quantity=line.quantity,
        short_by=missing.quantity if missing else ZERO_QUANTITY,
        why_short=missing,
        unit_price=unit_prices.pop() if len(unit_prices) == 1 else None,
        price=_sum([part.price for part in parts]) if parts else None,
        added_by=line.added_by,
        said=line.said,
    )


def _touch(order: Order, now: dt.datetime) -> None:
    order.version += 1
    order.touched_at = now


def _sum(prices: Sequence[LinePrice]) -> LinePrice:
    return LinePrice(net=total(price.net for price in prices), vat=total(price.vat for price in prices))


def _prices_paid(session: Session, order_id: int) -> dict[int, Money]:
    rows = session.execute(
        select(FulfillmentLine.product_id, FulfillmentLine.unit_price_minor)
        .join(OrderLine, OrderLine.id == FulfillmentLine.order_line_id)
        .where(OrderLine.order_id == order_id)
    )
    return {product_id: Money(price) for product_id, price in rows}
