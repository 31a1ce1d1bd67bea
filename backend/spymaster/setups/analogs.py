"""What a search found as a person reads it: odds beside chance, or words, and each analog."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from typing import TYPE_CHECKING

from spymaster.blocks import block
from spymaster.settings import Settings
from spymaster.setups.names import OUTCOMES, Row
from spymaster.setups.search import Found, opened
from spymaster.units import lasting

if TYPE_CHECKING:
    from rich.console import RenderableType

PATH_MARKS = 16
"""Characters of the picture of a path."""
FAINT = "dim"


def similar(
    settings: Settings,
    level_id: str,
    *,
    session: date | None = None,
    at: time | None = None,
) -> Found:
    """Return past setups that looked most like a level at a time, and how they ended.

    Parameters
    ----------
    session : date
        By default the last one.
    at : time
        Local; a bucket's end. By default the latest decision about the level's last touch.

    Raises
    ------
    UsageError
        For a session, a level or a time that is not there.
    """
    with opened(settings, session) as search:
        return search.find(search.moment(level_id, at))


def page(found: Found, settings: Settings, horizon_s: int) -> Iterator[RenderableType]:
    """Yield what a terminal shows of it at one horizon, in 80 columns."""
    from rich.text import Text

    (forecast,) = (row for row in found.forecasts if row["horizon_s"] == horizon_s)
    yield Text.assemble((found.moment.level_id, "bold"), f"  {where(found, settings)}")
    yield Text(_stakes(found, forecast), FAINT)
    silence = _silence(forecast, settings)
    if silence:
        yield Text(f"\n{silence}")
    else:
        yield Text(f"\nWithin {lasting(horizon_s)}, by {support(forecast)}", "bold")
        yield _odds(forecast)
        if found.told:
            # some of many told by chance: the largest are no reason where nothing is claimed
            silent = "" if _is_claimed(forecast) else "; nothing is claimed of it"
            yield Text(f"\nWhat told most of a break or a rejection before{silent}", "bold")
            yield _told(found.told)
            yield Text(
                "As if price came from below: from above, bids and asks trade places.\n"
                "front: the side that stands in the way; back: the side behind price.",
                FAINT,
            )
    cards = [card for card in found.cards if card["horizon_s"] == horizon_s]
    if cards:
        known = [card["outcome"] for card in cards if card["outcome"]]
        counts = ", ".join(f"{known.count(name)} {name}" for name in OUTCOMES)
        yield Text(
            f"\nThe {len(cards)} most alike: {counts}, {len(cards) - len(known)} unknown", "bold"
        )
        yield _cards(found, cards, settings, horizon_s)
        yield Text(
            "d: distance. for, against: farthest along the travel and back, in volatilities.\n"
            f"path: price in the {lasting(horizon_s)} after its decision, up is along the travel.",
            FAINT,
        )


def where(found: Found, settings: Settings) -> str:
    """Return the price and the time of what was asked about, and how it stands to its touch."""
    moment, row = found.moment, found.decision
    side = "below" if row["dir"] > 0 else "above"
    local = f"{settings.local(moment.at):%H:%M:%S}"
    if moment.is_touch and moment.wait_s:
        touched = settings.local(moment.touched_at)
        local = f"{touched:%H:%M:%S}, seen {moment.wait_s} s later"
    elif not moment.is_of_touch:
        local += ", no touch"
    elif not moment.is_touch:
        local += ", as it is touched" if moment.touched_at == moment.at else ", after its touch"
    first = "" if moment.cluster_id == moment.level_id else f"touched with {moment.cluster_id}, "
    # a window may cross midnight
    is_later = settings.local(moment.at).date() > moment.session
    day = f"{moment.session}, the day after" if is_later else str(moment.session)
    return f"{first}at {row['price']:.2f}, from {side}, {day} {local}"


def _stakes(found: Found, forecast: Row) -> str:
    row = found.decision
    return (
        f"price {row['dist_ticks']:+g} ticks along its travel, volatility {row['sigma_ticks']:.1f} "
        f"ticks per 5 s;\nbreak or reject: {forecast['barrier_ticks']} ticks on or back first"
    )


def _silence(forecast: Row, settings: Settings) -> str | None:
    """Return words in place of numbers that should not be read."""
    least = settings.analog_min_sessions
    if forecast["why"] == "too_few_sessions":
        return f"no history: {forecast['n_sessions']} of {least} sessions, so no odds"
    if forecast["why"] == "no_close_analogs":
        return (
            "nothing in the past looked like this: its nearest are farther than of"
            f" {forecast['coverage']:.0%} of past setups, so no odds"
        )
    return None


def _is_claimed(forecast: Row) -> bool:
    """Whether odds are more than the reference; the macros' ``unclaimed`` weight says not."""
    return bool(forecast["alpha"] < 1e9)


