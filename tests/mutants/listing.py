"""Which small wrong edits are tried, and where each is made; read from the lists beside.

A list, ``<name>.yml``, has the tests that should notice (``noticed_by``) and the edits
(``mutants``): ``in`` names what is edited, ``was`` a text that stands there exactly once, ``now``
what stands there instead, and ``noticed_by`` other tests than those of the list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True)
class Mutant:
    """One wrong edit."""

    listed_in: str
    """Name of the list."""
    place: str
    """A relation, ``macros.<name>``, ``features`` or a module of ``spymaster``."""
    was: str
    now: str
    noticed_by: tuple[str, ...]
    """Tests as pytest takes them, from the root of the repository."""

    @property
    def title(self) -> str:
        """What is edited and how, in one line."""
        return f"{self.place}: {_in_short(self.was)} -> {_in_short(self.now) or 'nothing'}"

    def file(self, root: Path = ROOT) -> Path:
        """Return the file to edit.

        Raises
        ------
        LookupError
            Where no file or several are named so, or the text is not there exactly once.
        """
        files = [path for path in _candidates(root, self.place) if path.is_file()]
        if self.place == "features":
            files = [path for path in files if self.was in path.read_text(encoding="utf-8")]
        if len(files) != 1:
            raise LookupError(f"{self.title}: expected one file, found {len(files)}")
        found = files[0].read_text(encoding="utf-8").count(self.was)
        if found != 1:
            raise LookupError(f"{self.title}: expected the text once, found it {found} times")
        return files[0]


def names() -> list[str]:
    """Return the names of all lists."""
    return sorted(path.stem for path in HERE.glob("*.yml"))


def listed(name: str) -> Iterator[Mutant]:
    """Yield the edits of a list."""
    written = yaml.safe_load((HERE / f"{name}.yml").read_text(encoding="utf-8"))
    for one in written["mutants"]:
        tests = one.get("noticed_by", written["noticed_by"])
        yield Mutant(name, one["in"], one["was"], one["now"], tuple(tests))


def _candidates(root: Path, place: str) -> list[Path]:
    if place == "features":
        return [*root.glob("sql/features.yml"), *root.glob("sql/features/*.yml")]
    if place.startswith("spymaster."):
        return [root.joinpath("backend", *place.split(".")).with_suffix(".py")]
    schema, table = place.split(".")
    return [
        path
        for path in (root / "sql").rglob(f"{table}.*sql")
        if schema in path.relative_to(root / "sql").parts
    ]


def _in_short(text: str, width: int = 60) -> str:
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width - 3]}..."
