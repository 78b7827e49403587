"""`python -m tests.chaos`: one run for each seed; prints what was done and what was seen, and fails on any violation."""

import argparse
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random  # noqa: TID251 - a run is made from its seed

import requests

from core.actor import SYSTEM
from core.db.clock import business_now
from core.jobs.schedule import run_now
from core.seeds.people import DEMO_PEOPLE, VENDORS, Side
from tests.chaos import checking
from tests.chaos.people import Codes, Person, Wire, everybody, shop, wholesaler
from tests.chaos.plan import Act, Blow, behaviors, blows
from tests.chaos.stack import Stack
from tests.contract.fake_twilio import running_peer
from tests.contract.peer import Peer

SETTLE_SECONDS = 240.0
START_SECONDS = 150.0


class Monkey:
    """Carries out a plan."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.done: Counter[Act] = Counter()
        self._over = threading.Event()
        self._under_way: list[threading.Thread] = []

    def follow(self, plan: list[Blow], *, seconds: float) -> None:
        started = time.monotonic()
        for blow in plan:
            self._over.wait(max(0.0, started + blow.at - time.monotonic()))
            thread = threading.Thread(target=self._strike, args=(blow,), daemon=True)
            thread.start()
            self._under_way.append(thread)
            self.done[blow.act] += 1
        self._over.wait(max(0.0, started + seconds - time.monotonic()))
        for thread in self._under_way:
            thread.join()

    def _strike(self, blow: Blow) -> None:
        stack = self.stack
        name = {Act.KILL_WEB: "web", Act.KILL_CLOCK: f"clock-{1 + blow.which % 2}"}.get(
            blow.act, f"worker-{1 + blow.which % 2}"
        )
        match blow.act:
            case Act.KILL_WEB | Act.KILL_WORKER | Act.KILL_CLOCK:
                stack.kill(name)
                self._over.wait(blow.seconds)
                stack.start(name)
            case Act.FREEZE_WORKER:
                stack.freeze(name)
                self._over.wait(blow.seconds)
                stack.freeze(name, thaw=True)
            case Act.KILL_POSTGRES:
                stack.kill_postgres()
            case Act.KILL_REDIS:
                stack.kill_redis()
            case Act.FLUSH_REDIS:
                stack.flush_redis()
            case Act.FILL_POOL:
                stack.take_all_connections(self._over, blow.seconds)
            case Act.LOCK_CREDIT:
                stack.lock_credit(self._over, blow.seconds)
            case Act.CUT_CONNECTIONS:
                stack.cut_connections()


def run(seed: int, *, seconds: float, keep: bool = False) -> bool:
    """Whether nothing was violated."""
    var = Path(tempfile.mkdtemp(prefix="khaacho-chaos-"))
    var.chmod(0o755)
    is_good = False
    try:
        with running_peer() as peer:
            stack = Stack(var, api_url=peer.base_url)
            try:
                is_good = _run(stack, peer, seed, seconds)
            finally:
                stack.end()
    finally:
        if is_good or not keep:
            shutil.rmtree(var, ignore_errors=True)
        else:
            say(f"  logs and data stay in {var}")
    return is_good


def _run(stack: Stack, peer: Peer, seed: int, seconds: float) -> bool:
    stack.prepare()
    stack.start_all()
    wire = Wire(peer, stack.public_url, seed)
    wait(lambda: answers(stack), START_SECONDS, "the web process to answer")
    peer.next(*behaviors(seed))
    rng = Random(f"{seed} callbacks")
    peer.late_callbacks = lambda: rng.expovariate(1.0)
    over = threading.Event()
    codes = Codes({vendor.facts.business_name: _owner_of(vendor.number) for vendor in VENDORS})
    threads = everybody(
        [
            (
                wholesaler if person.side is Side.VENDOR else shop,
                Person(person.name, person.address, wire, seed, over),
            )
            for person in DEMO_PEOPLE.values()
            if person.side is not Side.NOBODY_YET
        ],
        codes,
    )
    monkey = Monkey(stack)
    monkey.follow(blows(seed, seconds=seconds), seconds=seconds)
    over.set()
    for thread in threads:
        thread.join(timeout=20)
    settled_in = _settle(stack, peer, wire)
    with stack.database.transaction() as session:
        broken = list(checking.violations(session, peer, wire.written))
        seen = checking.figures(session)
    show(seed, monkey.done, wire.counts, seen, peer, settled_in, broken)
    return not any(lines for _, lines in broken)


def _settle(stack: Stack, peer: Peer, wire: Wire) -> float | None:
    """Let everything be well, and wait until nothing is left to do. None if that takes too long."""
    started = time.monotonic()
    peer.calm()
    stack.start_all()
    wire.close()
    peer.wait_for_callbacks()
    wait(lambda: answers(stack), START_SECONDS, "the web process to answer again")
    for name in ("reconcile-provider", "sweep"):
        with stack.database.transaction() as session:
            run_now(session, name, actor=SYSTEM, now=business_now(session))
    quiet = 0
    while time.monotonic() - started < SETTLE_SECONDS:
        # A web process that was killed while it started may be needed for the callbacks.
        stack.start_all()
        with stack.database.transaction() as session:
            quiet = 0 if checking.what_is_open(session) else quiet + 1
        if quiet >= 10:
            peer.wait_for_callbacks()
            return time.monotonic() - started
        threading.Event().wait(0.5)
    return None


def answers(stack: Stack) -> bool:
    try:
        return requests.get(f"{stack.public_url}/api/v1/health", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def wait(holds: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        threading.Event().wait(0.2)


def show(seed, done, carried, seen, peer, settled_in, broken) -> None:
    say(f"seed {seed}")
    for title, counts in (("done to it", done), ("on the wire", carried), ("seen", seen)):
        say(f"  {title}: " + ", ".join(f"{count} {name}" for name, count in sorted(counts.items())))
    say(
        f"  at the peer: {len(peer.posts)} sends asked for,"
        f" {checking.doubled_after_unknown(peer)} repeated after an unknown result"
    )
    say(
        f"  settled in {settled_in:.0f} s"
        if settled_in is not None
        else f"  NOT settled in {SETTLE_SECONDS:.0f} s"
    )
    for rule, lines in broken:
        say(f"  {'ok      ' if not lines else 'VIOLATED'} {rule}")
        for line in lines[:10]:
            say(f"             {line}")


def _owner_of(number: int) -> str:
    return next(
        person.name
        for person in DEMO_PEOPLE.values()
        if person.side is Side.VENDOR and person.number == number
    )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="the first seed; a new one without it")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs, each with the next seed")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long people write and things break")
    parser.add_argument("--keep", action="store_true", help="keep logs and data of a run with a violation")
    asked = parser.parse_args()
    # However it is ended, its processes end with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    first = asked.seed if asked.seed is not None else int(time.time()) % 1_000_000
    bad = [
        seed
        for seed in range(first, first + asked.seeds)
        if not run(seed, seconds=asked.seconds, keep=asked.keep)
    ]
    say(
        f"{asked.seeds - len(bad)} of {asked.seeds} runs without a violation"
        + "".join(f"; again with: make chaos CHAOS_SEED={seed}" for seed in bad)
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
