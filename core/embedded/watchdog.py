"""Stands between a parent and its child where the kernel does not tell a child that its parent has ended (macOS).

    python watchdog.py SIGNAL PROGRAM [ARGUMENT …]

Runs the program, hands every ending signal on, and sends SIGNAL to it when the standard input closes.
"""

import os
import selectors
import signal
import subprocess
import sys


def main(on_parent_death: int, argv: list[str]) -> int:
    """Run *argv* to its end and return its exit code, as a shell would."""
    heard, hear = os.pipe()
    os.set_blocking(hear, False)
    signal.set_wakeup_fd(hear)
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    with selectors.DefaultSelector() as waiting:
        waiting.register(heard, selectors.EVENT_READ)
        waiting.register(sys.stdin, selectors.EVENT_READ)
        while child.poll() is None:
            for key, _ in waiting.select():
                if key.fd == heard:
                    for told in os.read(heard, 64):
                        if told != signal.SIGCHLD:
                            child.send_signal(told)
                elif not os.read(key.fd, 64):
                    waiting.unregister(sys.stdin)
                    child.send_signal(on_parent_death)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
