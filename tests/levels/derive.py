"""The levels of a session a second time, in plain Python, from what their headers say.

Prints are of one contract. A file tells everything from its first print to its last; a stretch of
time is whole if no hole between files reaches more than a minute into it from either end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor, inf

from levels.market import NEW_YORK, Level, Print, Settlement, evening, ns
from spymaster import units

TICK = Fraction(1, 4)
MINUTE = 60 * 10**9
BUCKET, BAR = 5 * 10**9, 2 * MINUTE
SPANS = {"SMA_90": 90, "SMA_200": 200, "SMA_400": 400}
Value = tuple[int, Fraction | float | None]
"""When a level took a price, ns, and the price in points; None ends it."""
Hole = tuple[float, float]
Bar = tuple[int, int, bool]
"""End, ns; close in ticks; whether trading halts at its end."""


@dataclass(frozen=True)
class Day:
    """Everything that a session's levels are made of."""

    session: date
    window: tuple[int, int]
    """ns since 1970 UTC."""
    files: Sequence[Sequence[Print]]
    rth: tuple[int, int] | None = None
    """Regular hours, ns; None on a holiday."""
    before: Day | None = None
    """The weekday before, where it is a session too."""
    previous: Day | None = None
    """The session of the regular day before."""
    settlements: Sequence[Settlement] = ()
    """Of the regular day before."""
    spans: Sequence[tuple[int, int]] = ()
    """First and last record of each file, ns, where files hold more than trades."""

    def prints(self, end_ns: int) -> list[Print]:
        """Return the trades from the overnight open to a time, in order."""
        found = [one for file in self.files for one in file]
        kept = [one for one in found if self.opens <= one.at_ns < end_ns]
        return sorted(kept, key=lambda one: one.at_ns)

    @property
    def opens(self) -> int:
        return evening(self.session)

    def holes(self) -> list[Hole]:
        """Return the times that no file tells about."""
        spans = self.spans or [(file[0].at_ns, file[-1].at_ns) for file in self.files if file]
        found: list[Hole] = []
        told: float = -inf
        for first, last in sorted(spans):
            if first > told:
                found.append((told, first))
            told = max(told, last)
        return [*found, (told, inf)]

    def is_whole(self, start_ns: int, end_ns: int, holes: Sequence[Hole]) -> bool:
        return not any(a < end_ns - MINUTE and b > start_ns + MINUTE for a, b in holes)


def levels(day: Day) -> list[Level]:
    """Return every level but those of the user, untracked, by id and time."""
    found = dict(_fixed(day)) | dict(_previous(day)) | dict(_averages(day))
    found["VWAP"] = _vwap(day)
    return [row for level_id in sorted(found) for row in _rows(day, level_id, found[level_id])]


