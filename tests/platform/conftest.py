"""Directories and processes for tests that start real servers."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import embedded
from tests.platform.processes import Processes


@pytest.fixture
def var() -> Iterator[Path]:
    """A var directory that everybody may enter, as in a checkout under /srv, emptied of servers afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="khaacho-test-"))
    directory.chmod(0o755)
    yield directory / "var"
    forget(directory / "var")
    shutil.rmtree(directory)


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


def forget(var: Path) -> None:
    embedded.stop_all(var)
    if (servers := var / "servers").is_symlink():
        shutil.rmtree(servers.readlink())
