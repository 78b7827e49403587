"""The doctor looks at a real database, a real Redis, our stand-in for Twilio, and a web server of its own."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest

from bot.channels.twilio.client import build_client
from bot.channels.twilio.signature import HEADER, is_signed
from bot.doctor import channel
from bot.doctor.command import look_at_everything, show
from bot.doctor.findings import Verdict
from bot.doctor.servers import look_at_database, look_at_redis
from core.config import load_settings
from core.db.session import make_engine
from tests.contract.fake_twilio import running_peer, serving
from tests.contract.peer import ACCOUNT_SID, AUTH_TOKEN, SENDER
from tests.contract.senders import TEMPLATES, an_account
from tests.databases import empty_database

OWN_NUMBER = "whatsapp:+9779800000001"


@pytest.fixture
def peer():
    with running_peer() as peer:
        yield peer


def settings_for(peer, **given):
    return load_settings(
        {
            "ENVIRONMENT": "test",
            "JWT_SECRET": "x" * 40,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
            "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
            "TWILIO_WHATSAPP_FROM": SENDER,
            "TWILIO_API_URL": peer.base_url,
            **given,
        }
    )


def verdicts(findings):
    return {finding.subject: finding.verdict for finding in findings}


@contextmanager
def web(status):
    """Something at our public address; it remembers whether it was called as Twilio calls."""
    signatures = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            url = f"http://{self.headers['Host']}{self.path}"
            form = {"AccountSid": ACCOUNT_SID}
            signatures.append(is_signed(url, form, self.headers[HEADER], [AUTH_TOKEN]))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            """Say nothing."""

    with serving(Handler) as url:
        yield url, signatures


def test_a_market_that_is_ready_gets_no_bad_word(fresh_database, redis_url, peer, capsys, tmp_path):
    with web(400) as (url, signatures):
        found = list(
            look_at_everything(
                settings_for(peer, PUBLIC_URL=url, VAR_DIR=str(tmp_path)),
                engine=fresh_database.engine,
                redis_url=redis_url,
                client=build_client(an_account(api_url=peer.base_url)),
                templates=TEMPLATES,
            )
        )

    assert signatures == [True]
    bad = [finding.subject for finding in found if finding.verdict is Verdict.BAD]
    # A test has no https; everything else is as it should be.
    assert bad == ["way in"]
    assert verdicts(found)["sender"] is Verdict.WARNING
    assert show(iter([finding for finding in found if finding.subject != "way in"]), brief=True)
    assert "sandbox" in capsys.readouterr().out


def test_an_empty_database_is_told_to_migrate(servers):
    with empty_database(servers.database_url) as url:
        engine = make_engine(url, pooled=False)
        found = {one.subject: one for one in list(look_at_database(engine))}

    assert found["migrations"].remedy == "alembic upgrade head"
    assert found["clock"].verdict is found["database"].verdict is Verdict.GOOD


def test_a_database_that_is_away_is_one_finding_without_a_password():
    engine = make_engine("postgresql+psycopg://me:hidden@127.0.0.1:1/x", pooled=False, timeout_seconds=2)
    (found,) = list(look_at_database(engine))

    assert found.verdict is Verdict.BAD
    assert "hidden" not in found.says + found.remedy


def test_redis_may_be_away():
    assert look_at_redis("redis://127.0.0.1:1/0").verdict is Verdict.WARNING


def test_a_wrong_token_is_named(peer):
    account = an_account(api_url=peer.base_url, auth_token="of another")
    (found,) = channel.look_at_account(account, build_client(account))

    assert found.verdict is Verdict.BAD
    assert "token" in found.says


def test_senders_that_are_not_ours_or_lead_elsewhere_are_named(peer):
    client = build_client(an_account(api_url=peer.base_url))
    settings = settings_for(peer, TWILIO_WHATSAPP_FROM=OWN_NUMBER, PUBLIC_URL="https://bot.example.com")

    def look():
        return channel.look_at_sender(settings, client)

    assert "none of this account's" in look().says
    peer.senders[OWN_NUMBER] = {
        "status": "OFFLINE",
        "callback_url": "https://bot.example.com/webhooks/whatsapp",
    }
    assert "OFFLINE" in look().says
    peer.senders[OWN_NUMBER] = {"status": "ONLINE", "callback_url": "https://other.example.com/hook"}
    assert "go to https://other.example.com/hook" in look().says
    peer.senders[OWN_NUMBER]["callback_url"] = "https://bot.example.com/webhooks/whatsapp#rc=3"
    assert look().verdict is Verdict.GOOD


def test_templates_are_looked_up_at_the_provider(peer):
    client = build_client(an_account(api_url=peer.base_url))

    assert channel.look_at_templates(client, TEMPLATES).says.startswith("2 of 2 aren't approved")


def test_an_address_where_nobody_listens_is_named(peer):
    found = verdicts(channel.look_at_way_in(settings_for(peer, PUBLIC_URL="http://127.0.0.1:1")))

    assert found == {"way in": Verdict.BAD, "webhook": Verdict.BAD}
