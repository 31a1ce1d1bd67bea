"""Sessions of a simulated world, landed and built by the product itself: setups and analogs."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from spymaster import operations
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import SimulatedSession, simulate

RATE = 0.02
FIRST = date(2024, 1, 2)
SPAN = time(9, 25), time(12, 30)
PLACEBO = "PLACEBO"
"""What levels at which nothing was planted are called."""
ENDS = ("+analogs.reliability", "+analogs.cards", "+pressure.phases_5s")


@dataclass(frozen=True)
class World:
    """So many sessions of a world, alike but for their seeds."""

    name: str
    sessions: int
    strength: float = 1.0
    first_seed: int = 0
    tilt: float = 0.6
    lead_s: float = 0.0
    realistic: bool = False
    end: time = SPAN[1]


def build(folder: Path, worlds: Sequence[World], **given: object) -> Settings:
    """Simulate the worlds one after another on following days, land and build them."""
    made: list[SimulatedSession] = []
    day = FIRST
    for world in worlds:
        for seed in range(world.first_seed, world.first_seed + world.sessions):
            made.append(simulated(folder / "files" / str(day), day, world, seed))
            day += timedelta(days=3 if day.weekday() == 4 else 1)
    manual = folder / "levels.csv"
    _write_levels(manual, made)
    settings = Settings(
        warehouse=folder / "warehouse",
        window_end=max(world.end for world in worlds),
        manual_levels=manual,
        levels=("MANUAL",),
        **given,  # type: ignore[arg-type]
    )
    land([path for one in made for path in one.future_files], settings)
    run(settings)
    return settings


def again(folder: Path, other: Settings, days: Sequence[date]) -> Settings:
    """Land some sessions of another warehouse one by one, in the order given, and build each.

    What the past says of it, that is; not the phases of pressure.
    """
    settings = replace(other, warehouse=folder / "warehouse")
    for day in days:
        files = other.warehouse.parent / "files" / str(day)
        land([path for path in sorted(files.iterdir()) if path.suffix == ".zst"], settings)
        run(settings, ENDS[:2])
    return settings


def run(settings: Settings, ends: Sequence[str] = ENDS) -> None:
    """Build what is not there yet, all that setups are made of."""
    for end in ends:
        report = operations.run(settings, end)
        assert not report.failures, "\n".join(report.failures)


def simulated(folder: Path, day: date, world: World, seed: int) -> SimulatedSession:
    """Return one session of a world, its files written."""
    return simulate(
        folder,
        session=day,
        world=world.name,
        seed=seed,
        rate=RATE,
        strength=world.strength,
        start=SPAN[0],
        end=world.end,
        tilt=world.tilt,
        lead_s=world.lead_s,
        realistic=world.realistic,
        options=False,
    )


def _write_levels(path: Path, made: Sequence[SimulatedSession]) -> None:
    """Track every level that was there to be drawn, and the placebos."""
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["session", "level_id", "price", "known_at"])
        for one in made:
            truth = json.loads(one.truth.read_text(encoding="utf-8"))
            for at, level in enumerate(truth["levels"]):
                known = datetime.fromtimestamp(level["known_ns"] / 1e9, UTC)
                local = known.astimezone(Settings().zone)
                # numbered, for round levels share one name, and names of the product are its own
                name = f"MY_{at}_{level['level_id']}"
                lines.writerow([one.session, name, level["price"], f"{local:%Y-%m-%dT%H:%M:%S}"])
            for at, price in enumerate(truth["placebo_prices"]):
                lines.writerow([one.session, f"{PLACEBO}_{at}", price, f"{one.session}T09:30:00"])
