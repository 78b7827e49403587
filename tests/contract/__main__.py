"""`python -m tests.contract`: installs the judge once, then lets Twilio's specification judge what we send.

Without node or npm nothing is judged, and that is said. With `--required` (as CI calls it) that is a failure.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
INSTALLED = HERE / "node_modules/.package-lock.json"
INSTALLS_WITHIN_SECONDS = 480
JUDGES_WITHIN_SECONDS = 240


def main() -> int:
    if shutil.which("node") is None or shutil.which("npm") is None:
        sys.stdout.write("CONTRACT NOT JUDGED: node 20 or newer and npm are not on this machine\n")
        return int("--required" in sys.argv)
    if not INSTALLED.exists() or INSTALLED.stat().st_mtime < (HERE / "package-lock.json").stat().st_mtime:
        # Scripts of packages are not needed, and not run.
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], INSTALLS_WITHIN_SECONDS)
        INSTALLED.touch()
    return _run([sys.executable, "-m", "pytest", str(HERE)], JUDGES_WITHIN_SECONDS, check=False)


def _run(command: list[str], seconds: int, *, check: bool = True) -> int:
    return subprocess.run(
        command, cwd=HERE if check else HERE.parents[1], timeout=seconds, check=check
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
