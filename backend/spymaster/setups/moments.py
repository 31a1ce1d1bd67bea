"""The moment that a search asks about, as a decision nobody has to have written down before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from spymaster.errors import UsageError
from spymaster.settings import Settings
from spymaster.suggestions import suggestion
from spymaster.warehouse import duck

MEMORY_S = 120
EXPECTED = "no bucket with quotes and a volatility"
KNOWN = """
    select min(bucket_end), max(bucket_end)
    from pressure.states_5s
    where sigma_ticks is not null and level_id = {level}
"""
DECISION = """
    create table setups.decisions as
    -- volatility is the same at every level, and outlives the one that was touched
    with known as (
        select session, instrument_id, bucket_end, max(sigma_ticks) as sigma_ticks
        from pressure.states_5s
        where bucket_end = {at} and sigma_ticks is not null
        group by all
    ),
    own as (
        select states_5s.approach, levels_5s.tick, levels_5s.price
        from pressure.states_5s
        inner join pressure.levels_5s using (bucket_end, level_id)
        where states_5s.level_id = {level} and states_5s.bucket_end = {at}
    )
    select
        known.session,
        known.instrument_id,
        {level} as cluster_id,
        {touched}::timestamp as touched_at,
        {wait_s}::integer as wait_s,
        known.bucket_end as decided_at,
        if(coalesce(touches.approach, own.approach) = 'from_below', 1, -1)::tinyint as dir,
        coalesce(touches.tick, own.tick) as tick,
        coalesce(touches.price, own.price) as price,
        bbo_5s.mid as decision_mid,
        dir * (
            (bbo_5s.bid_tick + bbo_5s.ask_tick) / 2 - coalesce(touches.tick, own.tick)
        ) as dist_ticks,
        known.sigma_ticks,
        (
            select count(*) from pressure.levels_5s
            where level_id = {level} and bucket_end <= {at}
                and bucket_end > {at}::timestamp - to_seconds({memory_s})
        ) as n_buckets
    from known
    inner join market.bbo_5s using (bucket_end)
    left join own on true
    left join pressure.touches
        on touches.cluster_id = {level} and touches.bucket_end = {touched}
    where bbo_5s.mid is not null and coalesce(touches.tick, own.tick) is not null
"""


@dataclass(frozen=True)
class Moment:
    """A level at the end of a bucket, seen as a decision."""

    session: date
    level_id: str
    """As it was asked for."""
    cluster_id: str
    """Level that is looked at: of a touch the one that was reached first."""
    at: datetime
    """UTC, end of the bucket."""
    touched_at: datetime
    """UTC, of the touch that it is about; the same bucket where there is none."""
    wait_s: int
    """The wait of the past decisions that it is held against."""
    is_of_touch: bool
    """Whether price came to the level no longer ago than the longest wait."""
    is_touch: bool
    """Whether it is a decision about a touch, so many seconds after it."""


def find(
    connection: duck.Connection, settings: Settings, session: date, level_id: str, at: time | None
) -> Moment:
    """Return the moment that is asked about: a time of day, or the level's last touch.

    Raises
    ------
    UsageError
        For a level that is not there, or one that price did not come to.
    """
    _check(connection, session, level_id)
    clusters = _clusters(connection, level_id)
    touches = list(clusters)
    if at is None and not touches:
        said = f"price did not come to {level_id} on {session}"
        raise UsageError(f"{said}; give a time of day, such as --at 10:15")
    waits = sorted(settings.setup_waits, reverse=True)
    if at is None:
        when = _last_decision(connection, touches[-1], waits)
    else:
        when = settings.placed(session, at)
    touched_at = max((one for one in touches if one <= when), default=None)
    since = (when - touched_at).total_seconds() if touched_at else None
    if touched_at is None or since is None or since > waits[0]:
        alone = {"is_of_touch": False, "is_touch": False}
        return Moment(session, level_id, level_id, when, when, min(waits), **alone)
    wait = next((wait for wait in waits if wait <= since), min(waits))
    first = clusters[touched_at]
    is_touch = wait == since
    return Moment(session, level_id, first, when, touched_at, wait, True, is_touch)


def decide(connection: duck.Connection, settings: Settings, moment: Moment) -> None:
    """Make the one row of setups.decisions, by the rules of its model.

    Raises
    ------
    UsageError
        Where the level is not used then, or volatility is not known yet.
    """
    level = duck.literal(moment.cluster_id)
    connection.execute(
        DECISION.format(
            level=level,
            at=duck.literal(moment.at),
            touched=duck.literal(moment.touched_at),
            wait_s=moment.wait_s,
            memory_s=MEMORY_S,
        )
    )
    if _column(connection, "select count(*) from setups.decisions") == [0]:
        known = connection.execute(KNOWN.format(level=level)).fetchall()[0]
        first, last = (f"{settings.local(end):%H:%M:%S}" if end else "-" for end in known)
        raise UsageError(
            f"{moment.level_id} at {settings.local(moment.at):%H:%M:%S}: {EXPECTED};"
            f" there are some from {first} to {last}, each 5 s"
        )


def _check(connection: duck.Connection, session: date, level_id: str) -> None:
    levels = _column(connection, "select distinct level_id from pressure.levels_5s")
    if level_id not in levels:
        there = suggestion(level_id, sorted(levels))
        raise UsageError(f"{level_id}: not tracked on {session}; {there}")


def _clusters(connection: duck.Connection, level_id: str) -> dict[datetime, str]:
    """Return when price came to a level, in order, each with the level that it reached first."""
    query = (
        "select bucket_end, cluster_id from pressure.touches"
        f" where list_contains(level_ids, {duck.literal(level_id)})"
        # of two touches in one bucket the one whose level price passed first is last, and stays
        " order by bucket_end, if(approach = 'from_below', -tick, tick), cluster_id desc"
    )
    return dict(connection.execute(query).fetchall())


def _last_decision(connection: duck.Connection, touched_at: datetime, waits: list[int]) -> datetime:
    """Return the latest moment that setups know of a touch, or when it was where they know none."""
    ends = ", ".join(f"{duck.literal(touched_at)} + to_seconds({wait})" for wait in waits)
    query = (
        "select bucket_end from pressure.states_5s inner join market.bbo_5s using (bucket_end)"
        f" where bucket_end in ({ends}) and sigma_ticks is not null and mid is not null"
    )
    (last,) = _column(connection, f"select max(bucket_end) from ({query})")
    return last or touched_at


def _column(connection: duck.Connection, query: str) -> list[Any]:
    return [value for (value,) in connection.execute(query).fetchall()]
