"""A verdict as a table and as a page of pictures that can be read without the text."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from spymaster.outputs import whole
from spymaster.setups.verdict import PRIMARY, Cell, Verdict

HEADER = ("wait", "within", "n", "days", "gain [95 %]", "by chance", "held")
OF_ORACLE = ("oracle", "share", "holds oracle")
"""Columns of a simulation alone, where it is known what was hidden."""
WIDTH, HEIGHT, EDGE = 420, 260, 44
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; color: #222; }
table { border-collapse: collapse; } th, td { padding: .2rem .7rem; text-align: right; }
th { color: #666; font-weight: 500; border-bottom: 1px solid #bbb; }
figure { display: inline-block; vertical-align: top; margin: 1rem 1.5rem 0 0; width: 28rem; }
figcaption { min-height: 6rem; } .faint { color: #666; }
.leak { color: #b00; font-weight: 600; } text { font: 11px system-ui, sans-serif; fill: #555; }
"""
INK, GREY, WARN = "#1f5fa8", "#c9c9c9", "#b5541c"
LEGEND = (
    "n setups on so many days. Gain with its 95 % interval over sessions. By chance: how often none"
    " at all would look as good or bad, * (declared beforehand) by itself, the others together."
    " Held: 80 % intervals that hold how often it came where such odds were given."
)
LEGEND_OF_ORACLE = (
    " Oracle: gain of who knows what a simulation hid; share of it; how many of the intervals hold"
    " what that one says."
)
MOST_NAMED = 5
"""Bars that have room for a name and a number each."""
LIMIT = 2.25
"""CUSUM from which the record is flagged, as analogs.reliability has it."""


def table(verdict: Verdict) -> tuple[Sequence[str], list[tuple[str, ...]], str]:
    """Return the cells of a verdict as a person reads them: header, lines, what columns mean."""
    knows = any(cell.oracle is not None for cell in verdict.cells)
    lines = [(*_line_of(cell), *(_of_oracle(cell) if knows else ())) for cell in verdict.cells]
    if knows:
        return (*HEADER, *OF_ORACLE), lines, LEGEND + LEGEND_OF_ORACLE
    return HEADER, lines, LEGEND


def _line_of(cell: Cell) -> tuple[str, ...]:
    """Return the columns of every cell; the declared one has a star."""
    star = "*" if (cell.wait_s, cell.horizon_s) == PRIMARY else ""
    return (
        f"{star}{cell.wait_s} s",
        f"{cell.horizon_s} s",
        str(cell.n),
        str(cell.sessions),
        cell.gain.text,
        f"{cell.chance:.3f}",
        _part(cell.held),
    )


def _of_oracle(cell: Cell) -> tuple[str, ...]:
    gain = "-" if cell.oracle is None else f"{cell.oracle:+.3f}"
    return gain, _part(cell.share), _part(cell.oracle_held)


