"""Whether two warehouses hold the same rows: each published relation, EXCEPT ALL both ways.

    uv run python tests/benchmarks/same_rows.py BEFORE AFTER [OLD=NEW ...]

A value counts as the same where DuckDB says that it is not distinct; there is no tolerance. What
was renamed is given as ``market.old=market.new``. Prints every relation that differs, or that only
one of the two has, and leaves with 1 if there is any.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout

LISTED = """
    select relation from meta.relations
    where relation not like 'raw.%' and relation not like 'staging.%'
"""
"""What a build makes; what landed, and the views over it, hold what the files held."""


def main(before: str, after: str, *renames: str) -> int:
    """Compare two warehouse folders, print what differs, and return an exit code."""
    new_name = dict(rename.split("=") for rename in renames)
    with TemporaryDirectory() as folder:
        old = copied(Path(before), Path(folder) / "before")
        new = copied(Path(after), Path(folder) / "after")
        told = [
            f"{relation}: {said}"
            for relation, path in sorted(old.items())
            if (said := difference(path, new.pop(new_name.get(relation, relation), None)))
        ]
    told += [f"{relation}: only in {after}" for relation in sorted(new)]
    print("\n".join(told) or f"{len(old)} relations have the same rows")
    return 1 if told else 0


def copied(warehouse: Path, folder: Path) -> dict[str, Path]:
    """Write each relation of a published catalog to a file; one that answers no question is left.

    Views of an attached catalog would not find its macros, so each is asked by itself.
    """
    folder.mkdir()
    found = {}
    with duck.read_only(Layout(warehouse).link) as catalog:
        for (relation,) in catalog.execute(LISTED).fetchall():
            path = folder / f"{relation}.parquet"
            try:
                catalog.execute(f"copy (from {relation}) to '{path}'")
            except duck.DuckError:
                continue
            found[relation] = path
    return found


def difference(old: Path, new: Path | None) -> str | None:
    """Return in words how the rows of two files differ, None where they do not."""
    if new is None:
        return "is not there after"
    with duck.in_memory(old.parent / "spill") as connection:
        columns = [
            [row[:2] for row in connection.execute(f"describe from '{path}'").fetchall()]
            for path in (old, new)
        ]
        if columns[0] != columns[1]:
            changed = sorted(set(map(str, columns[0])) ^ set(map(str, columns[1])))
            return f"columns differ: {', '.join(changed) or 'their order'}"
        gone, come = (
            connection.execute(
                f"select count(*) from (from '{a}' except all from '{b}')"
            ).fetchone()
            for a, b in ((old, new), (new, old))
        )
    same = gone == come == (0,)
    return None if same else f"{gone[0]} rows only before, {come[0]} only after"  # type: ignore[index]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
