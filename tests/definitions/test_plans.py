"""What DuckDB makes of the models: plans of a few rows show what takes minutes, or goes wrong.

A join with a condition that names one side alone (``x.y is null and a = b``), equalities beside it
or not, compares every row of one relation with every row of another. A window without an order runs
in that of the file only where DuckDB streams it, which it does not after a join.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from sandboxes import project
from spymaster.definitions import binding
from spymaster.definitions.project import Project
from spymaster.settings import Settings
from spymaster.warehouse import duck, statements
from spymaster.warehouse.columns import Column
from spymaster.warehouse.files import spill

Node = dict[str, Any]
FEW = {
    "levels.chain": "profiles of one bucket",
    "pressure.touches": "touches of a session",
}
"""Models that compare all with all, but few of the rows that they read."""
EVERY_WITH_EVERY = "BLOCKWISE_NL_JOIN"
LOW = ("", "-1000000000", "-100", "0", "1970-01-01", "false")
HIGH = ("~", "1000000000", "100", "2100-01-01", "true")
"""Of each the first that a column can hold: a plan leaves out what no value meets."""


def whole() -> Project:
    """Return the project as it comes, read once."""
    return project(Settings())


@pytest.fixture(scope="module")
def connection() -> Iterator[duck.Connection]:
    """Return a database with three rows of every relation: nulls, and values far apart."""
    with spill() as folder, duck.in_memory(folder, threads=1) as found:
        binding.prepare(found, whole())
        for name in (*whole().raw, *whole().models):
            columns = whole().columns[name]
            rows = " union all ".join(_row(columns, values) for values in ((), LOW, HIGH))
            found.execute(f"create table {statements.name(name)} as {rows}")
        yield found


def test_no_model_compares_all_rows_with_all(connection: duck.Connection) -> None:
    templates = whole().renderer.probe
    found = {
        name: conditions
        for name, model in whole().models.items()
        if name not in FEW
        and (conditions := compared(connection, templates.render(model.source.template)))
    }
    assert found == {}


def test_an_equality_beside_a_condition_of_one_side_is_found(connection: duck.Connection) -> None:
    joined = (
        "from options.gex_5s as here left join options.vols_5s as there "
        "on here.bucket_end = there.bucket_end"
    )
    assert compared(connection, joined) == []
    (condition,) = compared(connection, f"{joined} and here.gex_net is null")
    assert "bucket_end = bucket_end" in condition


def test_a_window_without_an_order_runs_in_that_of_the_file(connection: duck.Connection) -> None:
    templates = whole().renderer.probe
    found = {
        name: windows
        for name, model in whole().models.items()
        if (windows := unordered(connection, templates.render(model.source.template)))
    }
    assert found == {}


def test_a_window_after_a_join_has_no_order(connection: duck.Connection) -> None:
    window = "select lag(mbo.ts_recv) over () from raw.mbo as mbo"
    assert unordered(connection, window) == []
    joined = f"{window} inner join market.fronts using (instrument_id)"
    assert unordered(connection, joined) == ["LAG(ts_recv) OVER ()"]


def _row(columns: Sequence[Column], values: tuple[str, ...]) -> str:
    """Return a query of one row that holds the first value that each column can, or nulls."""
    listed = []
    for column in columns:
        tried = [f"try_cast('{value}' as {column.type})" for value in values]
        first = ", ".join([*tried, f"null::{column.type}"])
        listed.append(f"coalesce({first}) as {statements.name(column.name)}")
    return f"select {', '.join(listed)}"


def planned(connection: duck.Connection, query: str) -> Node:
    """Return the plan of a query."""
    row = connection.execute(f"explain (format json) {query}").fetchone()
    assert row
    plan: Node
    (plan,) = json.loads(row[1])
    return plan


def unordered(connection: duck.Connection, query: str) -> list[str]:
    """Return the windows of a query whose rows come in any order."""
    windows = (n for n in nodes(planned(connection, query)) if n["name"].strip() == "WINDOW")
    said = (node["extra_info"]["Projections"] for node in windows)
    every = (one for some in said for one in ([some] if isinstance(some, str) else some))
    return [one for one in every if re.search(r"OVER \((\)|ROWS|RANGE|GROUPS)", one)]


def compared(connection: duck.Connection, query: str) -> list[str]:
    """Return the conditions by which a query compares all rows with all of what grows."""
    plan = planned(connection, query)
    made = {of_cte(node): node["children"][0] for node in nodes(plan) if node["name"] == "CTE"}
    return [
        node["extra_info"]["Condition"]
        for node in nodes(plan)
        if node["name"] == EVERY_WITH_EVERY
        and all(grows(child, made) for child in node["children"])
    ]


def nodes(plan: Node) -> Iterator[Node]:
    """Yield a node of a plan and all below it."""
    yield plan
    for child in plan["children"]:
        yield from nodes(child)


def grows(node: Node, made: dict[str, Node]) -> bool:
    """Return whether a node has the more rows the longer a session is."""
    match node["name"].strip():
        case "UNGROUPED_AGGREGATE":
            return False
        case "CTE_SCAN":
            return grows(made[of_cte(node)], made)
        case "SEQ_SCAN":
            return is_long(node["extra_info"]["Table"])
    return any(grows(child, made) for child in node["children"])


def of_cte(node: Node) -> str:
    """Return what a common table expression and those who read it are known by."""
    info = node["extra_info"]
    return str(info.get("Table Index", info.get("CTE Index")))


def is_long(table: str) -> bool:
    """Return whether a relation has a row for each bucket or record."""
    name = table.replace('"', "").removeprefix("memory.")
    return name in whole().raw or bool(
        {"bucket_end", "row_no", "ts_recv"} & set(whole().models[name].header.grain)
    )
