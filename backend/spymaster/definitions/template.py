"""Templates to SQL, and a place in the SQL back to the file and line it came from."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import (
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateRuntimeError,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context

from spymaster import caches
from spymaster.definitions.bounded import GLOBALS, Bounded
from spymaster.definitions.discover import MACROS, Source, label
from spymaster.definitions.printed import Printed
from spymaster.definitions.seals import unsealed
from spymaster.definitions.written import MARK, Place, Written
from spymaster.errors import ModelError
from spymaster.features.registry import Registry
from spymaster.warehouse.columns import SQL

WRONG = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError),
    *(RecursionError, MemoryError),
)
"""What a template can raise while it is read or rendered."""
MAKERS = ("template.py", "bounded.py", "printed.py", "written.py")


class _Compiled(FileSystemBytecodeCache):
    """What templates compiled to: in this process for the next session of a run, and in a folder.

    Where nothing can be written, or there is no folder, every process compiles for itself.
    """

    def __init__(self, folder: Path | None) -> None:
        super().__init__(str(folder), "%s")
        self._found: dict[tuple[str, str], CodeType | None] = {}
        self._is_kept = folder is not None and caches.ready(folder)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is known of a template whose text is the same."""
        bucket.code = self._found.get((bucket.key, bucket.checksum))
        if bucket.code is None and self._is_kept:
            super().load_bytecode(bucket)
            self._found[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what a template compiled to."""
        self._found[bucket.key, bucket.checksum] = bucket.code
        if self._is_kept:
            # who clears caches, or a full disk, costs the next process half a second and no build
            with suppress(OSError):
                super().dump_bytecode(bucket)


@cache
def _compiled(sql: Path) -> _Compiled:
    """Return what the templates below a folder compiled to.

    Of the program's own the next process knows too, which saves it half a second; what others write
    would pile up with the user's caches. Jinja compares the text of a template, so the folder is
    named by what else decides the code: the files here that take part in compiling.
    """
    if sql != SQL:
        return _Compiled(None)
    makers = b"".join(Path(__file__).with_name(name).read_bytes() for name in MAKERS)
    return _Compiled(caches.home() / f"templates-{sha256(makers).hexdigest()[:16]}")


class _Importing(Bounded, Printed):
    """Lets a template take from files of macros alone: all that models share is known by those."""

    def join_path(self, template: str, parent: str) -> str:
        """Return the file that ``parent`` imports or includes."""
        if template.split("/")[0] in MACROS and template.endswith(".sql"):
            return template
        allowed = " or ".join(f"{folder}/<name>.sql" for folder in MACROS)
        raise TemplateRuntimeError(f"{template!r} is no file of macros; allowed: {allowed}")


class Templates:
    """The templates below a folder, rendered with one set of variables; made by a ``Renderer``."""

    def __init__(
        self, sql: Path, variables: dict[str, Any], features: Registry, *, marked: bool = False
    ) -> None:
        self.sql = sql
        self._variables = variables
        self._used: set[str] = set()
        self._environment = _Importing(
            loader=FileSystemLoader(sql),
            undefined=StrictUndefined,
            bytecode_cache=None if marked else _compiled(sql),
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[Written],
        )
        self.features = features
        self._environment.globals = {
            **variables,
            "features": self.features,
            "registry": self.features,
            **GLOBALS,
        }
        self._environment.context_class = _recording(self._used)
        self._places: list[Place] = []
        if marked:
            self._environment.places = self._places  # type: ignore[attr-defined]

    def render(self, name: str) -> str:
        """Return the SQL of a template, such as ``book/flow_5s.sql``.

        Raises
        ------
        ModelError
            Naming the template's or macro's file and line.
        """
        return self._render(name).strip()

    def used(self) -> list[str]:
        """Return the variables that the last rendering really used, in macros too."""
        return sorted(self._used & self._variables.keys())

    def explain(self, source: Source, message: str, position: int | None) -> str:
        """Return an error about a model's SQL with the place in its template that it comes from."""
        place = source.label if position is None else self.locate(source.template, position)
        return f"{place}: {message}"

    def locate(self, name: str, position: int) -> str:
        """Return ``file:line:column`` of the character at ``position`` of a template's SQL.

        The rendering that carries marks counts only where it gives the same SQL without them: a
        filter such as ``upper`` or ``trim`` may see a mark and act on it. Of nothing there is none.
        """
        templates = Templates(self.sql, self._variables, self.features, marked=True)
        marked, plain = templates._render(name), self._render(name)
        if not templates._places or MARK.sub("", marked) != plain:
            return label(self.sql, self.sql / name)
        return templates._written_at(marked, position + len(plain) - len(plain.lstrip()))

    def _render(self, name: str) -> str:
        self._used.clear()
        self._environment.turns = 0
        try:
            return unsealed(self._environment.get_template(name).render())
        except WRONG as error:
            reason = " ".join(str(error).split())
            raise ModelError(f"{self._place(name, error)}: {reason}") from error

    def _written_at(self, marked: str, position: int) -> str:
        starts, places, removed = [], [], 0
        for mark in MARK.finditer(marked):
            starts.append(mark.start() - removed)
            places.append(self._places[int(mark.group(1))])
            removed += len(mark.group(0))
        at = bisect_right(starts, position) - 1
        place = places[at]
        offset = place.offset + (position - starts[at] if place.moves else 0)
        line = place.source.count("\n", 0, offset) + 1
        column = offset - place.source.rfind("\n", 0, offset)
        return f"{label(self.sql, self.sql / place.template)}:{line}:{column}"

    def _place(self, name: str, error: BaseException) -> str:
        """Return the innermost template line that an error passed through."""
        if isinstance(error, TemplateSyntaxError):
            return f"{label(self.sql, self.sql / (error.name or name))}:{error.lineno}"
        found, trace = label(self.sql, self.sql / name), error.__traceback__
        while trace is not None:
            path = Path(trace.tb_frame.f_code.co_filename)
            if path.is_relative_to(self.sql):
                found = f"{label(self.sql, path)}:{trace.tb_lineno}"
            trace = trace.tb_next
        return found


def _recording(used: set[str]) -> type[Context]:
    class Recording(Context):
        def resolve_or_missing(self, key: str) -> Any:
            used.add(key)
            return super().resolve_or_missing(key)

    return Recording
