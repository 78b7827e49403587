"""The composition root: builds the web application and the workers' table of job handlers.

`granian --interface asgi wsgi:request_buffering` serves the application; `python -m wsgi worker` (or `clock`, `seed`) runs
the other processes. Each imports only what it needs: the web not the dialogue, the workers not the API. Nothing imports
this module.
"""

from __future__ import annotations

import datetime as dt
import gc
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

import click
from flask import Flask, redirect
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import reactions as chat_reactions
from core import cli, config, embedded, log, reactions, telemetry
from core.backup import commands as backups
from core.clock import system_now
from core.config import PROJECT_ROOT, ConfigError, Environment, Settings
from core.db.clock import business_now
from core.db.pooler import REFUSAL, is_pooled_by_transaction
from core.db.session import HEAVY_JOBS, SHORT_JOBS, Database, make_engine
from core.jobs.bell import Bell
from core.jobs.handlers import Handler, Handlers, OutsideHandler
from core.outbox import service as outbox
from core.outbox.models import Queue
from core.parties import joining
from core.parties import queries as parties
from core.reports import service as reports

if TYPE_CHECKING:
    from admin_api.endpoints import ReadMedia
    from bot.channels.twilio.history import TwilioHistory
    from bot.channels.twilio.templates import Template
    from bot.channels.types import Sender

TEMPLATES = PROJECT_ROOT / "templates"
# Twilio gives up after fifteen seconds; after a 503 in time, it sends the message again.
WEB_TIMEOUT_SECONDS = 8
# Who asks by the API or the panel can ask again, and keeps a thread from others; a webhook waits, on its own connections.
WEB_LOCK_SECONDS = 2
URGENT_PATHS = ("/webhooks/", "/api/v1/health")


def create_app(settings: Settings | None = None, database: Database | None = None) -> Flask:
    """The web application, on *database*, or on the one that *settings* name."""
    import admin_api
    from bot import webhook

    settings = settings or config.settings()
    webhook_database = None
    if database is None:
        url = database_url(settings)
        engine = make_engine(url, timeout_seconds=WEB_TIMEOUT_SECONDS, lock_seconds=WEB_LOCK_SECONDS)
        refuse_pool(settings, engine)
        database = Database(engine)
        webhook_database = Database(make_engine(url, timeout_seconds=WEB_TIMEOUT_SECONDS))
    refuse_demo_logins(settings, database)
    wire(Bell(redis_url(settings)))
    joining.wire(joining.links_to(settings.webhook_account.whatsapp_from, settings.public_url))
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.register_blueprint(webhook.blueprint(settings, webhook_database or database, now=clock(settings)))
    admin_api.register(
        app,
        settings=settings,
        database=database,
        redis_url=redis_url(settings),
        read_media=read_media(settings),
    )
    home = "/api/v1/docs"
    if settings.environment is Environment.DEVELOPMENT and settings.is_private:
        from bot.simulator import pages

        app.register_blueprint(pages.blueprint(settings, database))
        home = "/simulator"
    app.add_url_rule("/", "home", lambda: redirect(home))
    return app


def read_media(settings: Settings) -> ReadMedia:
    """What people sent, from Twilio or, without credentials, from the simulator."""
    if settings.twilio is None:
        from bot.simulator import media

        return media.read
    from bot.channels.twilio.media import reading

    return reading(settings.twilio)


def keep_program_out_of_garbage() -> None:
    """Take what a process has loaded out of the search for garbage: it stays.

    A decision about a thousand vendors makes enough objects for a full search, and half its time went into the program.
    """
    gc.collect()
    gc.freeze()


def refuse_demo_logins(settings: Settings, database: Database) -> None:
    """Raise ConfigError in production if a demo login, whose password is in the README, still works."""
    if not settings.is_production:
        return
    with database.transaction() as session:
        if parties.has_demo_logins(session):
            raise ConfigError(("a demo login works in this database: deactivate it first",))


def refuse_pool(settings: Settings, engine: Engine) -> None:
    """Raise ConfigError if a given DATABASE_URL leads through a pool in which locks of workers would be lost."""
    if settings.database_url is None:
        return
    # A database that can't be asked yet is waited for, as always.
    with suppress(SQLAlchemyError):
        if is_pooled_by_transaction(engine):
            raise ConfigError((REFUSAL,))


