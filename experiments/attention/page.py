"""The report: a page that holds all of it, and the same table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from attention import declared, pictures
from attention.conclusion import sentences
from attention.experiment import Outcome
from attention.scores import Table, table
from spymaster.charts import LIGHT
from spymaster.read.text_table import grid
from spymaster.setups.scoring import Interval

HERE = Path(__file__).parent
TITLE = "What attention adds to history"
HEADER = ("model", "gain [95 %]", "chance", "share", "over the rival", "chance", "at placebos")


def write(path: Path, outcomes: Sequence[Outcome]) -> list[Table]:
    """Write the page and return its tables."""
    tables = [table(one) for one in outcomes]
    curve = next((one.curve for one in outcomes if one.curve), [])
    looks = next((one.looks for one in outcomes if one.looks), {})
    wait_s, horizon_s = declared.CELL
    shown: dict[str, Any] = {
        "title": TITLE,
        "look": LIGHT,
        "wait": wait_s,
        "horizon": horizon_s,
        "rival": declared.RIVAL,
        "sentences": sentences(tables, curve),
        "tables": tables,
        "sign": _sign,
        "forest": pictures.forest(tables),
        "curve": pictures.curve(curve) if curve else "",
        "curve_world": declared.CURVE_WORLD,
        "looks": looks,
        "looks_world": declared.IMPORTANCE_WORLD,
        "models": [name for name in declared.MODELS if tables[0].line(name).chosen],
        "sizes": {
            one.model: f"{one.parameters:,}" if one.parameters else "" for one in tables[0].lines
        },
    }
    if looks:
        shown |= {
            "minutes": pictures.minutes(looks),
            "features": pictures.features(looks),
            "deletion": pictures.deletion(looks),
            "ways": list(_ways(looks)),
        }
    environment = Environment(
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(environment.get_template("page.html").render(shown), encoding="utf-8")
    return tables


def lines(found: Table) -> Iterator[str]:
    """Yield a table as a terminal shows it."""
    oracle = "" if found.oracle is None else f", oracle {found.oracle:+.3f}"
    yield f"{found.world}: {found.setups} setups, {found.sessions} tested sessions{oracle}"
    rows = [
        [
            line.model,
            line.gain.text,
            f"{line.chance:.3f}",
            "-" if line.share is None else f"{line.share:.0%}",
            line.over.text if line.over else "-",
            f"{line.over_chance:.3f}" if line.over_chance is not None else "-",
            line.placebo.text,
        ]
        for line in found.lines
    ]
    yield from grid(HEADER, rows, right=range(1, len(HEADER)))


def _ways(looks: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield the ways of looking, and what a mass spread evenly would have on what was planted."""
    ways = dict.fromkeys(way for one in looks["models"].values() for way in one["trained"]["share"])
    for way in ways:
        yield way, looks["chance"]["bucket" if way.endswith("minutes") else "feature"]


def _sign(interval: Interval, chance: float) -> str:
    if chance >= declared.CONFIDENCE:
        return ""
    return "above" if interval.low > 0 else "below" if interval.high < 0 else ""
