"""Where the program starts: signals are heeded before anything that takes time is imported."""

from __future__ import annotations

from spymaster.cli import signals


def main() -> None:
    """Run the command line."""
    code = 1
    try:
        signals.heed()
        from spymaster.cli.app import app

        signals.loaded()
        app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        pass  # between two steps of ours; the signal says how to end
    signals.finish(code)
