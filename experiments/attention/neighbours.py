"""The product's own exact search, asked about other vectors than its own.

The very SQL of ``analogs.norms``, ``relevance``, ``scaled``, ``neighbours`` and ``candidates``
runs on them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import spymaster
from attention import declared
from attention.data import World
from spymaster.definitions.renderer import Renderer
from spymaster.features import Registry
from spymaster.read.catalog import catalog
from spymaster.warehouse import statements
from spymaster.warehouse.columns import SQL

Array = np.ndarray
PAST = (
    *("analogs/steps/numbers.sql", "analogs/norms.sql", "analogs/relevance.sql"),
    "analogs/steps/scaled.sql",
)
"""Made of earlier sessions' vectors, ..."""
OWN = ("analogs/neighbours.sql", "analogs/candidates.sql")
"""... and of the session's own."""
VIEWS = {
    "setups.vectors": "select * from given where session in (select session from past) or {own}",
    "setups.decisions": "from spymaster.setups.decisions where {own} and wait_s = {wait_s}",
    "setups.walks": "from spymaster.setups.walks semi join past using (session)",
    "analogs.past_sessions": "from past",
    "analogs.history": """
        select session, cluster_id, touched_at, wait_s, horizon_s, outcome
        from spymaster.setups.outcomes
        semi join past using (session)
        where outcome is not null and wait_s = {wait_s}
    """,
}
FOUND = """
    select cluster_id, touched_at, p_break, p_reject, p_chop, n_eff
    from analogs.candidates
    where horizon_s = {horizon_s}
"""


def votes(
    world: World, vectors: Array, asked: Array, *, memory: int | None = None, alike: bool = True
) -> tuple[Array, Array]:
    """Return how neighbours of some setups ended, (m, 3), and how many they are worth, (m,).

    Parameters
    ----------
    vectors : (n, at most 56)
        Of every setup of the world.
    asked : (m,)
        Places of setups; their neighbours are of earlier sessions only.
    memory : int, sessions
        How many earlier sessions there are to remember; all by default.
    alike : bool
        Every number of one weight; else blocks are weighted as the product's vectors are.
    """
    wait_s, horizon_s = declared.CELL
    with spymaster.connect(world.warehouse) as db:
        settings = replace(db.settings, analog_blocks=_sizes()) if alike else db.settings
    renderer = Renderer(SQL, settings)
    shares, worth = np.full((len(asked), 3), np.nan), np.zeros(len(asked))
    place = {_key(world.keys[at]): n for n, at in enumerate(asked)}
    with catalog(settings) as connection:
        connection.execute("use memory; create schema setups; create schema analogs")
        connection.execute("; ".join(renderer.macros.values()))
        connection.register("given", _table(world, vectors))
        for at in sorted(set(world.session[asked].tolist())):
            day = world.days[at]
            past = world.days[max(0, at - memory) if memory else 0 : at]
            _make(connection, renderer, day, past, wait_s)
            query = FOUND.format(horizon_s=horizon_s)
            for cluster, touched, *odds, n_eff in connection.execute(query).fetchall():
                n = place.get((day, cluster, touched))
                if n is not None and odds[0] is not None:
                    shares[n], worth[n] = odds, n_eff
    return shares, worth


def drawn(reference: Array, shares: Array, worth: Array, alpha: float) -> Array:
    """Return shares drawn toward the reference, worth ``alpha`` setups, as analogs.forecasts."""
    known = np.where(np.isnan(shares), 0.0, shares)
    return (alpha * reference + worth[:, None] * known) / (alpha + worth)[:, None]


def _make(connection: Any, renderer: Renderer, day: Any, past: list[Any], wait_s: int) -> None:
    own = f"session = date '{day}'"
    connection.register("past", pa.table({"session": pa.array(past, pa.date32())}))
    for relation, query in VIEWS.items():
        made = query.format(own=own, wait_s=wait_s)
        connection.execute(f"create or replace table {statements.name(relation)} as {made}")
    templates = renderer.session(day)
    for models in (PAST, OWN):
        for model in models:
            relation = f"analogs.{Path(model).stem}"
            sql = templates.render(model)
            connection.execute(f"create or replace table {statements.name(relation)} as {sql}")
        connection.execute(f"delete from setups.vectors where not {own}")


def _sizes() -> dict[str, float]:
    """Return blocks weighted by their size, which gives every number the same part."""
    counts = Counter(column.block for column in Registry(SQL).setup)
    return {"path": 0.0} | {block: 4.0 * count for block, count in counts.items()}


def _table(world: World, vectors: Array) -> pa.Table:
    """Return vectors as rows of setups.vectors, filled up with nulls to its length."""
    size = 4 * len(Registry(SQL).setup)
    if vectors.shape[1] > size:
        raise ValueError(f"vectors have {vectors.shape[1]} numbers, a setup at most {size}")
    wide = np.full((len(vectors), size), np.nan, np.float32)
    wide[:, : vectors.shape[1]] = vectors
    flat = pa.array(wide.ravel(), pa.float32(), from_pandas=True)
    names = ("session", "cluster_id", "touched_at")
    columns = {name: [key[name] for key in world.keys] for name in names}
    return pa.table(
        columns
        | {
            "wait_s": pa.array([declared.CELL[0]] * len(wide), pa.int32()),
            "v": pa.ListArray.from_arrays(np.arange(0, flat.__len__() + 1, size, np.int32), flat),
            "mask": pa.array([0] * len(wide), pa.uint64()),
        }
    )


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["session"], row["cluster_id"], row["touched_at"]
