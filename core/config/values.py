"""What a process knows of its environment: settings as frozen values, judged by `reader`."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

PROJECT_ROOT = Path(__file__).resolve().parents[2]


class Environment(StrEnum):
    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class ConfigError(Exception):
    """The environment cannot be used; `problems` names everything that is wrong with it, not only the first thing."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(
            "\n".join(("The environment cannot be used:", *(f"  - {problem}" for problem in problems)))
        )
        self.problems = problems


@dataclass(frozen=True, kw_only=True, slots=True)
class TwilioAccount:
    account_sid: str
    auth_token: str = field(repr=False)
    whatsapp_from: str
    """Always with its prefix, as Twilio's API wants it: `whatsapp:+14155238886`."""
    api_url: str | None = None
    """Another base for Twilio's REST API; None is Twilio itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    environment: Environment
    database_url: str | None = field(repr=False)
    """In SQLAlchemy's form; None means the embedded PostgreSQL under `var`."""
    redis_url: str | None = field(repr=False)
    """None means the embedded Valkey under `var`."""
    port: int
    public_url: str
    """What Twilio signs, without a slash at the end."""
    twilio: TwilioAccount | None
    """None means that messages go to the simulator's channel."""
    jwt_secret: str = field(repr=False)
    jwt_expires_in: timedelta
    enable_background_jobs: bool
    var: Path
    cors_origins: frozenset[str] = frozenset()
    """Pages of these origins may read the API's answers, `https://panel.example.com`."""
    web_threads: int = 8
    """Requests at once in a web process, and so its connections to the database."""
    bind: str = "127.0.0.1"
    """The address that the web process listens on."""
    metrics_token: str | None = field(default=None, repr=False)
    """Who has it may read `/metrics`; None means that there is no such page."""
    traces_endpoint: str | None = None
    """The collector of OpenTelemetry that spans go to, by OTLP over HTTP; None means that there are none."""
    sentry_dsn: str | None = field(default=None, repr=False)
    """Where errors go, without what people wrote; None means nowhere."""
    trusted_proxies: int = 0
    """How many proxies of ours stand before the web process and say for whom they ask (X-Forwarded-For)."""

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION

    @property
    def is_private(self) -> bool:
        """Whether only people at this machine can come in: then the simulator and the demo's logins do no harm."""
        return (
            not self.is_production
            and self.twilio is None
            and is_loopback(f"http://{_bracketed(self.bind)}")
            and is_loopback(self.public_url)
        )

    @property
    def webhook_account(self) -> TwilioAccount:
        """Whose signature the webhook trusts: Twilio's account, or the simulator's own where no credentials are set."""
        return self.twilio or _simulator_account(self.jwt_secret)


# What a proxy or a tunnel adds, beside `X-Forwarded-…` and Cloudflare's own.
_OF_PROXIES = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip"})


def is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_from_this_machine(host: str, header_names: Iterable[str]) -> bool:
    """Whether a request was made to this machine and passed on by nobody: a tunnel is named in it."""
    names = {name.lower().replace("_", "-") for name in header_names}
    is_forwarded = any(name.startswith(("x-forwarded", "cf-")) or name in _OF_PROXIES for name in names)
    return is_loopback(f"http://{host}") and not is_forwarded


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _simulator_account(jwt_secret: str) -> TwilioAccount:
    def derived(purpose: str) -> str:
        return hmac.new(jwt_secret.encode(), f"simulator {purpose}".encode(), hashlib.sha256).hexdigest()[:32]

    return TwilioAccount(
        account_sid="AC" + derived("account"),
        auth_token=derived("token"),
        whatsapp_from="whatsapp:+9779800000000",
    )
