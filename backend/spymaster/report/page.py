"""The page written: what was asked, drawn and put in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from spymaster.charts import LIGHT, check_installed, svg
from spymaster.charts.pictures import of_gex, of_hedge, of_level
from spymaster.charts.spans import city
from spymaster.outputs import suffix, whole
from spymaster.read.catalog import catalog
from spymaster.report.asked import Asked, ask
from spymaster.settings import Settings
from spymaster.setups.names import OUTCOMES
from spymaster.setups.odds import NEAREST, Odds
from spymaster.setups.touches import Touch
from spymaster.warehouse import duck

HERE = Path(__file__).parent
MINUTE = timedelta(minutes=1)
FACTS = (
    ("contract", "raw_symbol"),
    ("traded, lots", "traded_qty"),
    ("trades from", "trades_from"),
    ("schemas landed", "landed"),
    ("book opened by a clear or a snapshot", "book_complete"),
    ("traded less filled, lots", "fill_gap_qty"),
    ("silent minutes", "n_silent_minutes"),
    ("records after an open gap", "n_maybe_bad_book"),
    ("records with a bad clock", "n_bad_clock"),
    ("records that step back in time", "n_steps_back"),
    ("changes of unknown orders", "n_unknown"),
    ("trades between two ticks", "n_off_grid_trades"),
    ("the vendor says", "vendor_condition"),
    ("options", "n_options"),
    ("option quotes from", "option_quotes"),
)
"""What a reader should know of the records, and the column of market.sessions."""

UNKNOWN = "Nothing of it is known of the options that landed."


def report(settings: Settings, session: date | None, path: Path) -> int:
    """Write the page of a session and return how many touches it tells of.

    Parameters
    ----------
    session : date
        The latest by default.
    path : Path
        Ends in .html.

    Raises
    ------
    UsageError
        For another ending, or a session that is not built.
    """
    suffix(path, "a report", [".html"])
    check_installed()
    with catalog(settings) as connection:
        found = ask(connection, session)
        shown = {**_words(found, settings), **_pictures(connection, found, settings)}
    look = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    with whole(path) as out:
        out.write(look.get_template("session.html").render(shown).encode())
    return len(found.touches)


def _pictures(connection: duck.Connection, found: Asked, settings: Settings) -> dict[str, Any]:
    def level(row: dict[str, Any], at: int) -> str:
        name = row["level_id"]
        drawn = of_level(connection, settings, name, session=found.session, options=False)
        return svg(drawn.chart, f"level{at}-")

    gex = found.has_gamma and of_gex(connection, settings, session=found.session)
    hedge = found.has_flow and of_hedge(connection, settings, found.session)
    return {
        "levels": [(row, _range(row), level(row, at)) for at, row in enumerate(found.levels)],
        "gex": gex and svg(gex.chart, "gex-"),
        "hedge": hedge and svg(hedge.chart, "hedge-"),
    }


def _words(found: Asked, settings: Settings) -> dict[str, Any]:
    facts = found.facts
    start, end = (settings.local(facts[name]) for name in ("window_start", "window_end"))
    return {
        "look": LIGHT,
        "title": f"{facts['root']} {found.session:%A %Y-%m-%d}, {facts['raw_symbol']}",
        "span": f"{start:%H:%M} to {end:%H:%M} {city(settings.zone)}",
        "facts": [(name, _fact(facts[column])) for name, column in FACTS],
        "missing": facts["missing"],
        "incomplete": facts["incomplete"],
        "feed": [
            (row["book"], row["n_buckets"], f"{settings.local(row['first']):%H:%M:%S}")
            for row in found.feed
        ],
        "absences": found.absences,
        "unknown": UNKNOWN if facts["n_options"] else "No options landed for this session.",
        "hedged": found.hedged,
        "touches": list(_touches(found, settings)),
        "judged": _judged(found),
        "is_incomplete": facts["incomplete"] is not None,
    }


def _fact(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _range(row: dict[str, Any]) -> str:
    low, high = f"{row['low']:.2f}", f"{row['high']:.2f}"
    return low if low == high else f"{low} to {high}"


def _judged(found: Asked) -> str:
    """Return over which time outcomes are, nothing where price came to no level."""
    return next((touch.given for touch in found.touches if touch.given), "")


def _touches(found: Asked, settings: Settings) -> Iterator[dict[str, Any]]:
    for touch in found.touches:
        pressed = found.pressed.get((touch.cluster_id, touch.at + MINUTE))
        odds = found.odds.get((touch.cluster_id, touch.at))
        yield {
            "at": f"{settings.local(touch.at):%H:%M:%S}",
            "levels": ", ".join(touch.level_ids),
            "price": f"{touch.price:.2f}",
            "came": "from below" if touch.from_below else "from above",
            "arrow": "↑" if touch.from_below else "↓",
            "net": _signed(pressed, "net_60s"),
            "vacuum": _signed(pressed, "vacuum_60s"),
            "outcome": _outcome(touch),
            "went": _went(touch),
            "past": "" if odds is None else _past(odds),
            "alike": "" if odds is None or not odds.cards else _alike(odds, settings),
        }


def _signed(row: dict[str, Any] | None, name: str) -> str:
    if row is None:
        return "window ends"
    return str(row["why_60s"]).replace("_", " ") if row[name] is None else f"{row[name]:+.2f}"


def _outcome(touch: Touch) -> str:
    if touch.outcome is None:
        return (touch.why or "no volatility yet").replace("_", " ")
    after = "" if touch.hit_s is None else f" after {touch.hit_s}\u00a0s"
    return f"{touch.outcome.upper()}{after}"


def _went(touch: Touch) -> str:
    """Return which way price went, as a class of the style: up, down or nothing."""
    if touch.outcome not in ("break", "reject"):
        return ""
    return "up" if (touch.outcome == "break") == touch.from_below else "down"


def _past(odds: Odds) -> str:
    if odds.why:
        return odds.why
    row = odds.forecast
    said = ", ".join(
        f"{name} {row[f'p_{name}']:.0%} (walk {row[f'null_{name}']:.0%})" for name in OUTCOMES
    )
    return f"{said}; {row['n_sessions']} sessions"


def _alike(odds: Odds, settings: Settings) -> str:
    def named(card: dict[str, Any]) -> str:
        at: datetime = settings.local(card["neighbour_touched_at"])
        ended = card["outcome"] or "unknown"
        return f"{card['neighbour_session']} {at:%H:%M} {card['neighbour_cluster_id']} {ended}"

    nearest = "; ".join(named(card) for card in odds.cards[:NEAREST])
    return f"{len(odds.cards)} most alike: {odds.counts}. Nearest: {nearest}"
