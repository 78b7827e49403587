"""Workers that kill themselves at a chosen point: `python -m tests.faults.mortal_worker`, asked by lines on its input.

It loads the program once and forks a worker for each line, so that a death costs a fork and not a start. A line may ask
it to work itself: what it has read and compiled then, its children have too.
"""

import json
import os
import signal
import sys
import traceback
from contextlib import contextmanager

import requests
from sqlalchemy import event

import wsgi
from core import config
from core.db.clock import business_now
from core.db.session import SHORT_JOBS, Database, make_engine
from core.jobs import runner
from core.jobs.bell import Bell
from core.jobs.claim_connection import ClaimConnection
from core.outbox import claims
from core.outbox.claims import Claim
from core.outbox.models import Queue

_LONGEST_NAME = 110


class Points:
    """Counts what a worker does, and kills the process right after number *deadly*."""

    def __init__(self, engine, *, deadly):
        self.passed = []
        self._deadly = deadly
        event.listen(engine, "after_cursor_execute", self._after_statement)
        self._watch_commits(engine.dialect)
        self._watch_requests()

    def at(self, name):
        self.passed.append(name)
        if len(self.passed) == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)

    def _after_statement(self, _connection, _cursor, statement, *_):
        self.at(" ".join(statement.split())[:_LONGEST_NAME])

    def _watch_commits(self, dialect):
        commit = dialect.do_commit

        def watched(connection):
            self.at("before COMMIT")
            commit(connection)
            self.at("after COMMIT")

        dialect.do_commit = watched

    def _watch_requests(self):
        send = requests.Session.send

        def watched(session, request, **how):
            name = f"{request.method} {request.path_url.partition('?')[0].rpartition('/')[2]}"
            self.at(f"before {name}")
            answer = send(session, request, **how)
            self.at(f"answered {name}")
            return answer

        requests.Session.send = watched


class Works:
    """One engine for all databases, because what it has compiled belongs to it."""

    def __init__(self):
        self.settings = config.settings()
        self.engine = make_engine(self.settings.database_url, limits=SHORT_JOBS)
        self.name = ""
        event.listen(self.engine, "do_connect", self._name_database)

    def work(self, asked):
        """Run what is due of the asked queues, after taking back what the dead have left. Returns the points passed."""
        self.name = asked["database"]
        database = Database(self.engine)
        # Made anew in each process, which must not share the connections they keep.
        wsgi.wire(Bell(wsgi.redis_url(self.settings)))
        handlers = wsgi.handlers(self.settings, database)
        if asked["is_heir"]:
            with database.transaction() as session:
                claims.take_back(session, now=business_now(session))
        points = Points(self.engine, deadly=asked["deadly"]) if asked["is_watched"] else None
        connection = ClaimConnection(self.engine)
        ran, found = 0, True
        while found and ran < asked["at_most"]:
            found = False
            for queue in map(Queue, asked["queues"]):
                while ran < asked["at_most"] and isinstance(claim := connection.claim(queue), Claim):
                    runner.run(database, handlers, claim)
                    ran, found = ran + 1, True
        connection.close()
        return points.passed if points else []

    def _name_database(self, _dialect, _record, _arguments, options):
        options["dbname"] = self.name


@contextmanager
def _forked(act):
    """The reader of what *act* returns in a child of ours, and the child."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                json.dump(act(), pipe)
            status = 0
        finally:
            # Never back into the parent's loop.
            if status:
                traceback.print_exc()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        yield pipe, child


def main():
    works = Works()
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["is_fork"]:
            with _forked(lambda asked=asked: works.work(asked)) as (pipe, child):
                said = pipe.read()
                _, status = os.waitpid(child, 0)
        else:
            works.work(asked)
            # No child may have a connection of ours.
            works.engine.dispose()
            wsgi.keep_program_out_of_garbage()
            said, status = "", 0
        died_of = os.WTERMSIG(status) or os.WEXITSTATUS(status)
        sys.stdout.write(json.dumps({"died_of": died_of, "passed": json.loads(said or "[]")}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
