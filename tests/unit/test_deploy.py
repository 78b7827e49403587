"""What is in deploy/ starts what the Procfile starts, and names files that there are."""

import re
import shutil
import subprocess

import pytest

from core.config import PROJECT_ROOT
from core.launch.procfile import parse_procfile

DEPLOY = PROJECT_ROOT / "deploy"
COMPOSE = (DEPLOY / "compose.yml").read_text()
CONTAINERFILE = (DEPLOY / "Containerfile").read_text()
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
COMMANDS = parse_procfile(PROJECT_ROOT / "Procfile")


def command_of(unit):
    return re.search(r"^ExecStart=/srv/khaacho/.venv/bin/(.+)$", unit.read_text(), re.MULTILINE)[1]


def test_systemd_starts_every_process_of_the_procfile():
    started = {command_of(unit) for unit in UNITS}

    assert {COMMANDS[name] for name in ("worker", "report-worker", "clock")} <= started
    (web,) = (command for command in started if command.startswith("granian"))
    assert web.endswith(COMMANDS["web"].rpartition(" ")[2])


@pytest.mark.parametrize("name", ["worker", "report-worker", "clock"])
def test_compose_starts_every_process_of_the_procfile(name):
    assert f"  {name}:\n    <<: *khaacho\n    command: {COMMANDS[name]}\n" in COMPOSE


def test_the_image_holds_every_package_that_there_is():
    copied = set(re.findall(r"^COPY (\w+) \w+$", CONTAINERFILE, re.MULTILINE))

    assert copied == {"core", "bot", "admin_api", "migrations", "templates"}
    assert all((PROJECT_ROOT / name).is_dir() for name in copied)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_the_units(tmp_path):
    for unit in (*UNITS, DEPLOY / "systemd/khaacho.target"):
        said = re.sub(r"^ExecStart=.+$", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
        (tmp_path / unit.name.replace("@", "@1")).write_text(said)

    checked = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, tmp_path.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    ours = [line for line in checked.stderr.splitlines() if "khaacho" in line and "man page" not in line]
    assert (checked.returncode, ours) == (0, [])
