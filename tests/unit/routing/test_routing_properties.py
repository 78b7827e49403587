"""What must hold for any market: hypothesis looks for one where it does not."""

import json
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from random import Random  # noqa: TID251 - seeded by hypothesis

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.money import Money, rupees, total
from core.pricing.policy import NO_SPECIAL_PRICES, SpecialPrices, Tier
from core.routing.documents import document_of, facts_in, listings_in
from core.routing.policy.facts import Exclusion
from core.routing.policy.planning import cheapest_total, covers_as_much, part_for, plan
from core.routing.policy.ranking import in_order, rank, total_filled
from core.routing.policy.scores import SCORE_PARTS
from tests.unit.routing.market_of import TODAY, WEIGHTS, as_read, listing, market, need, vendor

PRODUCTS = range(1, 6)
# A market is drawn from one number: drawing each fact by itself would take most of the suite's time.
markets = st.integers(0, 2**32).map(lambda seed: some_special(a_market(Random(seed)), Random(seed)))
examples = settings(max_examples=100, deadline=None)


def a_market(chance):
    wanted = [
        need(product, chance.randint(1, 40))
        for product in chance.sample(PRODUCTS, chance.randint(1, len(PRODUCTS)))
    ]
    sellers = [a_vendor(chance, number) for number in range(1, chance.randint(1, 12))]
    return market(wanted, sellers, vat=1300)


def a_vendor(chance, vendor_id):
    return vendor(
        vendor_id,
        *(
            listing(
                product,
                chance.randint(50, 150),
                stock=chance.randint(0, 60),
                minimum=chance.choice([0, 0, 6, 12]),
                pack=chance.choice([1, 1, 6]),
                vendor_id=vendor_id,
            )
            for product in chance.sample(PRODUCTS, chance.randint(0, len(PRODUCTS)))
        ),
        is_approved=chance.random() < 0.8,
        closed_days=chance.choice([frozenset(), frozenset(), frozenset(), frozenset({TODAY})]),
        history=chance.choice([None, None, None, Exclusion.DECLINED]),
        minimum_order=chance.choice([Money(0), Money(0), rupees(500)]),
        open_fulfillments=chance.randint(0, 40),
        reliability=Decimal(chance.randint(0, 100)),
    )


def some_special(plain, chance):
    """The market with tiers and own prices here and there, also such as no service would let pass."""
    tiers = [(), (), ((12, 48), (24, 45)), ((6, 120),)]
    return replace(
        plain,
        vendors=tuple(
            replace(
                own,
                listings={
                    product: sold._replace(
                        special=SpecialPrices(
                            tiers=tuple(
                                Tier(from_quantity=Decimal(quantity), price=rupees(price))
                                for quantity, price in chance.choice(tiers)
                            ),
                            own=chance.choice([None, None, None, rupees(chance.randint(40, 200))]),
                        ),
                    )
                    for product, sold in own.listings.items()
                },
            )
            for own in plain.vendors
        ),
    )


@given(markets)
@examples
def test_plan_never_asks_more_than_wanted_nor_whom_it_may_not(wanted):
    candidates = rank(wanted, WEIGHTS)

    result = plan(wanted, candidates)

    eligible = {own.vendor.vendor_id: own for own in candidates if own.exclusion is None}
    for one in wanted.needs:
        asked = [
            line.quantity for part in result.parts for line in part.lines if line.product_id == one.product_id
        ]
        missing = [line.quantity for line in result.missing if line.product_id == one.product_id]
        assert sum(asked) + sum(missing) == one.quantity
    for part in result.parts:
        own = eligible[part.vendor_id]
        assert part.lines
        for line in part.lines:
            listing = own.vendor.listings[line.product_id]
            assert 0 < line.quantity <= listing.available
            assert line.quantity >= (listing.minimum_quantity or 0)
            assert line.quantity % (listing.pack_multiple or 1) == 0
            assert line.unit_price == listing.price_for(line.quantity)
        assert total(line.price.net for line in part.lines) >= own.vendor.minimum_order
        assert part.total == total(line.price.total for line in part.lines)
    assert result.total == total(part.total for part in result.parts)
    assert len({part.vendor_id for part in result.parts}) == len(result.parts)


