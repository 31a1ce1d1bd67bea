"""Every setting once: its default, who reads it, what it means, and whether it decides rows.

Options of commands, ``spymaster init``, the website and the ledger are made of these fields.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints
from zoneinfo import ZoneInfo

from spymaster.errors import UsageError
from spymaster.settings import values
from spymaster.units import BUCKET_NS, NS_PER_SECOND, clock_ns, from_ns, window_ns

BLOCKS = (("states", 1.0), ("touch", 1.0), ("tape", 0.5), ("path", 0.0))
_ticks = partial(values.count, most=values.MOST_BAND_TICKS)
_analogs = partial(values.count, most=values.MOST_ANALOGS)
_blocks = partial(values.blocks, names=[name for name, _ in BLOCKS])
_jobs = partial(values.count, most=values.MOST_JOBS)


class About(NamedTuple):
    """What is known of a setting besides its type and default."""

    read: Callable[[Any], Any]
    """Makes a value of what a person wrote, or raises ValueError with what is expected."""
    doc: str
    """One sentence: meaning and unit."""
    example: str = ""
    """As in ``spymaster.toml``, where the default is none."""
    decides_rows: bool = True
    """Whether the same records give other rows with another value."""


@dataclass(frozen=True)
class Settings:
    """What a project decides; each field but the last is a key of ``spymaster.toml``."""

    warehouse: Annotated[
        Path,
        About(values.path, "Folder of everything that landed and was built.", decides_rows=False),
    ] = Path("warehouse")
    window_start: Annotated[
        time, About(values.clock, "Start of the model window, local time, inclusive.")
    ] = time(9, 30)
    window_end: Annotated[
        time,
        About(
            values.clock,
            "End of the model window, local time, exclusive; not after the start means the next"
            " day.",
        ),
    ] = time(12, 30)
    timezone: Annotated[str, About(values.zone, "Zone of the window and of the session date.")] = (
        "America/New_York"
    )
    root: Annotated[str, About(values.symbol, "Product whose front contract is modelled.")] = "ES"
    instrument: Annotated[
        str | None,
        About(
            values.symbol,
            "Contract, by its raw symbol; none means the root's outright with the most volume.",
            '"ESH4"',
        ),
    ] = None
    tick_size: Annotated[
        Decimal, About(values.tick, "Points, used where no definition landed.")
    ] = Decimal("0.25")
    interest_rate: Annotated[
        float, About(values.rate, "Continuous, per year; discounts what options pay.")
    ] = 0.04
    band_ticks: Annotated[int, About(_ticks, "Width of a band above and below a level, ticks.")] = 4
    levels: Annotated[
        tuple[str, ...],
        About(
            values.names,
            "Tracked levels; of some joined by / the one nearest to the price at the window's"
            " start.",
        ),
    ] = ("PM_HIGH", "PM_LOW", "OR15_HIGH", "OR15_LOW", "SMA_90/EMA_20")
    manual_levels: Annotated[
        Path | None,
        About(
            values.path,
            "CSV of the user's own levels: session, level_id, price, known_at.",
            '"levels.csv"',
        ),
    ] = None
    option_days: Annotated[
        int | None,
        About(
            values.days,
            "Days from the session to the last expiry whose options are worked out; none means"
            " all.",
            "5",
        ),
    ] = None
    option_percent: Annotated[
        float | None,
        About(
            values.percent,
            "Farthest strike that is worked out, % of the future; none means all.",
            "10",
        ),
    ] = None
    setup_waits: Annotated[
        tuple[int, ...],
        About(values.waits, "From a touch to the decisions about it, seconds; whole buckets."),
    ] = (0, 30, 60)
    setup_horizons: Annotated[
        tuple[int, ...],
        About(
            values.horizons,
            "From a decision to when its outcome is judged, seconds; whole buckets.",
        ),
    ] = (120, 300, 600)
    barrier_floor_ticks: Annotated[
        int,
        About(_ticks, "Least distance of the two barriers from the price at the decision, ticks."),
    ] = 4
    barrier_scale: Annotated[
        float,
        About(
            values.scale,
            "Distance of the barriers, in standard deviations of a walk over the horizon.",
        ),
    ] = 0.96
    analog_k: Annotated[int, About(_analogs, "Similar setups that are looked for.")] = 20
    analog_cap: Annotated[
        int, About(_analogs, "Most similar setups that count of one session.")
    ] = 2
    analog_blocks: Annotated[
        tuple[tuple[str, float], ...],
        About(_blocks, "What each block of a setup's vector weighs, whatever its size."),
    ] = BLOCKS
    analog_min_sessions: Annotated[
        int, About(_analogs, "Earlier sessions from which on a forecast is shown.")
    ] = 20
    analog_incomplete: Annotated[
        bool,
        About(values.flag, "Whether sessions of which records are missing count as past too."),
    ] = False
    keep: Annotated[
        tuple[str, ...],
        About(
            values.names,
            "Relations written out although they are as long as the raw day, such as book.changes.",
        ),
    ] = ()
    jobs: Annotated[int, About(_jobs, "Sessions built side by side.", decides_rows=False)] = 1
    sources: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)
    """Where each value that was given stands, by key: an option, a variable, or a file."""

    @property
    def window(self) -> tuple[time, time]:
        """Start and end of the model window, local time."""
        return self.window_start, self.window_end

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the window and of the session date."""
        return ZoneInfo(self.timezone)

    def window_ns(self, session: date) -> tuple[int, int]:
        """Return start and exclusive end of a session's window, ns since 1970 UTC."""
        return window_ns(session, *self.window, self.zone)

    def local(self, when: datetime) -> datetime:
        """Return a time of the catalog, UTC without a zone, on the clock of the window."""
        return when.replace(tzinfo=UTC).astimezone(self.zone)

    def placed(self, session: date, at: time, *, is_start: bool = False) -> datetime:
        """Return when the window's clock shows a time in a session, UTC without a zone.

        It is the end of a bucket, or the start of one; in a window that crosses midnight it may be
        of the next day.
        """
        ns = clock_ns(session, at, self.window, self.zone, is_start=is_start)
        return from_ns(ns).replace(tzinfo=None)

    def agreeing(self) -> Settings:
        """Refuse a window that buckets do not fill, since its last bucket would end after it."""
        start, end = (at.hour * 3600 + at.minute * 60 + at.second for at in self.window)
        bucket_s = BUCKET_NS // NS_PER_SECOND
        if (end - start) % bucket_s:
            raise UsageError(
                f"window_start, window_end: {self.window_start} to {self.window_end}:"
                f" expected a whole number of buckets of {bucket_s} s"
            )
        return self


def _about() -> dict[str, About]:
    hints = get_type_hints(Settings, include_extras=True)
    found = {name: getattr(hint, "__metadata__", ()) for name, hint in hints.items()}
    return {name: metadata[0] for name, metadata in found.items() if metadata}


ABOUT = _about()
"""Every setting by its key, in the order of its definition."""
DECIDING = tuple(key for key, about in ABOUT.items() if about.decides_rows)
"""Those that belong to a warehouse."""