def _fixed(day: Day) -> Iterator[tuple[str, list[Value]]]:
    morning = ns(day.session, "09:30")
    stretches = {"PM": (ns(day.session, "04:00"), morning), "ON": (day.opens, morning)}
    prints = day.prints(day.window[1])
    if day.rth:
        opened = day.rth[0]
        stretches |= {f"OR{m}": (opened, opened + m * MINUTE) for m in (5, 15, 30)}
        regular = [one for one in prints if opened <= one.at_ns < day.rth[1]]
        if regular and day.is_whole(opened, regular[0].at_ns, day.holes()[:-1]):
            at = (regular[0].at_ns // 10**9 + 1) * 10**9
            yield "OPEN", [(at, regular[0].ticks * TICK)]
    for name, (start, end) in stretches.items():
        ticks = [one.ticks for one in prints if start <= one.at_ns < end]
        if ticks and end < day.window[1] and day.is_whole(start, end, day.holes()[:-1]):
            yield f"{name}_HIGH", [(end, max(ticks) * TICK)]
            yield f"{name}_LOW", [(end, min(ticks) * TICK)]
    if prints:
        at = min(_bucket_end(day, one) for one in prints)
        price = [one.ticks for one in prints if _bucket_end(day, one) == at][-1] * TICK
        for step in (25, 50):
            below = price // step * step
            yield f"ROUND_{step}_BELOW", [(at, Fraction(below))]
            yield f"ROUND_{step}_ABOVE", [(at, Fraction(below + step))]


def _bucket_end(day: Day, one: Print) -> int:
    start = day.window[0]
    return start if one.at_ns < start else start + ((one.at_ns - start) // BUCKET + 1) * BUCKET


def _vwap(day: Day) -> list[Value]:
    values: dict[int, Fraction | None] = {}
    paid = size = 0
    if day.rth:
        for one in day.prints(min(day.window[1], day.rth[1])):
            if one.at_ns >= day.rth[0]:
                at = _bucket_end(day, one)
                paid, size = paid + one.ticks * one.size, size + one.size
                is_whole = day.is_whole(day.rth[0], at, day.holes()[:-1])
                values[at] = TICK * paid / size if is_whole else None
    return sorted(values.items())


def bars(day: Day, end_ns: int) -> Iterator[Bar]:
    """Yield the gapless bars of a session that end by a time."""
    *holes, (last_ns, _) = day.holes()
    holes.append((max(last_ns, day.window[1]), inf))
    trades: dict[int, int] = {}
    close = ns(day.session, "17:00")
    for one in day.prints(max(close, day.window[1])):
        trades[one.at_ns // BAR * BAR] = one.ticks
    last: int | None = None
    for start in range(day.opens, end_ns - BAR + 1, BAR):
        if not _is_trading(start):
            continue
        last = trades.get(start, last) if day.is_whole(start, start + BAR, holes) else None
        if last is not None:
            yield start + BAR, last, start + BAR == close


def _is_trading(at_ns: int) -> bool:
    return datetime.fromtimestamp(at_ns // 10**9, UTC).astimezone(NEW_YORK).hour != 17


def _averages(day: Day) -> Iterator[tuple[str, list[Value]]]:
    row: list[int] = []
    found: dict[str, list[Value]] = {name: [] for name in (*SPANS, "EMA_20")}
    smooth: float | None = None
    last_end, is_halt, due = 0, False, _due(day) | _resumed(day)
    for end, close, halts in _series(day):
        reopens = is_halt and (end - BAR) % (24 * 60 * MINUTE) == day.opens % (24 * 60 * MINUTE)
        if end != last_end + BAR and not reopens:
            row, smooth = [], None
        row.append(close)
        if len(row) == 20:
            smooth = sum(row) / 20
        elif smooth is not None:
            smooth += 2 / 21 * (close - smooth)
        found["EMA_20"].append((end, None if smooth is None else smooth / 4))
        for name, count in SPANS.items():
            mean = TICK * Fraction(sum(row[-count:]), count)
            found[name].append((end, mean if len(row) >= count else None))
        last_end, is_halt = end, halts
    for values in found.values():
        values.extend((at, None) for at in due - dict(values).keys())
        values.sort(key=lambda value: value[0])
    yield from found.items()


def _due(day: Day) -> set[int]:
    """Return when a bar has to end for averages to go on from the session before."""
    before = list(bars(day.before, ns(day.before.session, "17:00"))) if day.before else []
    return {(day.opens if halts else end) + BAR for end, _, halts in before[-1:]}


def _resumed(day: Day) -> set[int]:
    """Return the first second after each hole that left a bar without its whole time."""
    starts = [start for start in range(day.opens, day.window[1], BAR) if _is_trading(start)]
    return {
        int(b // 10**9 + 1) * 10**9
        for a, b in day.holes()[:-1]
        if not all(day.is_whole(start, start + BAR, [(a, b)]) for start in starts)
    }


def _series(day: Day) -> Iterator[Bar]:
    if day.before:
        yield from bars(day.before, ns(day.before.session, "17:00"))
    yield from bars(day, day.window[1])


def _previous(day: Day) -> Iterator[tuple[str, list[Value]]]:
    before = day.previous
    if before and before.rth and before.is_whole(*before.rth, before.holes()):
        start, end = before.rth
        ticks = [one.ticks for one in before.prints(end) if one.at_ns >= start]
        if ticks:
            for name, tick in (("HIGH", max(ticks)), ("LOW", min(ticks)), ("CLOSE", ticks[-1])):
                yield f"PD_{name}", [(end, tick * TICK)]
    settled: dict[int, Fraction | None] = {}
    is_final = False
    for given in sorted(day.settlements, key=lambda given: given.at_ns):
        if not given.is_deleted and given.at_ns < day.window[1]:
            if given.is_final or not is_final:
                settled[(given.at_ns // 10**9 + 1) * 10**9] = given.ticks * TICK
            is_final |= given.is_final
    yield "PD_SETTLE", sorted(settled.items())


def _rows(day: Day, level_id: str, values: Sequence[Value]) -> Iterator[Level]:
    """Yield a row for each tick that a level moves to, if a bucket of the window can use it."""
    moves: list[tuple[int, Fraction | float | None, int | None]] = []
    for at, price in values:
        tick = None if price is None else floor(Fraction(price) / TICK + Fraction(1, 2))
        if at < day.window[1] and (not moves or moves[-1][2] != tick):
            moves.append((at, price, tick))
    ends = [*(at for at, _, _ in moves[1:]), None]
    kind = level_id.removesuffix("_ABOVE").removesuffix("_BELOW")
    for (at, price, tick), end in zip(moves, ends, strict=False):
        if price is not None and tick is not None and (end is None or end > day.window[0]):
            yield Level(level_id, kind, float(price), tick, at, end)


def regular(day: date, close: str = "16:00") -> tuple[int, int]:
    """Return the regular hours of a date, ns."""
    return ns(day, "09:30"), ns(day, close)


def window(day: date, start: str = "09:30", end: str = "12:30") -> tuple[int, int]:
    """Return a window, ns; an end not after the start is on the next day."""
    last = day if end > start else day + timedelta(days=1)
    return ns(day, start), ns(last, end)


assert units.BUCKET_NS == BUCKET
