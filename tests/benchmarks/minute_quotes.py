"""What is lost where options are bought as bbo-1m instead of bbo-1s.

    uv run python tests/benchmarks/minute_quotes.py [FOLDER]

Simulates 90 minutes of a session with its chain (kept in FOLDER for the next run), thins a copy of
the options' quotes to the last of each minute, builds both, and prints how many strikes within 1 %
of the future have a vol of their own, how many quotes are stale, and how far the exposure lies
apart. The future's own orders are the same in both.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date, time
from pathlib import Path

import numpy as np

from spymaster import operations
from spymaster.land import land
from spymaster.land.dbn import DbnReader, write_dbn
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.simulate import simulate

SESSION = date(2024, 3, 5)
MINUTE_NS = 60 * 10**9
WANTED = "options.gex_profile_5s"
QUOTES = """
    with near as (
        select
            *,
            timezone('America/New_York', timezone('UTC', expiry))::date = session as is_0dte
        from {relation}
        where abs(strike / forward - 1) <= 0.01
    )

    select
        avg(({what})::integer) filter (where is_0dte),
        avg(({what})::integer) filter (where not is_0dte)
    from near
"""
EXPOSURE = """
    select bucket_end, expiry_set, gex_total / gex_gross, zero_gamma, call_wall_gex, put_wall_gex
    from options.gex_profile_5s
    order by bucket_end, expiry_set
"""


def thinned(path: Path, folder: Path) -> Path:
    """Write what bbo-1m has of a file of bbo-1s: of each instrument the last of each minute."""
    with path.open("rb") as handle:
        reader = DbnReader(handle, path.name)
        header, records = reader.header, np.concatenate(list(reader.batches()))
    ends = -(-records["ts_recv"] // np.uint64(MINUTE_NS)) * np.uint64(MINUTE_NS)
    later = np.stack([records["instrument_id"].astype(np.uint64), ends])[:, ::-1]
    last = len(records) - 1 - np.unique(later, axis=1, return_index=True)[1]
    kept = records[np.sort(last)]
    kept["ts_recv"], kept["rtype"] = ends[np.sort(last)], 196
    kept = kept[np.argsort(kept["ts_recv"], kind="stable")]
    symbols = {str(each): int(each) for each in np.unique(kept["instrument_id"])}
    written = folder / path.name.replace("bbo-1s", "bbo-1m")
    end_ns = int(kept["ts_recv"].max()) + 1
    write_dbn(written, "bbo-1m", kept, symbols=symbols, start_ns=header.start_ns, end_ns=end_ns)
    return written


def built(folder: Path, files: list[Path]) -> list[list[tuple]]:
    """Build the exposure of these files and return what is compared."""
    shutil.rmtree(folder, ignore_errors=True)
    settings = Settings(folder, window_end=time(11))
    land(files, settings)
    report = operations.run(settings, f"+{WANTED}")
    assert not report.failures, report.failures
    asked = (
        QUOTES.format(relation="options.vols_5s", what="iv_source = 'quote'"),
        QUOTES.format(relation="options.chain_5s", what="quote_state = 'stale'"),
        EXPOSURE,
    )
    with catalog(settings) as connection:
        return [connection.execute(sql).fetchall() for sql in asked]


def main(folder: Path) -> None:
    """Print the comparison."""
    made = simulate(folder / "files", session=SESSION, rate=0.02, seed=3, end=time(11))
    quotes = next(path for path in made.files if path.name.endswith("bbo-1s.dbn.zst"))
    minute = [path for path in made.files if path != quotes] + [thinned(quotes, folder)]
    finest, coarse = built(folder / "1s", list(made.files)), built(folder / "1m", minute)
    print("| | 0dte, bbo-1s | 0dte, bbo-1m | later, bbo-1s | later, bbo-1m |")
    print("|---|---|---|---|---|")
    for name, ((fine,), (thin,)) in zip(
        ("strikes with a vol of their own", "stale quotes"),
        zip(finest[:2], coarse[:2], strict=True),
        strict=True,
    ):
        print(f"| {name} | {fine[0]:.0%} | {thin[0]:.0%} | {fine[1]:.0%} | {thin[1]:.0%} |")
    print("\n| | 0dte | 5d | all |\n|---|---|---|---|")
    pairs = {row[:2]: row[2:] for row in finest[2]}
    for name, at, shown in (
        ("net of gross exposure, median difference", 0, "{:.3f}"),
        ("zero gamma, median difference, points", 1, "{:.2f}"),
        ("call wall elsewhere, buckets", 2, "{:.1%}"),
        ("put wall elsewhere, buckets", 3, "{:.1%}"),
    ):
        cells = [shown.format(apart(pairs, coarse[2], each, at)) for each in ("0dte", "5d", "all")]
        print(f"| {name} | {' | '.join(cells)} |")


def apart(pairs: dict, coarse: list[tuple], expiry_set: str, at: int) -> float:
    """Return the median distance of a number, or the share of buckets in which a wall differs."""
    both = [
        (row[2 + at], pairs[row[:2]][at])
        for row in coarse
        if row[1] == expiry_set and row[2 + at] is not None and pairs[row[:2]][at] is not None
    ]
    if at >= 2:
        return sum(one != other for one, other in both) / len(both)
    return float(np.median([abs(one - other) for one, other in both]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as own:
            main(Path(own))
