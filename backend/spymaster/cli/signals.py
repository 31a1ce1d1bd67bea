"""How a command ends when it is told to: by Ctrl-C, a closed terminal, or kill.

Python hears of a signal between two steps of its own, and DuckDB waits for its threads without
looking. So a thread listens: it stops what queries do, again and again while the command unwinds,
and ends the process where it does not, or at the second signal. Nothing that takes time to import
is imported here, so that Ctrl-C counts while everything else is.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
"""Signals that end a command, and its exit code: 128 and the number, as shells have it."""
WORDS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated", signal.SIGHUP: "hung up"}
GRACE_SECONDS, WRITING_SECONDS = 0.5, 5.0
"""How long a command may take to unwind; one that holds a warehouse for writing may take longer."""
AGAIN_SECONDS = 0.02
"""Between two interrupts of a query: one that comes while it is about to start is forgotten."""

_first: list[int] = []
"""The signal that ends this process, once there is one."""
_turn = threading.Lock()
"""Of the threads that may say the last word."""
_said = threading.Event()
_spelling: list[Callable[[str], str]] = [str]
_is_loaded = threading.Event()


def heed() -> None:
    """Listen from now on; what the shell has set to be ignored, as nohup does, stays ignored."""
    signalled, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup, warn_on_full_buffer=False)
    for number in CODES:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    sys.unraisablehook = _unraisable
    threading.Thread(target=_listen, args=(signalled,), daemon=True).start()


def loaded() -> None:
    """Let a command unwind from now on: before, there is nothing to put away."""
    _is_loaded.set()


def finish(code: int) -> NoReturn:
    """End the process once its command has ended.

    After a signal without a last word of the interpreter, which could wait for a query's threads.
    """
    if _first:
        _end(_first[0])
    for number in CODES:
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_DFL)
    sys.exit(code)


def last_word() -> tuple[str, int] | None:
    """Return the last word and the exit code of a command that a signal ends, if one does."""
    return (WORDS[_first[0]], CODES[_first[0]]) if _first else None  # type: ignore[index]


def spell(spelled: Callable[[str], str]) -> None:
    """Have the last word printed as a log has its lines."""
    _spelling[0] = spelled


def say(word: str) -> None:
    """Print the last word, unless it is printed already."""
    with _turn:
        if not _said.is_set():
            _said.set()
            os.write(sys.stderr.fileno(), f"{_spelling[0](word)}\n".encode())


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise in the main thread, once: a second one would cut short how it unwinds."""
    is_first = not _first
    if is_first:
        _first.append(number)
        raise KeyboardInterrupt


def _unraisable(dropped: sys.UnraisableHookArgs) -> None:
    """Say nothing of an interrupt that came where none can be raised, as while an object is freed.

    The main thread does not hear of it then; the one that listens ends the process.
    """
    if not isinstance(dropped.exc_value, KeyboardInterrupt):
        sys.__unraisablehook__(dropped)


def _listen(signalled: int) -> None:
    number = _wait(signalled, None)
    while number is None:
        number = _wait(signalled, None)
    since = time.monotonic()
    while _is_loaded.is_set() and time.monotonic() - since < _patience():
        _stop_queries()
        if _wait(signalled, AGAIN_SECONDS):
            break
    _end(number)


def _wait(signalled: int, seconds: float | None) -> int | None:
    """Return the next signal that ends a command, if one comes in time."""
    if not select.select([signalled], [], [], seconds)[0]:
        return None
    number = os.read(signalled, 1)[0]
    return number if number in CODES else None


def _patience() -> float:
    lock = sys.modules.get("spymaster.warehouse.lock")
    return WRITING_SECONDS if lock and lock.is_writing() else GRACE_SECONDS


def _stop_queries() -> None:
    duck = sys.modules.get("spymaster.warehouse.duck")
    if duck is not None:
        duck.interrupt()


def _end(number: int) -> NoReturn:
    """End the process at once, and leave nothing of it in temporary folders."""
    say(WORDS[number])  # type: ignore[index]
    files = sys.modules.get("spymaster.warehouse.files")
    if files is not None:
        files.drop()
    os._exit(CODES[number])  # type: ignore[index]
