"""What net and vacuum say in worlds whose answer is known, over at least 200 touches each.

    uv run python tests/benchmarks/worlds.py [SESSIONS] [FOLDER]

W3 plants a break, a rejection or chop at each touch of a level: does the sign of mean net over the
planted interval, seen in the direction of approach, tell break from rejection, and does vacuum tell
chop from both? W0 has nothing to find: a touch is the first time within two ticks of a level after
being eight away, the states are read for a minute from there, and the label is which eight ticks
come first after that minute, counted from where it ends: nothing may be told. W1 re-centres a
ladder: the level's states must echo the move of their own bucket, those of the touch frame not.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from math import sqrt
from pathlib import Path
from typing import Any

from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import SimulatedSession, simulate
from spymaster.warehouse import duck

RATE = 0.02
FIRST = date(2024, 3, 4)
MINUTE = 12
"""Buckets."""
SPREAD = (-24, -12, 0, 12, 24)
"""Ticks from the opening price at which levels stand in worlds that plant none."""
PLANTED = """
    select avg(net), avg(vacuum) from pressure.states_5s
    where session = {session} and level_id = {level}
        and epoch_us(bucket_end) * 1000 > {start} and epoch_us(bucket_end) * 1000 <= {end}
"""
WALK = """
    select dist_ticks, net, vacuum from pressure.states_5s
    where session = {session} and level_id = {level} and dist_ticks is not null
    order by bucket_end
"""
ECHO = """
    with moved as (
        select *, mid - lag(mid) over (partition by session order by bucket_end) as move
        from market.bbo_5s
    )
    select {columns}
    from pressure.states_5s
    inner join moved using (session, bucket_end)
    where abs(dist_ticks) <= 12
"""
OPENED = "select session, arg_min(bid_tick, bucket_end) from market.bbo_5s group by session"
STATES = ("ask_above_higher", "ask_above_drain", "bid_below_lower", "bid_below_drain")

Level = tuple[date, str, float]
"""Session, id and price of a level."""


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    home = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    planted(home / "W3", count)
    unplanted(home / "W0", count)
    echo(home / "W1", max(count // 4, 2))


def planted(home: Path, count: int) -> None:
    made = sessions(home, "W3", count)
    truths = {one.session: json.loads(one.truth.read_text())["touches"] for one in made}
    levels = [
        (day, name(touch["price"]), touch["price"]) for day in truths for touch in truths[day]
    ]
    with built(home, made, levels) as catalog:
        rows = []
        for day, touches in truths.items():
            for touch in touches:
                values = {
                    "session": duck.literal(day),
                    "level": duck.literal(name(touch["price"])),
                    "start": touch["start_ns"],
                    "end": touch["end_ns"],
                }
                found = catalog.execute(PLANTED.format(**values)).fetchone()
                rows.append((touch["hidden"], direction(touch), *(found or (None, None))))
    told(f"W3, {count} sessions", rows)


def unplanted(home: Path, count: int) -> None:
    made = sessions(home, "W0", count)
    rows = []
    with built(home, made, None) as catalog:
        for one in made:
            for at in SPREAD:
                values = {"session": duck.literal(one.session), "level": duck.literal(f"L{at}")}
                rows += touched(catalog.execute(WALK.format(**values)).fetchall())
    told(f"W0, {count} sessions", rows)


def echo(home: Path, count: int) -> None:
    made = sessions(home, "W1", count)
    names = [f"{state}{frame}" for state in STATES for frame in ("", "_touch")]
    columns = ", ".join(f"corr({one}, move), corr({one}_d1, move)" for one in names)
    with built(home, made, None) as catalog:
        found = catalog.execute(ECHO.format(columns=columns)).fetchone() or ()
    print(f"\nW1, {count} sessions: correlation with the move of the same bucket")
    for at, one in enumerate(names):
        print(
            f"  {one:<24} {found[2 * at]:>6.2f}   of its first difference {found[2 * at + 1]:>6.2f}"
        )


def sessions(home: Path, world: str, count: int) -> list[SimulatedSession]:
    made: list[SimulatedSession] = []
    day = FIRST
    while len(made) < count:
        if day.weekday() < 5:
            made.append(
                simulate(home / str(day), session=day, world=world, rate=RATE, seed=len(made))
            )
        day += timedelta(days=1)
    return made


def built(
    home: Path, made: Sequence[SimulatedSession], levels: Iterable[Level] | None
) -> duck.Connection:
    """Land and build the sessions and open their catalog; without levels, around the open."""
    manual = home / "levels.csv"
    settings = Settings(warehouse=home / "warehouse", manual_levels=manual, levels=("MANUAL",))
    link = settings.warehouse / "spymaster.duckdb"
    write(manual, [])
    land([path for one in made for path in one.future_files], settings)
    if levels is None:
        run(settings, "+market.bbo_5s")
        with duck.read_only(link) as catalog:
            opened = catalog.execute(OPENED).fetchall()
        levels = [(day, f"L{at}", (tick + at) * 0.25) for day, tick in opened for at in SPREAD]
    write(manual, levels)
    run(settings, "+pressure.states_5s")
    return duck.read_only(link)


def write(manual: Path, levels: Iterable[Level]) -> None:
    with manual.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["session", "level_id", "price", "known_at"])
        lines.writerows(
            [day, level, price, f"{day}T09:30:00"] for day, level, price in sorted(set(levels))
        )


def run(settings: Settings, selector: str) -> None:
    report = operations.run(settings, selector)
    if report.failures:
        raise SystemExit("\n".join(report.failures))


def touched(walk: Sequence[Any]) -> list[tuple[str, int, float | None, float | None]]:
    """Return (label, direction, mean net, mean vacuum) of the touches of one level's session."""
    found, far, at = [], 0, 0
    while at < len(walk):
        distance = walk[at][0]
        if abs(distance) >= 8:
            far = 1 if distance < 0 else -1
        elif far and abs(distance) <= 2:
            minute, after = walk[at : at + MINUTE], walk[at + MINUTE :]
            base = minute[-1][0]
            end = next((d - base for d, _, _ in after if abs(d - base) >= 8), None)
            if end is not None:
                hidden = "break" if (end > 0) == (far > 0) else "reject"
                found.append((hidden, far, _mean(minute, 1), _mean(minute, 2)))
            far = 0
        at += 1
    return found


