"""A short simulated chain, its records by schema, and its answers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import time
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

from pyarrow import parquet

from simulate.sessions import read, short
from spymaster.land.dbn import Records
from spymaster.simulate import SimulatedSession

YEAR_NS = 365 * 86_400 * 10**9
UNDEF = 2**63 - 1
PHI = NormalDist().cdf


@dataclass(frozen=True)
class Played:
    """Half an hour around the open."""

    written: SimulatedSession
    definitions: Records
    statistics: Records
    bbo: Records
    tbbo: Records
    truth: dict[str, Any]
    options: dict[int, dict[str, Any]]
    """Of the truth, by instrument id."""
    gaps: list[dict[str, Any]]

    @property
    def classes(self) -> dict[str, dict[str, Any]]:
        """Smiles by code."""
        return {each["code"]: each for each in self.truth["classes"]}


def play(folder: Path, **given: object) -> Played:
    """Write a chain and read everything back."""
    written = short(folder, **{"start": time(9, 10), "end": time(9, 40), "rate": 0.02} | given)
    chain = written.chain
    options = parquet.read_table(chain.truth.with_suffix(".parquet")).to_pylist()
    return Played(
        written,
        read(chain.definition),
        read(chain.statistics),
        read(chain.bbo),
        read(chain.tbbo),
        json.loads(chain.truth.read_text(encoding="utf-8")),
        {each["instrument_id"]: each for each in options},
        parquet.read_table(chain.truth.with_suffix(".gaps.parquet")).to_pylist(),
    )


def worth(played: Played, instrument: int, front_mid: float, at_ns: int) -> float:
    """What an option is worth by the truth's own words, written a second time; points."""
    option = played.options[instrument]
    smile = played.classes[option["code"]]
    forward, strike = front_mid + smile["basis"], option["strike"]
    years = (smile["expires_ns"] - at_ns) / YEAR_NS
    z = log(strike / forward) / (smile["atm_vol"] * sqrt(years))
    wings = smile["rho"] * z + sqrt(z**2 + smile["s"] ** 2) - smile["s"]
    spread = smile["atm_vol"] * sqrt(1 + smile["b"] * wings) * sqrt(years)
    d1 = log(forward / strike) / spread + spread / 2
    sign = 1 if option["right"] == "C" else -1
    undiscounted = sign * (forward * PHI(sign * d1) - strike * PHI(sign * (d1 - spread)))
    european = exp(-played.truth["rate"] * years) * undiscounted
    exercised = sign * (forward - strike) if smile["style"] == "A" else 0.0
    return max(european, exercised, 0.0)
