"""Directories and processes for tests that start real servers."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import embedded
from tests.platform.processes import Processes


@pytest.fixture(scope="session")
def used_var() -> Iterator[Path]:
    """A var directory after a first start: making the cluster is most of what a start costs."""
    with _open_directory() as directory:
        embedded.start(directory / "var").stop()
        yield directory / "var"


@pytest.fixture
def var(used_var: Path) -> Iterator[Path]:
    """A var directory that other tests have used before and will use again; nothing runs in it."""
    yield used_var
    embedded.stop_all(used_var)


@pytest.fixture
def new_var() -> Iterator[Path]:
    """A var directory that does not exist yet."""
    with _open_directory() as directory:
        yield directory / "var"


@pytest.fixture
def private_var(tmp_path: Path) -> Iterator[Path]:
    """A var directory that nobody else may enter, as in a checkout under /root."""
    tmp_path.chmod(0o700)
    yield tmp_path / "var"
    forget(tmp_path / "var")


@pytest.fixture
def processes() -> Iterator[Processes]:
    """Starts processes and makes sure that none is left."""
    started = Processes()
    yield started
    started.end()


@contextmanager
def _open_directory() -> Iterator[Path]:
    """A directory that everybody may enter, as a checkout under /srv; its servers have ended when it goes."""
    directory = Path(tempfile.mkdtemp(prefix="khaacho-test-"))
    directory.chmod(0o755)
    yield directory
    forget(directory / "var")
    shutil.rmtree(directory)


def forget(var: Path) -> None:
    embedded.stop_all(var)
    if (servers := var / "servers").is_symlink():
        shutil.rmtree(servers.readlink())