def database_url(settings: Settings) -> str:
    return settings.database_url or embedded.database_url()


def redis_url(settings: Settings) -> str:
    return settings.redis_url or embedded.redis_url()


def wire(bell: Bell) -> None:
    """Set, once per process, which jobs follow which event, and the bell that wakes the workers."""
    tables = (reactions.REACTIONS, chat_reactions.REACTIONS)
    events = {event for table in tables for event in table}
    together = {event: [one for table in tables for one in table.get(event, ())] for event in events}
    outbox.wire(reactions=together, ring=bell.ring)


def clock(settings: Settings) -> Callable[[Session], dt.datetime]:
    """The clock of a request. In production, the business clock is the system clock, so nothing is queried."""
    return (lambda _session: system_now()) if settings.is_production else business_now


def handlers(settings: Settings, database: Database) -> Handlers:
    """The handler of each kind of job."""
    from bot import notifications, reconciliation, sending, turns
    from bot.channels.twilio.templates import parse_templates
    from bot.dialogue import engine as dialogue
    from bot.sweep import SWEEPING

    joining.wire(joining.links_to(settings.webhook_account.whatsapp_from, settings.public_url))
    templates = parse_templates(_read(TEMPLATES / "whatsapp_templates.toml"))
    sender, history = sender_and_history(settings, database, templates)
    table: dict[str, Handler | OutsideHandler] = {
        "sweep": SWEEPING,
        "answer_conversation": turns.answering(dialogue),
        "send_message": sending.sending(sender),
        "send_notices": sending.sending_notices(sender, notifications.why_obsolete),
        "settle_message": sending.settling(history, templates=templates),
        "reconcile_provider": reconciliation.reconciling(history),
        reports.WRITE_REPORT: OutsideHandler(act=reports.write_report),
        "back_up": OutsideHandler(act=backups.backing_up(settings.var)),
    }
    acts = {**reactions.ACTS, **notifications.ACTS}
    return table | {kind: Handler(act=act) for kind, act in acts.items()}


def sender_and_history(
    settings: Settings, database: Database, templates: Mapping[str, Template]
) -> tuple[Sender, TwilioHistory | None]:
    """The sender, and the provider's history: Twilio's or, without credentials, the simulator's sender alone."""
    if settings.twilio is None:
        from bot.channels.console import ConsoleSender

        return ConsoleSender(), None
    from bot.channels.twilio.client import build_client
    from bot.channels.twilio.history import TwilioHistory
    from bot.channels.twilio.sender import TwilioSender, status_url
    from bot.contents import StoredContents
    from bot.file_links import linking

    client = build_client(settings.twilio)
    sender = TwilioSender(
        client,
        from_address=settings.twilio.whatsapp_from,
        status_url=status_url(settings.public_url),
        contents=StoredContents(database),
        templates=templates,
        link_of=linking(settings),
    )
    return sender, TwilioHistory(client, from_address=settings.twilio.whatsapp_from)


@click.command()
@click.option("--queue", "names", multiple=True, type=click.Choice([queue.value for queue in Queue]))
def worker(names: tuple[str, ...]) -> None:
    """Run jobs of the named queues until a signal; by default, of all short ones."""
    from core.intake.service import keep_index_ready
    from core.jobs.worker import HEAVY_WORK, SHORT_WORK, end_hard, work_heavy, work_short

    queues = [Queue(name) for name in names] or list(SHORT_WORK)
    heavy = [queue for queue in queues if queue in HEAVY_WORK]
    if heavy and len(heavy) < len(queues):
        raise click.UsageError("heavy queues fork for each bell: give them a worker of their own")
    settings = config.settings()
    limits = HEAVY_JOBS if heavy else SHORT_JOBS
    engine = make_engine(database_url(settings), pooled=not heavy, limits=limits)
    _check_pool(settings, engine)
    bell = Bell(redis_url(settings))
    wire(bell)
    table = handlers(settings, Database(engine))
    keep_program_out_of_garbage()
    if heavy:
        work_heavy(heavy, engine=engine, handlers=table, redis_url=redis_url(settings))
        return
    stopping = Event()
    if Queue.ORDER_PROCESSING in queues:
        Thread(
            target=keep_index_ready, args=(Database(engine), stopping), name="index of goods", daemon=True
        ).start()
    has_ended = work_short(
        queues, engine=engine, handlers=table, redis_url=redis_url(settings), our_bell=bell
    )
    stopping.set()
    if not has_ended:
        end_hard()


