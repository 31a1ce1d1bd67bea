"""What the readers in Python share.

Each is called with the path of a catalog, and gets questions in SQL as a JSON list on stdin. It
prints what they give, a list of objects for each question. With the name of a file as a second
argument it asks again and again until that file exists: then the answers are numbers, all equal in
a complete set, and it prints a line whenever they are new, and at the end how often it read and
how many answers disagreed.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]
Ask = Callable[[str, list[str]], list[Rows]]


def serve(ask: Ask) -> None:
    """Answer the questions on stdin, by ``ask(link, questions)``."""
    link, *stop = sys.argv[1:]
    questions = json.load(sys.stdin)
    if stop:
        watch(Path(stop[0]), lambda: ask(link, questions))
    else:
        say(ask(link, questions))


def watch(stop: Path, look: Callable[[], list[Rows]]) -> None:
    """Say what is new until the file ``stop`` exists."""
    last, reads, torn = None, 0, 0
    while not stop.exists():
        one, *others = [value for rows in look() for row in rows for value in row.values()]
        reads += 1
        torn += any(other != one for other in others)
        if one != last:
            last = one
            say({"seen": one})
        time.sleep(0.05)
    say({"reads": reads, "torn": torn})


def say(value: Any) -> None:
    """Print a value as one line of JSON, at once."""
    sys.stdout.write(json.dumps(value, default=str) + "\n")
    sys.stdout.flush()
