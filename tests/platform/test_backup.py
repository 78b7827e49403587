"""Backups and restores against a real server, with the programs that operators use."""

import datetime as dt
import json
from dataclasses import replace

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import text

import wsgi
from core.backup import archive, restoring
from core.backup.commands import backing_up
from core.backup.errors import BackupError
from tests.databases import drop, url_of

NOW = dt.datetime(2026, 11, 25, 21, 15, tzinfo=dt.UTC)


@pytest.fixture
def url(fresh_database):
    with fresh_database.engine.begin() as connection:
        _write(connection, "before the backup")
    return fresh_database.url


def _write(connection, said):
    connection.execute(text("CREATE TABLE notes (said text)"))
    connection.execute(text("INSERT INTO notes VALUES (:said)"), {"said": said})


def said(url):
    with archive.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT said FROM notes").fetchall()]


def databases(url):
    with archive.connect(url, database="postgres") as server:
        return {name for (name,) in server.execute("SELECT datname FROM pg_database").fetchall()}


def scratch_databases(url):
    prefix = f"{psycopg.conninfo.conninfo_to_dict(url.replace('+psycopg', '', 1))['dbname']}_"
    return {name for name in databases(url) if name.startswith(prefix)}


def test_drill_finds_every_row_again(url, tmp_path):
    made = archive.back_up(url, tmp_path, now=NOW)

    compared = restoring.drill(url, made)

    assert made.name == "khaacho-20261125T211500Z.dump"
    assert made.stat().st_mode & 0o077 == 0
    assert compared["rows of notes"] == 1
    assert compared["ledger debits"] == 0
    assert scratch_databases(url) == set()


def test_drill_names_what_is_missing(url, tmp_path):
    made = archive.back_up(url, tmp_path, now=NOW)
    manifest = json.loads(made.with_suffix(".json").read_text())
    manifest["totals"] |= {"rows of notes": 2, "invoices": 5}
    made.with_suffix(".json").write_text(json.dumps(manifest))

    with pytest.raises(BackupError) as refused:
        restoring.drill(url, made)

    assert "rows of notes: 2 in the backup, 1 after the restore" in str(refused.value)
    assert "invoices: 5 in the backup, 0 after the restore" in str(refused.value)
    assert scratch_databases(url) == set()


@pytest.mark.parametrize("damage", ["a byte", "cut", "no manifest"])
def test_damaged_backup_is_refused_and_nothing_changes(url, tmp_path, damage):
    made = archive.back_up(url, tmp_path, now=NOW)
    content = bytearray(made.read_bytes())
    if damage == "a byte":
        content[len(content) // 2] ^= 1
    if damage == "cut":
        del content[-1]
    if damage == "no manifest":
        made.with_suffix(".json").unlink()
    made.write_bytes(content)

    with pytest.raises(BackupError):
        restoring.restore(url, made, now=NOW)

    assert said(url) == ["before the backup"]
    assert scratch_databases(url) == set()


def test_restore_brings_back_what_was_and_keeps_what_it_replaced(fresh_database, url, tmp_path):
    made = archive.back_up(url, tmp_path, now=NOW)
    with fresh_database.engine.begin() as connection:
        connection.execute(text("UPDATE notes SET said = 'spoiled'"))
    fresh_database.engine.dispose()

    replaced = restoring.restore(url, made, now=NOW)

    try:
        assert said(url) == ["before the backup"]
        assert said(url_of(url, replaced)) == ["spoiled"]
    finally:
        with archive.connect(url, database="postgres") as server:
            drop(server, replaced)


def test_restore_under_a_running_process_is_refused(fresh_database, url, tmp_path):
    made = archive.back_up(url, tmp_path, now=NOW)

    with fresh_database.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(BackupError, match="stop web, workers and clock first"):
            restoring.restore(url, made, now=NOW)

    assert said(url) == ["before the backup"]
    assert scratch_databases(url) == set()


@pytest.fixture
def commands(url, settings, tmp_path, monkeypatch):
    """Runs `python -m wsgi …` against the test's database and a `var` of its own."""
    monkeypatch.setattr("core.backup.commands.database_url", lambda: url)
    monkeypatch.setattr("core.backup.commands.settings", lambda: replace(settings, var=tmp_path))
    return lambda *arguments: CliRunner().invoke(wsgi.commands, arguments)


def test_operator_backs_up_and_drills(commands, tmp_path):
    made = commands("backup")
    drilled = commands("restore-drill")

    assert made.exit_code == 0, made.output
    assert drilled.exit_code == 0, drilled.output
    assert len(list((tmp_path / "backups").glob("*.dump"))) == 1
    assert "restores completely" in drilled.output


def test_drill_without_a_backup_fails_with_a_sentence(commands):
    drilled = commands("restore-drill")

    assert drilled.exit_code == 1
    assert "there is no backup yet" in drilled.output


def test_drill_of_a_damaged_backup_fails_loudly(commands, tmp_path):
    commands("backup")
    (newest,) = (tmp_path / "backups").glob("*.dump")
    newest.write_bytes(newest.read_bytes()[:-1])

    drilled = commands("restore-drill")

    assert drilled.exit_code == 1
    assert "is damaged" in drilled.output


def test_nightly_job_makes_a_backup(url, database, tmp_path, monkeypatch):
    monkeypatch.setattr("core.backup.commands.database_url", lambda: url)

    backing_up(tmp_path)(database, {}, NOW)

    assert archive.newest(tmp_path / "backups") is not None


def test_what_pg_dump_says_is_passed_on(url, tmp_path):
    with pytest.raises(BackupError, match="pg_dump failed"):
        archive.run("pg_dump", ["--table=nothing_like_it", f"--file={tmp_path / 'x'}"], url)


def test_old_backups_go_and_other_files_stay(tmp_path):
    names = [archive_name(NOW - dt.timedelta(days=back)) for back in range(60)]
    for name in names:
        (tmp_path / f"{name}.dump").touch()
        (tmp_path / f"{name}.json").touch()
    (tmp_path / "khaacho-by-hand.dump").touch()

    removed = archive.remove_old(tmp_path)

    left = {file.name for file in tmp_path.iterdir()}
    assert "khaacho-by-hand.dump" in left
    assert f"{names[0]}.json" in left
    assert len(removed) + sum(name.endswith(".dump") for name in left) == 61
    assert not any(file.with_suffix(".json").exists() for file in removed)
    assert archive.newest(tmp_path).stem == names[0]


def archive_name(moment):
    return moment.strftime("khaacho-%Y%m%dT%H%M%SZ")
