"""A pool that lends server processes for single transactions is noticed; a server, or a session pool, isn't taken for one."""

from sqlalchemy.exc import OperationalError

from core.db.pooler import is_pooled_by_transaction


class Refused(Exception):
    sqlstate = "08P01"


class Pool:
    """As PgBouncer: a process is taken for a transaction, or for a session, and the one last given back is lent first."""

    def __init__(self, *, by_transaction):
        self.by_transaction, self.free = by_transaction, [1, 2, 3]

    def connect(self):
        return Client(self)


class Client:
    def __init__(self, pool):
        self.pool, self.process = pool, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def detach(self):
        pass

    def scalar(self, _statement):
        if self.process is None:
            self.process = self.pool.free.pop()
        return self.process

    def commit(self):
        if self.pool.by_transaction:
            self.pool.free.append(self.process)
            self.process = None


class StatementPool:
    def connect(self):
        raise OperationalError("SELECT", {}, Refused())


def test_a_transaction_pool_is_noticed():
    assert is_pooled_by_transaction(Pool(by_transaction=True))


def test_a_process_of_ones_own_is_fine():
    assert not is_pooled_by_transaction(Pool(by_transaction=False))


def test_a_statement_pool_is_noticed_by_its_refusal():
    assert is_pooled_by_transaction(StatementPool())