# 40 of a line are 24 and 16 of two vendors; the third, which has 36 of them, is the only one with another line.
TWO_FILL_WHAT_THE_LARGEST_CANNOT = 15362


@given(markets)
@example(
    some_special(a_market(Random(TWO_FILL_WHAT_THE_LARGEST_CANNOT)), Random(TWO_FILL_WHAT_THE_LARGEST_CANNOT))
)
@examples
def test_plan_covers_each_line_that_one_vendor_could_fill(wanted):
    free = replace(wanted, vendors=tuple(replace(own, minimum_order=Money(0)) for own in wanted.vendors))
    candidates = rank(free, WEIGHTS)

    result = plan(free, candidates)

    missing = {line.product_id for line in result.missing}
    for one in free.needs:
        if any(own.fills.get(one.product_id) == one.quantity for own in candidates if own.exclusion is None):
            assert one.product_id not in missing


@given(markets, st.integers(0, 1000))
@examples
def test_order_of_vendors_never_changes_the_choice(wanted, seed):
    shuffled = list(wanted.vendors)
    Random(seed).shuffle(shuffled)
    other = replace(wanted, vendors=tuple(shuffled))

    assert rank(other, WEIGHTS) == rank(wanted, WEIGHTS)
    assert plan(other, rank(other, WEIGHTS)) == plan(wanted, rank(wanted, WEIGHTS))


@given(markets, st.integers(0, 300_000))
@examples
def test_plan_never_passes_the_ceiling(wanted, ceiling_minor):
    candidates = rank(wanted, WEIGHTS)

    assert plan(wanted, candidates, ceiling=Money(ceiling_minor)).total <= Money(ceiling_minor)


@given(markets)
@examples
def test_agreeing_to_the_cheapest_total_finds_the_fullest_plan(wanted):
    candidates = rank(wanted, WEIGHTS)
    fullest = plan(wanted, candidates)

    cheapest = cheapest_total(wanted, candidates)

    if cheapest is None:
        assert fullest.parts == ()
    else:
        assert cheapest <= fullest.total
        assert covers_as_much(wanted, plan(wanted, candidates, ceiling=cheapest), fullest)


@given(markets)
@examples
def test_price_that_was_shown_is_the_price_of_the_order(wanted):
    candidates = rank(wanted, WEIGHTS)
    shown = plan(wanted, candidates)

    assert plan(wanted, candidates, ceiling=shown.total) == shown


@given(markets, st.integers(0, 2**32), st.sampled_from([0, 3, 20]))
@examples
def test_raising_one_criterion_never_lowers_the_rank(wanted, seed, fairness_points):
    chance = Random(seed)
    shared = replace(
        wanted,
        fairness_points=fairness_points,
        vendors=tuple(replace(own, recent=rupees(chance.randint(0, 5))) for own in wanted.vendors),
    )
    candidates = [own for own in rank(shared, WEIGHTS) if own.scores is not None and own.exclusion is None]
    if not candidates:
        return
    raised = chance.choice(candidates)
    part = chance.choice(SCORE_PARTS)
    now = getattr(raised.scores, part)
    better = replace(raised.scores, **{part: min(Decimal(100), now + chance.randint(1, 100))})
    lifted = replace(raised, scores=better, score=better.weighted(WEIGHTS))

    others = [own for own in candidates if own is not raised]
    ranked = in_order([*others, lifted], fairness_points=fairness_points)
    again = {own.vendor.vendor_id: own.rank for own in ranked}

    assert again[raised.vendor.vendor_id] <= raised.rank


