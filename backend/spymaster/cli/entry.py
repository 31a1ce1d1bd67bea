"""Where the program starts: signals are heeded before anything that takes time is imported."""

from __future__ import annotations

import gc
import os

from spymaster.cli import signals

OBJECTS = 100_000
"""New ones between two searches for garbage: trees of templates and SQL are no garbage, and to look
through them again and again takes a sixth of a command that traces a column."""


def main() -> None:
    """Run the command line."""
    code = 1
    gc.set_threshold(OBJECTS)
    # little here multiplies matrices, and threads that numpy starts to do so spin for 0.1 s first
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        signals.heed()
        from spymaster.cli.app import app

        signals.loaded()
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        pass  # between two steps of ours; the signal says how to end
    # what is left goes with the process: to look through it once more takes a tenth of a command
    gc.freeze()
    signals.finish(code)