def _part(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def write(path: Path, verdict: Verdict, other: Verdict) -> None:
    """Write a page about a verdict, with the other kind of levels beside it."""
    names = ("control levels", "levels") if verdict.is_placebo else ("levels", "control levels")
    primary = next((c for c in verdict.cells if (c.wait_s, c.horizon_s) == PRIMARY), None)
    parts = [
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>",
        f"<title>What the past was worth</title><style>{STYLE}</style></head><body>",
        "<h1>What the past was worth</h1>",
        f"<p>Gain is how much less surprising what came was than by the best forecast that ignores"
        f" order flow, in nats a setup. Declared beforehand: decided {PRIMARY[0]} s after the"
        f" touch, judged {PRIMARY[1] // 60} minutes later (*).</p>",
        _leaks(verdict),
    ]
    if primary:
        parts += [_reliability(verdict), _by_quartile(primary), _by_session(verdict)]
    for name, one in zip(names, (verdict, other), strict=True):
        parts.append(f"<h2>At {name}</h2>{_table(one)}")
    parts.append(f"<p class='faint'>{table(verdict)[2]}</p>")
    with whole(path) as out:
        out.write("\n".join([*parts, "</body></html>\n"]).encode())


def _leaks(verdict: Verdict) -> str:
    if verdict.leaks:
        return f"<p class='leak'>{verdict.leaks} neighbours are not of an earlier session.</p>"
    return "<p>Every neighbour is of an earlier session.</p>"


def _table(verdict: Verdict) -> str:
    header, lines, _ = table(verdict)
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    rows = "".join(
        "<tr>" + "".join(f"<td>{escape(text)}</td>" for text in line) + "</tr>" for line in lines
    )
    return f"<table><tr>{head}</tr>{rows}</table>" if rows else "<p>no history</p>"


def _figure(marks: str, caption: str, x: str, y: str) -> str:
    return (
        f"<figure><figcaption>{escape(caption)}</figcaption>"
        f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' role='img'"
        f" aria-label='{escape(caption)}'>{marks}"
        f"<text x='{WIDTH / 2}' y='{HEIGHT - 4}' text-anchor='middle'>{escape(x)}</text>"
        f"<text x='4' y='12'>{escape(y)}</text></svg></figure>"
    )


def _across(share: float) -> float:
    return EDGE + share * (WIDTH - 2 * EDGE)


def _up(share: float) -> float:
    return HEIGHT - EDGE + 10 - share * (HEIGHT - 2 * EDGE)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' stroke='{colour}'/>"


def _reliability(verdict: Verdict) -> str:
    marks = [_line(_across(0), _up(0), _across(1), _up(1), GREY)]
    most = max((row["n"] for row in verdict.bins), default=1)
    for row in verdict.bins:
        size = 3 + 9 * (row["n"] / most) ** 0.5
        marks.append(
            f"<circle cx='{_across(row['odds']):.1f}' cy='{_up(row['came']):.1f}' r='{size:.1f}'"
            f" fill='{INK}' fill-opacity='.7'><title>{row['odds']:.0%} given, {row['came']:.0%}"
            f" came, {row['n']} odds</title></circle>"
        )
    marks += [
        f"<text x='{_across(at):.0f}' y='{_up(0) + 14:.0f}' text-anchor='middle'>{at:.0%}</text>"
        f"<text x='{EDGE - 8}' y='{_up(at) + 4:.0f}' text-anchor='end'>{at:.0%}</text>"
        for at in (0.0, 0.5, 1.0)
    ]
    caption = "Honest odds lie on the line: of what was given 30 %, 30 % came."
    return _figure("".join(marks), caption, "odds given", "came")


def _bars(values: Sequence[float], names: Sequence[str]) -> str:
    least, most = min(0.0, *values), max(0.0, *values)
    span = (most - least) or 1.0
    zero = _up((0 - least) / span)
    width = (WIDTH - 2 * EDGE) / len(values)
    marks = [_line(_across(0), zero, _across(1), zero, "#888")]
    for at, value in enumerate(values):
        top, left = _up((value - least) / span), EDGE + at * width
        marks.append(
            f"<rect x='{left + width * 0.1:.1f}' y='{min(top, zero):.1f}' width='{width * 0.8:.1f}'"
            f" height='{abs(top - zero):.1f}' fill='{INK}'><title>{escape(names[at])}:"
            f" {value:+.3f}</title></rect>"
        )
        if len(values) <= MOST_NAMED:
            middle, above = left + width / 2, min(top, zero) - 4
            marks += [
                f"<text x='{middle:.1f}' y='{above:.1f}' text-anchor='middle'>{value:+.3f}</text>",
                f"<text x='{middle:.1f}' y='{_up(0) + 16:.0f}' text-anchor='middle'>"
                f"{escape(names[at])}</text>",
            ]
    for end, share in ((least, 0.0), (most, 1.0)):
        marks.append(
            f"<text x='{EDGE - 6}' y='{_up(share) + 4:.0f}' text-anchor='end'>{end:+.2f}</text>"
        )
    return "".join(marks)


def _by_quartile(cell: Cell) -> str:
    if not cell.quartiles:
        return ""
    names = ("nearest", "second", "third", "farthest")
    caption = "Where the past looked most alike it should say most: gain by distance."
    return _figure(_bars(cell.quartiles, names), caption, "a quarter of the setups each", "gain")


def _by_session(verdict: Verdict) -> str:
    record = [row for row in verdict.record if row["last_gain"] is not None]
    if not record:
        return ""
    marks = _bars([r["last_gain"] for r in record], [str(r["last_session"]) for r in record])
    # null before anybody knows what is usual
    known = [(at, row["cusum"]) for at, row in enumerate(record) if row["cusum"] is not None]
    highest = max([LIMIT, *(cusum for _, cusum in known)])
    points = " ".join(
        f"{_across((at + 0.5) / len(record)):.1f},{_up(cusum / highest):.1f}" for at, cusum in known
    )
    limit = _up(LIMIT / highest)
    if known:
        marks += f"<polyline points='{points}' fill='none' stroke='{WARN}' stroke-width='1.5'/>"
    marks += _line(_across(0), limit, _across(1), limit, "#e8b48c")
    for share, text in ((0.0, "0"), (LIMIT / highest, f"{LIMIT:g}, flagged")):
        marks += (
            f"<text x='{_across(1):.0f}' y='{_up(share) - 4:.0f}' text-anchor='end'"
            f" style='fill:{WARN}'>{text}</text>"
        )
    ends = ((0.0, record[0], "start"), (1.0, record[-1], "end"))
    for share, row, anchor in ends if len(record) > MOST_NAMED else ():
        marks += (
            f"<text x='{_across(share):.0f}' y='{_up(0) + 16:.0f}' text-anchor='{anchor}'>"
            f"{row['last_session']}</text>"
        )
    caption = (
        "Does it still hold? Bars: gain of each session, levels and controls together. Line: by how"
        f" many spreads less than usual came true of what flow said about direction; flagged from"
        f" {LIMIT:g} on."
    )
    return _figure(marks, caption, "", "gain")
