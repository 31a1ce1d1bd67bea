"""What gamma exposure and option pressure cost: three hours of three expiries, by relation.

Run by hand: uv run python tests/benchmarks/exposure.py [--far]. The open interest is such that the
exposure changes its sign near the forward in every bucket; with --far it never does, so that the
whole grid of prices is worked out each time.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from days import on_one_core

from options.exposure.harness import FRONTS, Exposure
from spymaster.settings import Settings
from spymaster.warehouse import statements

DAY = "date '2024-03-05' as session"
LOADED = {
    "buckets": """
        select timestamp '2024-03-05 14:30:00' + to_microseconds(n * 5000000) as bucket_end, n,
            6800 + 10 * sin(n / 200.0) as forward
        from range(1, 2161) as numbers (n)""",
    "series": """
        select expiry::timestamp as expiry, 6400.0::double + 5 * n as strike
        from (values ('2024-03-05 21:00:00'), ('2024-03-07 21:00:00'), ('2024-03-28 20:00:00'))
            as dates (expiry), range(161) as numbers (n)""",
    "options.contracts": f"""
        select {DAY}, (1000 + row_number() over ())::uinteger as instrument_id, cp, strike, expiry,
            50 as multiplier, 1 as underlying_id, 'ESH4' as underlying,
            timestamp '2024-03-05 14:30:00' as known_at
        from series, (values (1), (-1)) as sides (cp)""",
    "options.open_interest": """
        select instrument_id, known_at,
            if({far} or (cp = 1) = (strike > 6800), 1000 + hash(instrument_id) % 3000, 10)
            * if({far} and cp = -1, 0, 1) as oi
        from options.contracts""",
    "options.chain_5s": f"""
        select {DAY}, bucket_end, instrument_id, expiry, strike, cp, multiplier, underlying_id,
            forward, 10 + hash(instrument_id + n) % 50 as bid_qty, 20 as ask_qty,
            'ok' as quote_state,
            greatest(5.0, abs(forward - strike)) as bid, bid + 0.25 as ask
        from buckets, options.contracts""",
    "smile": """
        select *, epoch(expiry - bucket_end) / 86400 / 365 as t_years, exp(-0.04 * t_years) as df,
            0.15 - 0.2 * ln(strike / forward) + 0.0001 * sin(strike + n) as iv
        from buckets, series""",
    "options.vols_5s": f"""
        select {DAY}, bucket_end, expiry, strike, 1 as underlying_id, forward, t_years, df, iv,
            iv as iv_quote, 0.003 as iv_unc, 'quote' as iv_source,
            b76_gamma(forward, strike, t_years, iv, df) as gamma,
            b76_delta(1, forward, strike, t_years, iv, df) as delta_call,
            b76_vega(forward, strike, t_years, iv, df) as vega,
            b76_vanna(forward, strike, t_years, iv, df) as vanna,
            b76_charm(1, forward, strike, t_years, iv, df) as charm
        from smile""",
    "options.forwards_5s": "select bucket_end, 1 as underlying_id, forward from buckets",
    "market.bbo_5s": f"""
        select {DAY}, 1 as instrument_id, bucket_end, 50 as bid_qty, 60 as ask_qty
        from buckets""",
    "market.prints": f"""
        select {DAY}, (1001 + hash(n) % 966)::uinteger as instrument_id, 'tbbo' as source,
            1709647200000000000 + n * 63000000 as ts_recv, if(hash(-n) % 2 = 0, 'B', 'A') as side,
            5.0 as price, 5000000000 as price_e9, (1 + hash(n) % 10)::uinteger as size,
            date '2024-03-05' as date, 'ab' as file_id, n::uinteger as row_no
        from range(200000) as numbers (n)""",
    "pressure.levels_5s": f"""
        select {DAY}, 1 as instrument_id, bucket_end, 'LEVEL_' || place as level_id,
            (6780 + 8 * place) * 4 as tick, 6780.0 + 8 * place as price,
            timestamp '2024-03-05 14:30:05' as used_since
        from buckets, range(5) as places (place)""",
}


def cpu() -> float:
    """Return the CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def load(*, far: bool) -> Exposure:
    """Return the given relations, filled."""
    found = Exposure(Settings(), threads=2)
    found.build({"market.fronts": FRONTS})
    for name, query in LOADED.items():
        text = query.format(far=str(far).lower()) if "{far}" in query else query
        is_given = "." in name
        if is_given:
            found.sandbox.give(name, text)
        else:
            found.connection.execute(f"create table {name} as {text}")
    return found


def main() -> None:
    """Print rows, bytes and CPU seconds of every relation, made on one core."""
    on_one_core()
    built = load(far="--far" in sys.argv)
    whole = 0.0
    with TemporaryDirectory() as folder:
        path = Path(folder) / "partition.parquet"
        print(f"{'relation':28} {'CPU s':>6} {'rows':>10} {'bytes':>12}")
        for name, creation in built.sandbox.creations():
            before = cpu()
            built.connection.execute(creation)
            spent = cpu() - before
            whole += spent
            copied = f"copy (from {name}) to '{path}' ({statements.PARQUET})"
            built.connection.execute(copied)
            rows = built.rows(f"select count(*) as n from {name}")[0]["n"]
            print(f"{name:28} {spent:6.2f} {rows:10,} {path.stat().st_size:12,}")
    print(f"{'all':28} {whole:6.2f}")
    (found,) = built.rows("select count(zero_gamma) as n from options.gex_profile_5s")
    print(f"zero gamma in {found['n']:,} of {3 * 2160:,} profiles")


if __name__ == "__main__":
    main()
