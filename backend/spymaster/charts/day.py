"""What the picture of a level is drawn from, asked of the published relations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from spymaster.charts.spans import BUCKET, Span, limits, undefined
from spymaster.errors import UsageError
from spymaster.setups.touches import Touch, touches
from spymaster.warehouse import duck
from spymaster.warehouse.relations import rows_of

COLUMNS = 180
"""Most columns of a heat; more would be narrower than the eye, and slower to draw."""
WIDTHS_S = (5, 10, 15, 30, 60, 120, 300, 600)
"""Seconds that a column may take; it shows a whole minute, so that up to one nothing is lost."""
Row = dict[str, Any]
SESSION = """
    select raw_symbol, tick_size
    from market.sessions
    where session = {session} and instrument_id in (
        select instrument_id from pressure.states_5s({session}) where level_id = {level}
    )
"""
STATES = """
    select
        states_5s.bucket_end, mid, states_5s.price as level, net_60s, vacuum_60s, why_60s
    from pressure.states_5s({session}) as states_5s
    left join market.bbo_5s({session}) as bbo_5s using (session, instrument_id, bucket_end)
    where level_id = {level} and states_5s.bucket_end > {start} and states_5s.bucket_end <= {end}
    order by states_5s.bucket_end
"""
PLACED = """
    -- prices reach half a tick to both sides; a step ends where the one before it does
    centred as (
        select
            *,
            {tick} / 2 as half,
            max(price) filter (where "offset" = 0) over (partition by bucket_end) as centre,
            abs((price - centre) / nullif("offset", 0)) as width
        from steps
    ),

    placed as (
        select
            *,
            if("offset" > 0, price - width + half, price - half) as low,
            if("offset" < 0, price + width - half, price + half) as high
        from centred
    )
"""
HEAT = f"""
    with steps as (
        select
            *,
            time_bucket(to_seconds({{width_s}}), bucket_end - interval 5 seconds) as column_start
        from pressure.ladder_5s({{session}})
        where level_id = {{level}} and bucket_end > {{start}} and bucket_end <= {{end}}
        qualify bucket_end = max(bucket_end) over (partition by column_start)
    ),
    {PLACED}
    select
        column_start, bucket_end as column_end, low, high, "offset", lean_60s as lean,
        case
            when bid_depth_share is not null or ask_depth_share is not null
                then coalesce(bid_depth_share, 0) + coalesce(ask_depth_share, 0)
        end as share
    from placed
    order by column_start, "offset"
"""
OTHERS = """
    select
        level_id,
        time_bucket(to_seconds({width_s}), bucket_end - interval 5 seconds) as column_start,
        max(bucket_end) as bucket_end,
        arg_max(price, bucket_end) as price
    from pressure.levels_5s({session})
    where level_id != {level} and bucket_end > {start} and bucket_end <= {end}
    group by level_id, column_start
    order by level_id, column_start
"""
OPTIONS = f"""
    with steps as (
        from pressure.ladder_5s({{session}})
        where level_id = {{level}} and bucket_end = {{at}}
    ),
    {PLACED}
    select "offset", low, high, long_share_60s, short_share_60s, hedge_naive_all
    from placed
    order by "offset"
"""


@dataclass(frozen=True)
class LevelDay:
    """A level over a span of a session; times UTC, prices in points, ratios as in the relations."""

    session: date
    level_id: str
    contract: str
    states: list[Row]
    """A bucket each."""
    heat: list[Row]
    """A step of the ladder in a column each: the last bucket of the column."""
    others: list[Row]
    """The other tracked levels, a column each."""
    touches: list[Touch]
    options: list[Row]
    """Steps of the ladder at ``options_at``; none where no options landed."""
    options_at: datetime
    column_s: int

    @property
    def start(self) -> datetime:
        """Start of the first bucket."""
        first: datetime = self.states[0]["bucket_end"]
        return first - BUCKET

    @property
    def end(self) -> datetime:
        """End of the last bucket."""
        last: datetime = self.states[-1]["bucket_end"]
        return last

    @property
    def undefined(self) -> list[Span]:
        """Where there is no net of the last minute."""
        return undefined([(row["bucket_end"], row["why_60s"]) for row in self.states])

    @property
    def columns(self) -> Iterator[Row]:
        """The last bucket of each column."""
        columns = {row["column_end"] for row in self.heat}
        return (row for row in self.states if row["bucket_end"] in columns)


def level_day(
    connection: duck.Connection,
    level_id: str,
    session: date,
    start: datetime | None,
    end: datetime | None,
    zone: ZoneInfo,
) -> LevelDay:
    """Return what there is of a level between two times, of all the window by default.

    Parameters
    ----------
    start, end : datetime
        UTC, naive; of the first bucket's start and the last one's end.
    zone : ZoneInfo
        By whose clock an error says so.

    Raises
    ------
    UsageError
        If no bucket of the level lies there.
    """
    of = {
        "level": duck.literal(level_id),
        "session": duck.literal(session),
        "start": duck.literal(start or datetime.min),
        "end": duck.literal(end or datetime.max),
    }
    states = rows_of(connection, STATES.format(**of))
    if not states:
        raise UsageError(f"{level_id}: no bucket of {session}{limits(start, end, zone)}")
    ((contract, tick),) = connection.execute(SESSION.format(**of)).fetchall()
    width_s = column_width(states[-1]["bucket_end"] - states[0]["bucket_end"] + BUCKET)
    came = [
        touch
        for touch in touches(connection, session, level_id)
        if states[0]["bucket_end"] <= touch.at <= states[-1]["bucket_end"]
    ]
    at = came[-1].at if came else states[-1]["bucket_end"]
    options = rows_of(connection, OPTIONS.format(**of, at=duck.literal(at), tick=tick))
    return LevelDay(
        session,
        level_id,
        contract or "contract without a name",
        states,
        rows_of(connection, HEAT.format(**of, width_s=width_s, tick=tick)),
        rows_of(connection, OTHERS.format(**of, width_s=width_s)),
        came,
        options if any(row["hedge_naive_all"] is not None for row in options) else [],
        at,
        width_s,
    )


def column_width(span: timedelta) -> int:
    """Return how many seconds a column takes, so that there are few enough.

    >>> column_width(timedelta(minutes=20)), column_width(timedelta(hours=3))
    (10, 60)
    """
    for width_s in WIDTHS_S:
        if span <= timedelta(seconds=width_s * COLUMNS):
            return width_s
    return WIDTHS_S[-1]
