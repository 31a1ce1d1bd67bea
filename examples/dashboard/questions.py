"""Questions to the published catalog, each on a connection of its own.

The catalog's path is a symlink that every build flips to a new file. A file never changes, so what
it answers may be remembered under its name, and nothing is held open between two looks.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

SESSIONS = "select distinct session from pressure.states_5s order by session desc"
LEVELS = """
    select level_id
    from pressure.states_5s($session)
    group by level_id
    order by arg_min(abs(dist_ticks), bucket_end), level_id
"""
STATES = """
    select
        states_5s.bucket_end, bbo_5s.mid, states_5s.price as level, net, vacuum, approach,
        dist_ticks,
        avg(net) over half_minute as net_30s,
        avg(vacuum) over half_minute as vacuum_30s
    from pressure.states_5s($session) as states_5s
    inner join market.bbo_5s($session) as bbo_5s using (session, instrument_id, bucket_end)
    where level_id = $level
    window half_minute as (order by states_5s.bucket_end rows 5 preceding)
    order by states_5s.bucket_end
"""
LADDER = """
    with steps as (
        select
            ladder_5s.bucket_end,
            "offset",
            states_5s.price as level,
            abs(ladder_5s.price - level) / nullif(abs("offset"), 0) as width,
            sessions.tick_size / 2 as half,
            -- asks that are pulled open the road up, bids that are pulled the road down
            (ask_pull_add - bid_pull_add) / 2 as of_both,
            coalesce(of_both, ask_pull_add, -bid_pull_add) as pressure
        from pressure.ladder_5s($session) as ladder_5s
        inner join pressure.states_5s($session) as states_5s
            using (session, instrument_id, bucket_end, level_id)
        inner join market.sessions using (session, instrument_id)
        where level_id = $level
    ),

    placed as (
        select
            time_bucket(interval 30 seconds, bucket_end - interval 5 seconds) as bin_start,
            pressure,
            "offset",
            case
                when "offset" > 0 then level + ("offset" - 1) * width + half
                when "offset" < 0 then level + "offset" * width - half
                else level - half
            end as low,
            low + if("offset" = 0, 2 * half, width) as high
        from steps
    )

    select
        bin_start, bin_start + interval 30 seconds as bin_end, "offset",
        avg(low) as low, avg(high) as high, avg(pressure) as pressure
    from placed
    group by bin_start, "offset"
    having count(pressure) > 0
    order by bin_start, "offset"
"""
EXPOSURE = """
    with strikes as (
        from options.gex_by_strike_5s($session)
        where expiry_set = $expiries and gex_net is not null
        qualify bucket_end = max(bucket_end) over ()
    )

    select
        near_strike as strike,
        sum(gex_call) as gex_call, sum(gex_put) as gex_put, sum(gex_net) as gex_net
    from strikes
    group by near_strike
    order by strike
"""
PROFILE = """
    select zero_gamma, call_wall_gex, put_wall_gex, gex_total / 1e6 as gex_millions
    from options.gex_profile_5s($session)
    where expiry_set = $expiries and gex_total is not null
    order by bucket_end desc
    limit 1
"""


def current(warehouse: Path) -> Path | None:
    """Return the file that the catalog's link points at now, if there is one."""
    link = warehouse / "spymaster.duckdb"
    return link.resolve() if link.exists() else None


def ask(catalog: Path, sql: str, **values: str | date) -> pd.DataFrame:
    """Return what a question with ``$name`` parameters gives, read-only and at once."""
    with duckdb.connect(str(catalog), read_only=True) as connection:
        return connection.execute(sql, values).df()
