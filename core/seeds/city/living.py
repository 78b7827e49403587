"""Lets a city live through its days, with the jobs that the clock starts."""

from __future__ import annotations

from core.orders import delivery
from core.seeds.city import seasons, shops, vendors
from core.seeds.city.town import City
from core.seeds.timeline import Timeline
from core.vendors import service as scorecards

# What is still on its way after the last day has so long to arrive.
AFTER_THE_END = 10


def live(city: City) -> None:
    """Run all days, and the days after them in which nobody orders and everything ends."""
    for vendor in city.vendors.values():
        city.agenda.start(vendors.keep_store(city, vendor))
        city.agenda.start(vendors.change_prices(city, vendor))
    for shop in city.shops:
        city.agenda.start(shops.order_goods(city, shop))
        city.agenda.start(shops.pay(city, shop))
    city.agenda.start(_run_jobs(city))
    city.agenda.run()


def _run_jobs(city: City) -> Timeline:
    """What the timetable starts every six hours. Offers lapse in the timelines of their orders."""
    for number in range(4 * (city.plan.days + AFTER_THE_END)):
        at = seasons.at(city.plan.starts_on, 6 * number + 0.3)
        yield at
        with city.database.transaction() as session:
            scorecards.recalculate(session, now=at)
        with city.database.transaction() as session:
            delivery.complete_due(session, now=at)
