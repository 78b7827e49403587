"""What waits for the commit waits for the outermost one."""

from core.db.session import after_commit


def test_act_inside_a_savepoint_waits_for_the_whole_transaction(database):
    heard = []

    with database.transaction() as session:
        with session.begin_nested():
            after_commit(session, lambda: heard.append("rung"))
        assert heard == []

    assert heard == ["rung"]


def test_act_of_a_rolled_back_transaction_never_runs(database):
    heard = []

    with database.sessions() as session:
        after_commit(session, lambda: heard.append("rung"))
        session.rollback()
    with database.transaction():
        pass

    assert heard == []
