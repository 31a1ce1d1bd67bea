"""What was bought before: files by their hash, and jobs by what they were asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from spymaster.errors import DataError
from spymaster.land.source import digest
from spymaster.warehouse.files import settle
from spymaster.warehouse.holding import held

NAME = "pull.json"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder of downloads: what two commands remember at once, one of them would buy again.

    Raises
    ------
    LockedError
        If another command holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    refusal = f"{folder}: another pull is under way; wait for it"
    with held(folder, lambda _: refusal, is_folder=True):
        yield


@dataclass(frozen=True)
class Bought:
    """A file that was verified when it came; without records, no file at all."""

    sha256: str
    bytes: int
    records: int


@dataclass
class Memory:
    """The small file beside the downloads; written whole after every change, never with a key."""

    folder: Path
    files: dict[str, Bought] = field(default_factory=dict)
    """By path below the folder."""
    jobs: dict[str, str] = field(default_factory=dict)
    """The vendor's job id of a request."""

    @classmethod
    def of(cls, folder: Path) -> Memory:
        """Return what is remembered in a folder.

        Raises
        ------
        DataError
            If the file is not what this wrote.
        """
        path = folder / NAME
        if not path.exists():
            return cls(folder)
        try:
            read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            files = {name: Bought(**values) for name, values in read["files"].items()}
            return cls(folder, files, dict(read["jobs"]))
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            raise DataError(f"{path}: not what pull remembers: {error!r}") from error

    def keep(self, name: str, bought: Bought) -> None:
        """Remember a file."""
        self.files[name] = bought
        self._write()

    def begin(self, key: str, job: str) -> None:
        """Remember the job of a request."""
        self.jobs[key] = job
        self._write()

    def forget(self, key: str) -> None:
        """Let a request be bought again."""
        del self.jobs[key]
        self._write()

    def has(self, name: str) -> bool:
        """Whether a file is there as it came."""
        bought = self.files.get(name)
        if bought is None:
            return False
        path = self.folder / name
        if not bought.bytes:
            return True
        return (
            path.is_file()
            and path.stat().st_size == bought.bytes
            and sha256_of(path) == bought.sha256
        )

    def _write(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        files = {name: asdict(bought) for name, bought in sorted(self.files.items())}
        fresh = self.folder / f".{NAME}"
        text = json.dumps({"files": files, "jobs": self.jobs}, indent=1)
        fresh.write_text(text, encoding="utf-8")
        settle(fresh, self.folder / NAME)


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file in hex."""
    with path.open("rb") as handle:
        return digest(handle, str(path))
