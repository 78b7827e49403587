"""Twilio's OpenAPI as a judge: Prism from npm stands between the official SDK and our stand-in, and checks both."""

import json
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.channels.twilio.client import build_client
from bot.channels.twilio.history import TwilioHistory
from bot.channels.twilio.sender import TwilioSender
from core.config import TwilioAccount
from tests.contract.fake_twilio import running_peer
from tests.contract.peer import Peer
from tests.contract.senders import Callbacks, Contents, a_sender, an_account, receiving_callbacks
from tests.contract.spec_slice import slice_specs

HERE = Path(__file__).parent
PRISM = HERE / "node_modules/.bin/prism"
SPECS = HERE / "node_modules/@twilio/cli-core/src/services/twilio-api"
STARTS_WITHIN_SECONDS = 60


def why_not_judged() -> str | None:
    """Why Prism cannot run here: the contract is then not judged, which is no pass."""
    if shutil.which("node") is None:
        return "CONTRACT NOT JUDGED: there is no node (20 or newer) on this machine"
    if not PRISM.exists() or not SPECS.exists():
        return "CONTRACT NOT JUDGED: Prism and the specifications are not installed; run `make contract`"
    return None


@pytest.fixture(scope="session")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Peer]]:
    """Prism's address and the peer behind it, one of each for the whole session: Prism takes seconds to start."""
    if reason := why_not_judged():
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("prism")
    (folder / "spec.json").write_text(json.dumps(slice_specs(SPECS)), "utf-8")
    with running_peer() as peer, (folder / "prism.log").open("wb") as log:
        port = _free_port()
        command = [str(PRISM), "proxy", "-h", "127.0.0.1", "-p", str(port), "--errors"]
        process = subprocess.Popen(
            [*command, str(folder / "spec.json"), peer.base_url], stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_open(port, process, folder / "prism.log")
            yield f"http://127.0.0.1:{port}", peer
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.fixture
def peer(prism: tuple[str, Peer]) -> Iterator[Peer]:
    """Our stand-in, as new, behind Prism."""
    _, peer = prism
    peer.reset()
    yield peer
    peer.wait_for_callbacks()


@pytest.fixture
def account(prism: tuple[str, Peer], peer: Peer) -> TwilioAccount:
    return an_account(api_url=prism[0])


@pytest.fixture
def callbacks() -> Iterator[Callbacks]:
    with receiving_callbacks() as received:
        yield received


@pytest.fixture
def contents() -> Contents:
    return Contents()


@pytest.fixture
def sender(account: TwilioAccount, callbacks: Callbacks, contents: Contents) -> TwilioSender:
    return a_sender(account, callbacks, contents)


@pytest.fixture
def history(account: TwilioAccount) -> TwilioHistory:
    return TwilioHistory(build_client(account), from_address=account.whatsapp_from)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    pause = threading.Event()
    for _ in range(STARTS_WITHIN_SECONDS * 10):
        assert process.poll() is None, log.read_text()
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        pause.wait(0.1)
    pytest.fail(f"Prism did not start: {log.read_text()}")