def support(row: Row) -> str:
    """Return what odds stand on, in a few words."""
    claim = f"weight {row['n_eff']:.1f}" if _is_claimed(row) else "no claim beyond the reference"
    far = "" if row["coverage"] is None else f", farther than {row['coverage']:.0%}"
    plural = "s" * (row["n_sessions"] != 1)
    return f"{row['n_sessions']} session{plural} ({claim}{far})"


def _odds(row: Row) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    for name in ("", "odds", "80 % interval", "without flow", "past", "walk"):
        table.add_column(name, justify="left" if not name else "right", no_wrap=True)
    for name in OUTCOMES:
        ends = f"{row[f'{name}_low']:.0%} to {row[f'{name}_high']:.0%}"
        others = (f"{row[f'{kind}_{name}']:.0%}" for kind in ("reference", "base", "null"))
        table.add_row(name, f"{row[f'p_{name}']:.0%}", ends, *others)
    return table


def _told(told: Sequence[Row]) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    for name in ("number", "now", "usually", "|r|"):
        table.add_column(name, justify="left" if name == "number" else "right", no_wrap=True)
    for row in told:
        now = "-" if row["number"] is None else f"{row['number']:+.2f}"
        table.add_row(row["name"], now, f"{row['usual']:+.2f}", f"{row['correlation']:.2f}")
    return table


def _cards(
    found: Found, cards: Sequence[Row], settings: Settings, horizon_s: int
) -> RenderableType:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style=FAINT)
    for name in ("session", "time", "level", "d", "outcome", "after", "for", "against", "path"):
        right = name in ("d", "after", "for", "against")
        table.add_column(
            name,
            justify="right" if right else "left",
            no_wrap=True,
            overflow="ellipsis",
            max_width=13 if name == "level" else None,
        )
    steps = horizon_s // 5
    keys = [
        (c["neighbour_session"], c["neighbour_cluster_id"], c["neighbour_touched_at"])
        for c in cards
    ]
    moves = (x for key in keys for x in found.paths[key][:steps] if x is not None)
    scale = max(map(abs, moves), default=1.0) or 1.0
    for key, card in zip(keys, cards, strict=True):
        table.add_row(
            f"{key[0]:%y-%m-%d}",
            f"{settings.local(key[2]):%H:%M:%S}",
            key[1],
            f"{card['distance']:.1f}",
            card["outcome"] or "unknown",
            "-" if card["hit_s"] is None else f"{card['hit_s']} s",
            "-" if card["mfe_sigma"] is None else f"{abs(card['mfe_sigma']):.1f}",
            "-" if card["mae_sigma"] is None else f"{abs(card['mae_sigma']):.1f}",
            picture(found.paths[key][:steps], steps, scale),
        )
    return table


def picture(path: Sequence[float | None], steps: int, scale: float) -> str:
    """Return a path as marks of equal time, low below 0 and high above; shorter where it is cut.

    A bucket without a price leaves a gap.

    >>> picture([-1.0, 0.0, 1.0, 1.0], 4, 1.0)[-1]
    '█'
    """
    marks = []
    for at in range(1, PATH_MARKS + 1):
        n = at * steps // PATH_MARKS
        if 0 < n <= len(path):
            move = path[n - 1]
            marks.append(" " if move is None else block(move, scale))
    return "".join(marks)
