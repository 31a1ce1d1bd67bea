"""The frame that the parts of a picture share: one clock, one width, one look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from spymaster.charts.look import Look
from spymaster.charts.spans import city

if TYPE_CHECKING:
    import altair as alt

    Part = alt.Chart | alt.LayerChart | alt.FacetChart

MARGIN = 46
"""Room for the labels of a vertical axis, px: charts below each other share their left edge."""

EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Frame:
    """A span of time over a width."""

    start: datetime
    """UTC, naive."""
    end: datetime
    zone: ZoneInfo
    width: int
    """px."""
    look: Look
    tables: Tables = field(default_factory=lambda: Tables())

    @cached_property
    def offset(self) -> timedelta:
        """What the zone's clock is ahead of UTC; it is never set anew while the venue is open."""
        offset = self.start.replace(tzinfo=UTC).astimezone(self.zone).utcoffset()
        assert offset is not None
        return offset

    def ms(self, at: datetime) -> float:
        """Return a time of the catalog as a clock in the zone shows it.

        A picture must not depend on the zone of the machine that draws it, so what is drawn as UTC
        is the wall's clock.
        """
        return (at + self.offset - EPOCH) / timedelta(milliseconds=1)

    def clock(self, at: datetime) -> str:
        """Return the same as text."""
        return f"{at + self.offset:%H:%M:%S}"

    @property
    def span(self) -> tuple[float, float]:
        """Both ends, as ``ms`` has them."""
        return self.ms(self.start), self.ms(self.end)

    def px(self, at: datetime) -> float:
        """Return where a time stands, px from the left."""
        left, right = self.span
        return (self.ms(at) - left) / (right - left) * self.width

    @property
    def city(self) -> str:
        """Whose clock it is, for titles."""
        return city(self.zone)

    def ms_at(self, px: float) -> float:
        """Return the time at a place, as ``ms`` has it."""
        left, right = self.span
        return left + px / self.width * (right - left)

    def x(
        self, field: str, *, labels: bool = True, grid: bool = True, title: str | None = None
    ) -> alt.X:
        """Return the axis of time: hours and minutes of the zone."""
        import altair as alt

        axis = alt.Axis(
            format="%H:%M", title=title, labels=labels, ticks=labels, labelFlush=True, grid=grid
        )
        scale = alt.Scale(type="utc", domain=list(self.span), nice=False)
        return alt.X(f"{field}:T", scale=scale, axis=axis)


class Tables(dict[str, list[dict[str, Any]]]):
    """The rows of a picture, each table once, by name.

    They are put into the chart when it is whole: parts of a chart are copied each time that they
    are put together, and compared value by value with the schema of the grammar.
    """

    def add(self, rows: Iterable[Mapping[str, Any]], *names: str) -> alt.NamedData:
        """Keep the named columns of some rows and return how a chart calls them."""
        import altair as alt

        name = f"table_{len(self)}"
        self[name] = [{key: row[key] for key in names} for row in rows]
        return alt.NamedData(name=name)