@click.command("clock")
def clock_command() -> None:
    """Run the timetable until a signal."""
    from core.jobs.clock import run_clock

    settings = config.settings()
    wire(Bell(redis_url(settings)))
    engine = make_engine(database_url(settings), limits=SHORT_JOBS)
    _check_pool(settings, engine)
    run_clock(Database(engine))


def _check_pool(settings: Settings, engine: Engine) -> None:
    try:
        refuse_pool(settings, engine)
    except ConfigError as problem:
        raise click.ClickException(str(problem)) from None


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@click.command("sync-templates")
def sync_templates_command() -> None:
    """Submit the templates that WhatsApp doesn't know yet, and print the status of each."""
    from bot.channels.twilio.approval import sync_templates
    from bot.channels.twilio.client import build_client
    from bot.channels.twilio.templates import parse_templates
    from bot.contents import StoredContents

    settings = config.settings()
    if settings.twilio is None:
        raise click.ClickException("no Twilio account is configured: see docs/how-to/connect-twilio.md")
    templates = parse_templates(_read(TEMPLATES / "whatsapp_templates.toml"))
    contents = StoredContents(Database(make_engine(database_url(settings))))
    for approval in sync_templates(build_client(settings.twilio), templates, contents):
        click.echo(f"{approval.template} {approval.language} {approval.status} {approval.reason}".rstrip())


@click.command()
@click.option("--brief", is_flag=True, help="Only what isn't as it should be.")
def doctor(*, brief: bool) -> None:
    """Look at settings, database, Redis, Twilio and disk, and say in sentences what is wrong and how to mend it."""
    # It tells of each of its plugins, already when it is imported.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from bot.channels.twilio.client import build_client
    from bot.channels.twilio.templates import parse_templates
    from bot.doctor.command import look_at_everything, look_at_problems, show

    try:
        settings = config.settings()
    except ConfigError as problem:
        show(look_at_problems(problem))
        raise SystemExit(1) from None
    findings = look_at_everything(
        settings,
        engine=make_engine(database_url(settings), pooled=False, timeout_seconds=WEB_TIMEOUT_SECONDS),
        redis_url=redis_url(settings),
        client=build_client(settings.twilio) if settings.twilio else None,
        templates=parse_templates(_read(TEMPLATES / "whatsapp_templates.toml")),
    )
    if not show(findings, brief=brief):
        raise SystemExit(1)


@click.group()
@click.pass_context
def commands(context: click.Context) -> None:
    """Commands beside the web process: workers, the clock, seeds, the first admin, the doctor."""
    try:
        log.configure(config.settings().environment)
        telemetry.start(config.settings())
    except ConfigError as problem:
        # The doctor tells of them itself.
        if context.invoked_subcommand != doctor.name:
            raise click.ClickException(str(problem)) from None


for _command in (
    worker,
    clock_command,
    doctor,
    sync_templates_command,
    cli.seed,
    cli.create_admin,
    backups.backup,
    backups.restore,
    backups.restore_drill,
):
    commands.add_command(_command)


def __getattr__(name: str) -> Any:
    """`app`, or `request_buffering` around it, created on first access, so that importing this module starts nothing."""
    if name not in ("app", "request_buffering"):
        raise AttributeError(name)
    settings = config.settings()
    log.configure(settings.environment)
    telemetry.start(settings)
    app = create_app(settings)
    app.cli.add_command(cli.seed)
    keep_program_out_of_garbage()
    if name == "app":
        return app
    from admin_api.spec import UPLOAD_PATHS
    from core.launch.request_buffering import RequestBuffer

    return RequestBuffer(
        app,
        threads=settings.web_threads,
        is_upload=lambda path: path.endswith(UPLOAD_PATHS),
        # A webhook that isn't answered in time is lost, and a process that doesn't say it is well is replaced.
        is_urgent=lambda path: path.startswith(URGENT_PATHS),
    )


if __name__ == "__main__":
    commands(prog_name="python -m wsgi")
