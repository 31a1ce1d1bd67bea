"""Columns that the design names and no model has yet; gone as soon as the models have them."""

from spymaster.warehouse.columns import Column, read_columns

_60S = {
    name: {
        name: f"DOUBLE | -1..1 | {name[:-4]} of the last twelve buckets",
        f"{name}_c30s": f"DOUBLE | -2..2 | change of {name} over six buckets",
    }
    for name in ("net_60s", "vacuum_60s", "p_above_60s", "p_below_60s")
}
PENDING: dict[str, tuple[Column, ...]] = {
    relation: read_columns(written)
    for relation, written in {
        "pressure.states_5s": {
            "reach_above": "DOUBLE | 0..1 | share of prices above where asks could rest",
            "reach_below": "DOUBLE | 0..1 | share of prices below where bids could rest",
            "n_above": "BIGINT | lots | pulled and added above",
            "n_below": "BIGINT | lots | pulled and added below",
            "why": "VARCHAR | text | why net is null",
            "why_60s": "VARCHAR | text | why net_60s is null",
        }
        | {k: v for columns in _60S.values() for k, v in columns.items()},
        "pressure.ladder_5s": {
            "depth_share_median": "DOUBLE | 0..1 | median share of the step in the session so far",
            "lean_60s": "DOUBLE | -1..1 | opens up less opens down, over both and the depth",
            "hedge_naive_0dte": "DOUBLE | futures/$ | dealers must buy as price rises by $1",
            "hedge_naive_all": "DOUBLE | futures/$ | the same, all expiries",
            "hedge_flow_0dte": "DOUBLE | futures/$ | the same by the flow",
            "hedge_flow_all": "DOUBLE | futures/$ | the same by the flow, all expiries",
            "hedge_share_up": "DOUBLE | 0..1 | selling against a rise, in it and resting asks",
            "hedge_share_down": "DOUBLE | 0..1 | buying against a fall, in it and resting bids",
        },
        "pressure.phases_5s": {
            "phase": "VARCHAR | text | idle, approach, touch or left",
            "touch_no": "BIGINT | touches | of the level so far",
            "seconds_in_phase": "BIGINT | s | since the phase began",
            "cluster_id": "VARCHAR | text | first of the levels within 4 ticks of each other",
        },
        "options.gex_by_strike_5s": {
            "front_strike": "DOUBLE | points | strike in points of the session's contract",
            "gex_call": "DOUBLE | $/1% | gamma of calls",
            "gex_put": "DOUBLE | $/1% | gamma of puts, positive too",
            "gex_flow": "DOUBLE | $/1% | gamma that dealers took on since the overnight open",
        },
        "options.hedge_5s": {
            "hedge_call": "DOUBLE | futures | dealers had to buy for calls in this bucket",
            "hedge_put": "DOUBLE | futures | dealers had to buy for puts in this bucket",
            "hedge_call_sum": "DOUBLE | futures | the same since the overnight open",
            "hedge_put_sum": "DOUBLE | futures | the same since the overnight open",
        },
        "pressure.touches": {
            "level_ids": "VARCHAR[] | text | levels that were reached together, itself first",
        },
        "analogs.forecasts": {
            "wait_s": "INTEGER | s | from the touch to the decision",
            "horizon_s": "INTEGER | s | from the decision on",
            "barrier_ticks": "INTEGER | ticks | how far price has to go either way",
            "n_eff": "DOUBLE | setups | as many of equal weight would say as much",
            "n_sessions": "BIGINT | sessions | earlier ones whose outcome is known",
            "coverage": "DOUBLE | 0..1 | share of earlier setups with neighbours as near",
            "why": "VARCHAR | text | why the numbers should not be read",
        }
        | {
            f"{prefix}{outcome}{suffix}": "DOUBLE | 0..1 | odds"
            for outcome in ("break", "reject", "chop")
            for prefix, suffix in (
                ("p_", ""),
                ("", "_low"),
                ("", "_high"),
                ("base_", ""),
                ("null_", ""),
            )
        },
        "analogs.cards": {
            "neighbour_session": "DATE | date | of the earlier setup",
            "neighbour_touched_at": "TIMESTAMP | UTC | its touch",
            "neighbour_cluster_id": "VARCHAR | text | its level",
            "distance": "DOUBLE | sigma | root of the weighted mean square difference",
            "outcome": "VARCHAR | text | break, reject or chop",
            "mfe_sigma": "DOUBLE | sigma | farthest along its travel",
            "mae_sigma": "DOUBLE | sigma | farthest against it",
        },
    }.items()
}
