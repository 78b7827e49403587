"""The Procfile is read as other runners read it."""

import pytest

from core.config import PROJECT_ROOT
from core.launch.procfile import ProcfileError, parse_procfile


def test_our_procfile_names_every_process():
    assert list(parse_procfile(PROJECT_ROOT / "Procfile")) == ["web", "worker", "report-worker", "clock"]


def test_comments_and_empty_lines_are_no_processes(tmp_path):
    file = tmp_path / "Procfile"
    file.write_text("# all of it\n\nweb: serve --at :3000\n")

    assert parse_procfile(file) == {"web": "serve --at :3000"}


@pytest.mark.parametrize("text", ["web serve", "web:", "web: one\nweb: two"])
def test_a_line_that_says_nothing_clear_is_refused(tmp_path, text):
    file = tmp_path / "Procfile"
    file.write_text(text)

    with pytest.raises(ProcfileError):
        parse_procfile(file)