@given(markets)
@examples
def test_turns_are_taken_among_equals_only(wanted):
    fair = rank(replace(wanted, fairness_points=3), WEIGHTS)
    eligible = [own for own in fair if own.exclusion is None]

    for before, after in combinations(eligible, 2):
        assert before.score >= after.score - 3
    assert {own.vendor.vendor_id for own in eligible} == {
        own.vendor.vendor_id for own in rank(wanted, WEIGHTS) if own.exclusion is None
    }


@given(markets, st.integers(0, 2**32))
@examples
def test_vendor_that_waits_longer_never_ranks_higher(wanted, seed):
    chance = Random(seed)
    if not wanted.vendors:
        return
    late = chance.choice(wanted.vendors)
    delayed = replace(
        wanted,
        vendors=tuple(replace(own, waits_minutes=600) if own is late else own for own in wanted.vendors),
    )

    before = {own.vendor.vendor_id: own.rank for own in rank(wanted, WEIGHTS)}
    after = {own.vendor.vendor_id: own.rank for own in rank(delayed, WEIGHTS)}

    if before[late.vendor_id] is not None:
        assert after[late.vendor_id] >= before[late.vendor_id]


@given(markets)
@examples
def test_total_of_a_vendor_is_the_sum_of_its_priced_lines(wanted):
    for own in rank(wanted, WEIGHTS):
        assert total_filled(wanted, own) == part_for(wanted, own, own.fills).total


@given(markets)
@examples
def test_document_of_a_decision_gives_the_listings_back(wanted):
    candidates = rank(wanted, WEIGHTS)
    document = json.loads(json.dumps(document_of(candidates)))

    assert listings_in(document) == {own.vendor.vendor_id: dict(own.vendor.listings) for own in candidates}
    assert {vendor_id: facts["reliability"] for vendor_id, facts in facts_in(document).items()} == {
        own.vendor.vendor_id: str(own.vendor.reliability) for own in candidates
    }


@given(st.integers(0, 2**32), st.booleans(), st.sampled_from([1, 2, 40]))
@settings(max_examples=200, deadline=None)
def test_what_is_read_in_columns_is_decided_like_what_is_told_listing_by_listing(seed, is_special, plenty):
    """Vendors of plain listings are weighed in whole numbers along their rows, the others listing by listing."""
    chance = Random(seed)
    wanted = a_market(chance)
    told = with_plain_shelves(some_special(wanted, chance) if is_special else wanted, chance, plenty)
    told = replace(told, vendors=tuple(own for own in told.vendors if wants_of(told) & set(own.listings)))
    read = as_read(told)

    weighed, in_columns = rank(told, WEIGHTS), rank(read, WEIGHTS)

    assert in_columns == weighed
    assert plan(read, in_columns) == plan(told, weighed)
    assert [total_filled(read, own) for own in in_columns] == [total_filled(told, own) for own in weighed]
    assert listings_in(json.loads(json.dumps(document_of(in_columns)))) == {
        own.vendor.vendor_id: dict(own.vendor.listings) for own in weighed
    }


def wants_of(some):
    return {wanted.product_id for wanted in some.needs}


def with_plain_shelves(some, chance, plenty):
    """Half of the vendors sell any quantity at the usual price; of nothing but what is wanted, as it is read."""
    return replace(
        some,
        vendors=tuple(
            replace(
                own,
                listings={
                    product: sold._replace(
                        minimum_quantity=None if is_plain else sold.minimum_quantity,
                        pack_multiple=None if is_plain else sold.pack_multiple,
                        special=NO_SPECIAL_PRICES if is_plain else sold.special,
                        available=sold.available * plenty + Decimal(chance.choice([0, 0, 250])) / 1000,
                    )
                    for product, sold in own.listings.items()
                    if product in wants_of(some)
                },
            )
            for own in some.vendors
            for is_plain in [chance.random() < 0.5]
        ),
    )
