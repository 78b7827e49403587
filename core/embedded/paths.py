"""The paths that the servers of one checkout use, and the account they run as."""

import errno
import hashlib
import os
import pwd
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.embedded.errors import EmbeddedServersError

# What the kernel takes for a socket's path, less one: 107 bytes on Linux, 103 on macOS.
MAX_SOCKET_PATH = 103
# The longest name of a socket that we make.
_LONGEST_SOCKET = ".s.PGSQL.5432"
# A comma in a path would be two hosts to libpq, a blank or a percent sign something else in a URL.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
_ROOT = 0
_ANOTHER_USER = (
    "start as the user who did the first time (root, if it was root), or name another place: VAR_DIR"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerPaths:
    var: Path
    servers: Path
    """Data, programs and logs. For root it may be a symbolic link, out of a home directory that the servers' account cannot enter."""
    sockets: Path
    account: Account | None
    """Whom the servers run as when we are root, which PostgreSQL refuses to be. None: they run as ourselves."""

    @property
    def postgres_data(self) -> Path:
        return self.servers / "postgres"

    @property
    def valkey_data(self) -> Path:
        return self.servers / "valkey"

    @property
    def programs(self) -> Path:
        return self.servers / "programs"

    @property
    def logs(self) -> Path:
        return self.servers / "log"

    @property
    def password(self) -> Path:
        return self.servers / "password"

    @property
    def control_socket(self) -> Path:
        return self.sockets / "control"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey"

    @property
    def starting_lock(self) -> Path:
        return self.var / "starting.lock"

    @property
    def supervisor_lock(self) -> Path:
        return self.var / "supervisor.lock"

    @property
    def addresses(self) -> Path:
        """What a person sources to talk to the running servers with other tools."""
        return self.var / "servers.env"

    def remove_sockets(self) -> None:
        """Leave nothing in /tmp. A socket that a killed server left keeps its directory for the next start."""
        with suppress(OSError):
            self.sockets.rmdir()


def prepare(var: Path) -> ServerPaths:
    """Make the directories under *var* that do not exist yet and say where everything is."""
    try:
        return _prepare(var.absolute())
    except PermissionError as error:
        raise EmbeddedServersError(
            f"{error.filename} cannot be used by this user; {_ANOTHER_USER}"
        ) from error


def _prepare(var: Path) -> ServerPaths:
    var.mkdir(parents=True, exist_ok=True)
    if not os.access(var, os.W_OK):
        raise PermissionError(errno.EACCES, "not ours to write", str(var))
    servers = _servers_directory(var.resolve())
    account = _account(servers)
    paths = ServerPaths(
        var=var, servers=servers, sockets=_sockets_directory(servers, account), account=account
    )
    paths.logs.mkdir(exist_ok=True)
    own_directory(paths.valkey_data, account)
    own_directory(paths.sockets, account)
    return paths


def own_directory(path: Path, account: Account | None) -> None:
    """Make *path* a directory that only the servers' account (and root) can enter."""
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    owner = account.uid if account else os.geteuid()
    # In /tmp anybody may have been here first.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
        raise EmbeddedServersError(f"{path} belongs to somebody else; remove it or use another VAR_DIR")
    if account:
        os.chown(path, account.uid, account.gid)
    path.chmod(0o700)


def _servers_directory(var: Path) -> Path:
    servers = var / "servers"
    if servers.exists():
        return servers.resolve()
    if os.geteuid() == _ROOT and not _open_to_everybody(var):
        outside = Path("/var/lib/khaacho") / _key(var)
        outside.mkdir(parents=True, exist_ok=True)
        for directory in (outside, outside.parent):
            directory.chmod(0o755)
        # A link left by a checkout that has been removed from outside is replaced, its data found again.
        servers.unlink(missing_ok=True)
        servers.symlink_to(outside)
        return outside
    servers.mkdir(exist_ok=True)
    return servers


def _open_to_everybody(path: Path) -> bool:
    return all(directory.stat().st_mode & stat.S_IXOTH for directory in (path, *path.parents))


def _account(servers: Path) -> Account | None:
    data = servers / "postgres"
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != _ROOT:
        if owner not in {None, os.geteuid()}:
            raise EmbeddedServersError(f"{data} belongs to another user; {_ANOTHER_USER}")
        return None
    # A cluster made by an ordinary user keeps its owner when root comes later.
    found = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    return Account(name=found.pw_name, uid=found.pw_uid, gid=found.pw_gid)


def _sockets_directory(servers: Path, account: Account | None) -> Path:
    near = servers / "run"
    if len(os.fsencode(near / _LONGEST_SOCKET)) <= MAX_SOCKET_PATH and _PLAIN_PATH.fullmatch(str(near)):
        return near
    owner = account.uid if account else os.geteuid()
    # Not TMPDIR: two terminals with different ones must find each other.
    return Path("/tmp") / f"khaacho-{owner}-{_key(servers)}"  # noqa: S108 – own_directory checks who owns it


def _key(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
