"""One yes is one order, one hold, one answer: the demo market with real web and worker processes."""

import datetime as dt
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from core.clock import KATHMANDU
from core.config import Environment
from core.credit.models import CreditAccount, CreditHold
from core.db.clock import move_clock
from core.messaging import queries
from core.messaging.models import OutboundMessage
from core.orders.models import Order, OrderStatus
from core.parties.models import Membership
from core.seeds import demo
from core.seeds.people import DEMO_PEOPLE
from tests.databases import cloned
from tests.platform.processes import Processes, wait_until

from .running import Phone, Running

# A Monday morning far enough ahead that the clock never has to go back, on which every vendor works.
MORNING = dt.datetime(2035, 1, 8, 10, 0, tzinfo=KATHMANDU)


@pytest.fixture(scope="module")
def running(servers, template, redis_of_this_process):
    """The demo market, open for business, and its web process."""
    processes = Processes(life_seconds=600)
    with cloned(servers.database_url, template) as clone:
        with clone.engine.begin() as connection:
            demo.seed_market(connection, environment=Environment.TEST, now=MORNING - dt.timedelta(days=100))
        with clone.database.transaction() as session:
            move_clock(session, to=MORNING)
        try:
            yield Running(clone, redis_of_this_process, processes)
        finally:
            processes.end()


@pytest.fixture
def town(running, redis_url):
    """The market with two workers of this test's own."""
    processes = Processes()
    yield Town(running, processes)
    processes.end()


class Town:
    def __init__(self, running, processes):
        self.running, self.processes = running, processes
        self.workers = [self.worker(), self.worker()]

    def worker(self):
        return self.processes.python("-m", "wsgi", "worker", **self.running.env)

    def phone(self, name):
        return Phone(self.running, DEMO_PEOPLE[name].address)

    def placed_by(self, *phones):
        """The orders that these people have placed, and the holds of their shop."""
        ids = [conversation.contact_id for phone in phones for conversation in phone.conversations()]
        shops = select(Membership.retailer_id).where(Membership.contact_id.in_(ids))
        with self.running.database.transaction() as session:
            orders = session.scalars(
                select(Order).where(Order.retailer_id.in_(shops), Order.status != OrderStatus.DRAFT)
            ).all()
            held = session.scalars(
                select(CreditAccount.held_minor).where(CreditAccount.retailer_id.in_(shops))
            ).all()
            holds = session.scalars(
                select(CreditHold.amount_minor)
                .join(CreditAccount, CreditAccount.id == CreditHold.account_id)
                .where(CreditAccount.retailer_id.in_(shops))
            ).all()
        return list(orders), list(holds), sum(held)

    def assert_one_order(self, *phones):
        orders, holds, held = self.placed_by(*phones)
        assert (len(orders), len(holds), held) == (1, 1, sum(holds))

    def told(self, *phones):
        """What was said to these people, sent or not."""
        return [message.say for phone in phones for message in phone.rows(OutboundMessage)]

    def is_quiet(self):
        """Whether everything has been answered."""
        with self.running.database.transaction() as session:
            return queries.oldest_unanswered(session) is None


def yes_of(message):
    button = message.content["buttons"][0]
    return button["id"], button["title"]


def test_ten_taps_at_once_are_one_order(town):
    phone = town.phone("maya")
    phone.write("5 kg chini")
    (basket,) = phone.wait_for(1)
    choice, title = yes_of(basket)

    with ThreadPoolExecutor(10) as fingers:
        answers = list(fingers.map(lambda _: phone.tap(choice, title), range(10)))

    assert {status for status, _ in answers} == {200}
    wait_until(town.is_quiet, "all taps are answered")
    town.assert_one_order(phone)
    assert town.told(phone).count("ordering/placed") == 1


def test_two_people_of_one_shop_at_once_are_one_order(town):
    asha, bibek = town.phone("asha"), town.phone("bibek")
    asha.write("5 kg chini")
    (hers,) = asha.wait_for(1)
    bibek.write("basket")
    (his,) = bibek.wait_for(1)

    with ThreadPoolExecutor(2) as people:
        taps = [people.submit(asha.tap, *yes_of(hers)), people.submit(bibek.tap, *yes_of(his))]
        assert {tap.result()[0] for tap in taps} == {200}

    wait_until(town.is_quiet, "both are answered")
    town.assert_one_order(asha, bibek)
    assert town.told(asha, bibek).count("ordering/placed") == 1
    assert min(len(town.told(asha)), len(town.told(bibek))) >= 2


def test_worker_killed_while_it_places_an_order_leads_to_one_order_and_one_answer(town):
    phone = town.phone("rajan")
    phone.write("5 kg chini")
    (basket,) = phone.wait_for(1)
    account = town.running.lock("SELECT * FROM credit_accounts FOR UPDATE")
    phone.tap(*yes_of(basket))
    wait_until(lambda: town.running.waiting_for_locks() == 1, "an order is being placed")

    for worker in town.workers:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    account.close()
    assert town.placed_by(phone) == ([], [], 0)
    town.worker()

    phone.wait_for(2)
    town.assert_one_order(phone)
    assert town.told(phone).count("ordering/placed") == 1
