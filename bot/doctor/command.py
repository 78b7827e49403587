"""The command itself: looks at everything, prints a report, and exits with 1 if something must be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
from sqlalchemy import Engine
from twilio.rest import Client

from bot.channels.twilio.templates import Template
from bot.doctor.channel import look_at_channel
from bot.doctor.findings import Finding, Verdict, bad, good, report, summary
from bot.doctor.servers import look_at_backups, look_at_database, look_at_disk, look_at_redis
from core.clock import system_now
from core.config import ConfigError, Settings


def look_at_everything(
    settings: Settings,
    *,
    engine: Engine,
    redis_url: str,
    client: Client | None,
    templates: Mapping[str, Template],
) -> Iterator[Finding]:
    yield good(
        "settings", f"complete, for {settings.environment}, known to the world as {settings.public_url}"
    )
    yield from look_at_database(engine)
    yield look_at_redis(redis_url)
    yield from look_at_channel(settings, client, templates)
    yield from look_at_disk(settings.var)
    yield from look_at_backups(settings, now=system_now())


def look_at_problems(problem: ConfigError) -> Iterator[Finding]:
    for sentence in problem.problems:
        yield bad("settings", sentence, "mend it in the environment or in .env; .env.example explains each")


def show(findings: Iterator[Finding], *, brief: bool = False) -> bool:
    """Print what was found, as it is found. Says whether nothing is bad."""
    found = []
    for finding in findings:
        found.append(finding)
        if not brief or finding.verdict is not Verdict.GOOD:
            for line in report([finding]):
                click.echo(line)
    click.echo(summary(found))
    return all(finding.verdict is not Verdict.BAD for finding in found)
