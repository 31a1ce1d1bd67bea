"""What forecasts of one session cost after a year of others, by relation.

    uv run python tests/benchmarks/similar.py [SESSIONS [VECTORS]]

Twelve invented sessions are built one after another; their rows are copied under other dates until
there are SESSIONS (250), of some 20 touches each, and one more is built upon them. Prints CPU
seconds; at most 1 for all of them. Then one setup is searched for among VECTORS (100,000) of one
wait, the same rows under still other dates, each number moved by chance so that no two are alike,
by the product's own queries in one thread.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from setups.desk import GIVEN, Day, Desk, kept
from setups.test_analogs import days
from spymaster.warehouse import statements

BUILT, COPIES = 12, 8
"""Sessions that are built, and copies of each touch of one."""


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 250
    desk = Desk()
    made = list(days(1, 2 * BUILT))
    history, last = made[:BUILT], max(made[BUILT:], key=lambda day: len(day.decisions))
    for day in history:
        desk.add(day)
    for name in (*GIVEN, *desk.written):
        _copy(desk, name, wanted)
    desk.sessions = sorted(
        one - timedelta(days=BUILT * n) for one in desk.sessions for n in range(-(-wanted // BUILT))
    )
    counted = desk.connection.execute(
        f"select count(*), count(distinct session) from {kept('setups.vectors')}"
    ).fetchone()
    before = time.process_time()
    costs = desk.add(_busy(last))
    total = time.process_time() - before
    asked = desk.rows("analogs.neighbours", last.session)
    print(f"{len({tuple(row.values())[:4] for row in asked})} vectors of a session against")
    print(f"{counted[0]} vectors of {counted[1]} sessions")  # type: ignore[index]
    for name, seconds in costs.items():
        print(f"{seconds:6.3f} CPU s  {name}")
    print(f"{total:6.3f} CPU s  all of them, what is given too")
    _search(desk, last.session, int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)


def _search(desk: Desk, session: date, wanted: int) -> None:
    """Print what it takes to find the neighbours of one setup among so many vectors."""
    ask = desk.connection.execute
    ask("set threads = 1")
    own = f"from {kept('setups.vectors')} where session = date '{session}' and wait_s = 0"
    past = f"from {kept('setups.vectors')} where session < date '{session}' and wait_s = 0"
    ((count,),) = ask(f"select count(*) {past}").fetchall()
    ask("select setseed(0.5)")
    ask(
        "create table many as select past.* replace ("
        " list_transform(past.v, lambda x: x + 0.6 * (random() - 0.5))::float[] as v,"
        " (past.session - to_days(900 * n))::date as session)"
        f" from (select * {past}) as past, range({-(-wanted // count)}) as copies (n)"
        f" limit {wanted}"
    )
    ask("create table sessions as select distinct session from many")
    _view(desk, "analogs.past_sessions", "from sessions")
    _view(desk, "analogs.norms", f"from {kept('analogs.norms')} where session = date '{session}'")
    _view(desk, "setups.vectors", "from many")
    query = desk.rendered("analogs.scaled", session)
    scale = f"create or replace table {kept('analogs.scaled')} as {query}"
    print(f"{_least(lambda: ask(scale)):6.0f} CPU ms  to scale {wanted:,} vectors, once a session")
    _view(desk, "analogs.scaled", f"from {kept('analogs.scaled')}")
    _view(desk, "setups.vectors", f"{own} limit 1")
    query = desk.rendered("analogs.neighbours", session)
    spent = _least(lambda: ask(query).fetchall())
    found = len(ask(query).fetchall())
    print(f"{spent:6.0f} CPU ms  for {found} neighbours of one among {wanted:,} vectors")


def _least(run: Callable[[], object]) -> float:
    """Return the least CPU of a few runs, ms."""
    spent = []
    for _ in range(5):
        before = time.process_time()
        run()
        spent.append(time.process_time() - before)
    return 1000 * min(spent)


def _view(desk: Desk, relation: str, query: str) -> None:
    desk.connection.execute(f"create or replace view {statements.name(relation)} as {query}")


def _busy(day: Day) -> Day:
    """Return a day with copies of each touch."""
    found = {
        name: [
            row | {"cluster_id": f"{row['cluster_id']}{copy or ''}"}
            for copy in range(COPIES)
            for row in day.rows(f"setups.{name}")
        ]
        for name in ("decisions", "vectors", "outcomes")
    }
    return replace(day, **found)


def _copy(desk: Desk, name: str, wanted: int) -> None:
    """Add the rows of a relation under earlier dates, and more touches of each day."""
    columns = [row[0] for row in desk.connection.execute(f"describe {kept(name)}").fetchall()]
    moved = {"session": "(session - to_days(days))::date"}
    moved |= {"neighbour_session": "(neighbour_session - to_days(days))::date"}
    times = ("touched_at", "neighbour_touched_at", "decided_at", "last_session")
    moved |= {time_of: f"{time_of} - to_days(days)" for time_of in times}
    if "cluster_id" in columns:
        moved["cluster_id"] = "concat(cluster_id, if(copy = 0, '', copy::varchar))"
    chosen = ", ".join(f"{moved.get(name, name)} as {name}" for name in columns)
    copies = COPIES if "cluster_id" in columns else 1
    desk.connection.execute(
        f"create or replace table copied as select {chosen} from {kept(name)},"
        f" (select {BUILT} * n as days from range({-(-wanted // BUILT)}) as blocks (n)),"
        f" range({copies}) as copies (copy)"
    )
    desk.connection.execute(f"truncate {kept(name)}")
    desk.connection.execute(f"insert into {kept(name)} by name from copied")


if __name__ == "__main__":
    main()