def _mean(rows: Sequence[Any], column: int) -> float | None:
    values = [row[column] for row in rows if row[column] is not None]
    return sum(values) / len(values) if values else None


def told(title: str, rows: Sequence[tuple[str, int, float | None, float | None]]) -> None:
    """Print the confusion table of the sign of net, and how vacuum ranks chop."""
    print(f"\n{title}: {len(rows)} touches")
    print(f"  {'truly':<8} {'net with':>9} {'net against':>12} {'no net':>7} {'mean vacuum':>12}")
    for hidden in ("break", "reject", "chop"):
        own = [row for row in rows if row[0] == hidden]
        if own:
            nets = [None if row[2] is None else row[1] * row[2] for row in own]
            ahead = sum(net is not None and net > 0 for net in nets)
            none = sum(net is None for net in nets)
            vacuum = _mean(own, 3)
            print(
                f"  {hidden:<8} {ahead:>9} {len(own) - ahead - none:>12} {none:>7} {vacuum:>12.3f}"
            )
    right = [
        (row[1] * row[2] > 0) == (row[0] == "break")
        for row in rows
        if row[0] != "chop" and row[2] is not None
    ]
    share = sum(right) / len(right)
    margin = 1.96 * sqrt(share * (1 - share) / len(right))
    print(f"  break from reject by the sign of net: {share:.1%} +- {margin:.1%} of {len(right)}")
    chop = [row[3] for row in rows if row[0] == "chop" and row[3] is not None]
    other = [row[3] for row in rows if row[0] != "chop" and row[3] is not None]
    if chop:
        print(f"  chop below the others by vacuum: AUC {auc(other, chop):.3f}")


def auc(high: Sequence[float], low: Sequence[float]) -> float:
    wins = sum((a > b) + 0.5 * (a == b) for a in high for b in low)
    return wins / (len(high) * len(low))


def direction(touch: dict[str, Any]) -> int:
    return 1 if touch["approach"] == "from_below" else -1


def name(price: float) -> str:
    return f"P{price:.2f}"


if __name__ == "__main__":
    main()
