"""Run tests in forks of a process that has imported what they import and read all SQL once.

Half of what a short test costs is that. Asked by lines of JSON on stdin, ``[tests, seconds, log]``;
answers with pytest's exit code, or -1 where it took too long. Not for edits of Python.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

FLAGS = ("-n", "0", "-x", "-q", "-p", "no:cacheprovider", "-p", "mutants.unshrunk")
TIERS = ("-m", "not slow and not network")
SAME_EXAMPLES = "--hypothesis-seed=0"
TOO_LONG = -1


def main() -> None:
    """Answer until stdin ends."""
    import pyarrow  # noqa: F401

    from spymaster import operations  # noqa: F401
    from spymaster.definitions import loading
    from spymaster.settings import Settings
    from spymaster.simulate import simulate  # noqa: F401
    from spymaster.warehouse.columns import SQL

    loading.load(Settings(), SQL, {})
    for line in sys.stdin:
        tests, seconds, log = json.loads(line)
        sys.stdout.write(f"{forked(tests, seconds, Path(log))}\n")
        sys.stdout.flush()


def forked(tests: Sequence[str], seconds: int, log: Path) -> int:
    """Run tests in a fork, with what they print in a file; return the exit code."""
    child = os.fork()
    if not child:
        os.setsid()
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os._exit(pytest.main([*FLAGS, *TIERS, SAME_EXAMPLES, *tests]))
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(seconds)
    _, status = os.waitpid(child, 0)
    signal.alarm(0)
    return TOO_LONG if os.WIFSIGNALED(status) else os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    main()
