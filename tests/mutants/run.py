"""Make small wrong edits one by one, run the tests that should notice, print what survives.

Usage: uv run python tests/mutants/run.py [LIST...] [--seconds 180] [--only TEXT]

It works on a copy of the tracked and new files in a temporary folder. Before the first edit all
tests must pass there. An edit is caught where a test fails; it is broken where SQL does not bind
or Python does not load, which proves nothing; what takes too long has no answer. The exit code is
0 only where all are caught. By hand: it takes half an hour.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from mutants.listing import ROOT, Mutant, listed, names

CAUGHT, SURVIVED, BROKEN, NO_ANSWER = "caught", "survived", "broken", "no answer"
NEVER_RAN = re.compile(
    r"^E .*(Binder|Parser|Catalog) Error|^E .*(does not bind|SyntaxError|IndentationError"
    r"|ImportError|NameError|TemplateSyntaxError)",
    re.MULTILINE,
)
TOO_LONG = -1


def main() -> int:
    """Try the lists that are named, or all."""
    parser = argparse.ArgumentParser(description="wrong edits, and the tests that notice them")
    parser.add_argument("lists", nargs="*", choices=[[], *names()], metavar="LIST")
    parser.add_argument("--seconds", type=int, default=180, help="for one edit")
    parser.add_argument("--only", default="", help="edits whose line holds this text")
    given = parser.parse_args()
    known = (one for name in given.lists or names() for one in listed(name))
    mutants = [one for one in known if given.only in one.title]
    for one in mutants:
        one.file()
    with TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        tests = sorted({test for one in mutants for test in one.noticed_by})
        runner = Tests(tree)
        outcome, said = runner.run(tests, given.seconds * len(tests))
        if outcome != SURVIVED:
            print(said[-2000:], "without any edit the tests do not pass", sep="\n")
            return 1
        is_left = report(tree, runner, mutants, given.seconds)
        runner.close()
        return 1 if is_left else 0


def report(tree: Path, runner: Tests, mutants: Sequence[Mutant], seconds: int) -> bool:
    """Print each outcome as it comes and what was not caught at the end; return if any was not."""
    left: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    for number, one in enumerate(mutants, start=1):
        before = time.monotonic()
        outcome = tried(tree, runner, one, number, seconds)
        counts[one.listed_in, outcome] += 1
        if outcome != CAUGHT:
            left.append(f"{outcome}: {one.listed_in}: {one.title}")
        taken = time.monotonic() - before
        print(f"{number:3}/{len(mutants)} {outcome:9} {taken:5.1f} s  {one.title}", flush=True)
    for name in dict.fromkeys(one.listed_in for one in mutants):
        said = {outcome: n for (list_name, outcome), n in counts.items() if list_name == name}
        print(f"{name}: {', '.join(f'{n} {outcome}' for outcome, n in said.items())}")
    print(f"{len(mutants)} edits, {len(mutants) - len(left)} caught", *left, sep="\n")
    return bool(left)


def tried(tree: Path, runner: Tests, one: Mutant, number: int, seconds: int) -> str:
    """Make an edit, run its tests, take it back."""
    path = one.file(tree)
    text = path.read_text(encoding="utf-8")
    try:
        _write(path, text.replace(one.was, one.now), number)
        return runner.run(one.noticed_by, seconds, anew=path.suffix == ".py")[0]
    finally:
        _write(path, text, -number)


class Tests:
    """Runs tests in the copy, each time in a fork of one process; what it read is kept.

    An edit of Python needs a process that starts anew.
    """

    def __init__(self, tree: Path) -> None:
        self._tree = tree
        self._warm: subprocess.Popen[str] | None = None

    def run(self, tests: Sequence[str], seconds: int, *, anew: bool = False) -> tuple[str, str]:
        """Return the outcome for an edit and what was printed."""
        shutil.rmtree(self._tree / ".hypothesis", ignore_errors=True)
        log = self._tree.parent / "log"
        if anew:
            self.close()
        line = json.dumps([list(tests), seconds, str(log)])
        answer = self._ask(line) or self._ask(line)  # somebody may have ended the process
        if anew:
            self.close()
        if not answer:  # it could not even import or read what there is
            return BROKEN, "the tests could not be started"
        return outcome_of(int(answer), log.read_text(encoding="utf-8", errors="replace"))

    def _ask(self, line: str) -> str:
        """Return the answer of the process, nothing where it ended before."""
        self._warm = self._warm or self._start()
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        try:
            self._warm.stdin.write(f"{line}\n")
            self._warm.stdin.flush()
            answer = self._warm.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.close()
        return answer

    def close(self) -> None:
        if self._warm is not None:
            assert self._warm.stdin is not None
            with suppress(BrokenPipeError):
                self._warm.stdin.close()
            self._warm.wait()
            self._warm = None

    def _start(self) -> subprocess.Popen[str]:
        paths = os.pathsep.join(str(self._tree / part) for part in ("backend", "tests"))
        return subprocess.Popen(
            [sys.executable, "-m", "mutants.warm"],
            cwd=self._tree,
            env=os.environ | {"PYTHONPATH": paths, "NUMBA_CACHE_DIR": str(self._tree.parent)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )


def outcome_of(code: int, said: str) -> tuple[str, str]:
    """Return what an exit code of pytest says of an edit."""
    if code == TOO_LONG:
        return NO_ANSWER, said
    if code == 0:
        return SURVIVED, said
    return (BROKEN if code != 1 or NEVER_RAN.search(said) else CAUGHT), said


def copied(folder: Path) -> Path:
    """Copy tracked and new files to a folder, with the real records beside them."""
    tree = folder / "tree"
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    found = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, found.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    if (shared := ROOT.parent / "shared").is_dir():
        (folder / "shared").symlink_to(shared)
    return tree


def _write(path: Path, text: str, number: int) -> None:
    """Write a file so that Python sees it is another one: bytecode goes by whole seconds."""
    path.write_text(text, encoding="utf-8")
    at = time.time() + 2 * number
    os.utime(path, (at, at))


if __name__ == "__main__":
    sys.exit(main())
