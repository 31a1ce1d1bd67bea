"""A simulated chain, landed and built as a user would, beside what the simulator knows of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from math import log, sqrt
from pathlib import Path
from typing import Any

from pyarrow import parquet

from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import SimulatedSession, simulate
from spymaster.warehouse import duck

SESSION = date(2024, 3, 5)


@dataclass(frozen=True)
class Day:
    """A built session of options and its answers."""

    settings: Settings
    made: SimulatedSession
    truth: dict[str, Any]
    options: dict[int, dict[str, Any]]
    """By instrument id."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the catalog."""
        with duck.read_only(self.settings.warehouse / "spymaster.duckdb") as catalog:
            return catalog.execute(query).fetchall()

    @property
    def classes(self) -> dict[int, dict[str, Any]]:
        """Smiles, by expiry in ns."""
        return {each["expires_ns"]: each for each in self.truth["classes"]}

    def vol(self, expires_ns: int, strike: float, forward: float, years: float) -> float:
        """Return the vol that a quote was made from."""
        smile = self.classes[expires_ns]
        z = log(strike / forward) / (smile["atm_vol"] * sqrt(years))
        wings = smile["rho"] * z + sqrt(z**2 + smile["s"] ** 2) - smile["s"]
        return float(smile["atm_vol"] * sqrt(1 + smile["b"] * wings))


def build(
    folder: Path,
    *selectors: str | None,
    window: tuple[time, time] = (time(9, 30), time(9, 45)),
    without: Iterable[str] = (),
    **given: Any,
) -> Day:
    """Simulate, land all but some of the options' files, and build around the planted flows.

    Selectors are built one after the other; None is everything.
    """
    options = {"world": "W0", "rate": 0.005, "start": time(9, 29), "end": window[1]} | given
    made = simulate(folder / "files", session=SESSION, **options)
    truth = json.loads(made.chain.truth.read_text(encoding="utf-8"))
    settings = Settings(
        folder / "warehouse",
        window_start=window[0],
        window_end=window[1],
        levels=("MANUAL",),
        manual_levels=_levels(folder, truth),
    )
    dropped = {getattr(made.chain, schema) for schema in without}
    land([path for path in made.files if path not in dropped], settings)
    for selector in selectors:
        assert operations.run(settings, selector).failures == []
    assert truth["rate"] == settings.interest_rate
    listed = parquet.read_table(made.chain.truth.with_suffix(".parquet")).to_pylist()
    return Day(settings, made, truth, {each["instrument_id"]: each for each in listed})


def _levels(folder: Path, truth: dict[str, Any]) -> Path:
    """Write a level of the user's at the strike of each planted flow, FLOW_1 and so on."""
    lines = ["session,level_id,price,known_at"]
    for place, flow in enumerate(truth["flows"], 1):
        lines.append(f"{SESSION},FLOW_{place},{flow['strike']},{SESSION}T09:30:00")
    path = folder / "levels.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
