"""The capture as a process of its own: ``python -m spymaster.live.process ORDER``.

ORDER is JSON, without the key: that is in the environment. Told to stop (SIGTERM, Ctrl-C) it closes
its files first. A builder that ends does not end it.
"""

from __future__ import annotations

import signal
import sys
import threading

from spymaster.errors import INTERRUPTED, SpymasterError
from spymaster.live.capture import capture
from spymaster.live.order import Order


def main(written: str) -> int:
    """Capture what an order asks for; return the exit code."""
    stop = threading.Event()
    heard: list[int] = []

    def heed(number: int, _: object) -> None:
        heard.append(number)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heed)
    try:
        capture(Order.read(written), stop)
    except SpymasterError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201  one line, as commands end
        return error.exit_code
    return INTERRUPTED if signal.SIGINT in heard else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
