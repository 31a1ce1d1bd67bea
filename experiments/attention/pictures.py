"""Pictures of the experiment, in the look of all others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from attention import declared
from attention.scores import Table
from spymaster.charts import LIGHT, svg
from spymaster.charts.files import unchecked
from spymaster.setups.examples import NAMES, STEPS
from spymaster.units import BUCKET_NS, NS_PER_SECOND

WIDTH, HEIGHT = 620, 260
COLOURS = {
    declared.RIVAL: LIGHT.up,
    "attention over time": LIGHT.down,
    "attention over time x cells": LIGHT.ink,
    "analogs": LIGHT.ink,
    "logistic on segments": LIGHT.dim,
    "mlp on buckets": LIGHT.faint,
}
WAYS = {"occlusion": LIGHT.up, "gradients": LIGHT.down, "attention": LIGHT.ink}
STATES = {"trained": [1, 0], "untrained": [4, 3]}
"""Dashes."""
PLANTED = "#f0d9a8"
"""Where a simulation told something."""
BUCKET_S = BUCKET_NS // NS_PER_SECOND


def forest(tables: Sequence[Table]) -> str:
    """Return gains less the rival's, with their paired intervals, a part for each world."""
    rows = [
        {"world": one.world, "model": line.model, "value": line.over.value}
        | {"low": line.over.low, "high": line.over.high}
        for one in tables
        for line in one.lines
        if line.over
    ]
    y = alt.Y("model:N", sort=list(declared.MODELS), title=None, axis=alt.Axis(labelLimit=220))
    base = alt.Chart().encode(y=y)
    title = f"gain less that of {declared.RIVAL}, nats"
    spans = base.mark_rule(color=LIGHT.dim).encode(x=alt.X("low:Q", title=title), x2="high:Q")
    dots = base.mark_point(filled=True, size=45, color=LIGHT.up, opacity=1).encode(x="value:Q")
    zero = alt.Chart().mark_rule(color=LIGHT.down).encode(x=alt.datum(0))
    parts = [
        alt.layer(
            zero, spans, dots, data=alt.Data(values=[r for r in rows if r["world"] == name])
        ).properties(width=210, height=190, title=name)
        for name in dict.fromkeys(row["world"] for row in rows)
    ]
    pairs = [alt.hconcat(*parts[at : at + 2]) for at in range(0, len(parts), 2)]
    return _drawn(alt.vconcat(*pairs), "forest")


def curve(rows: Sequence[dict[str, Any]]) -> str:
    """Return gains on the last block by sessions learnt from."""
    x = alt.X(
        "sessions:Q", title="sessions learnt from", axis=alt.Axis(values=list(declared.CURVE))
    )
    base = alt.Chart(alt.Data(values=list(rows))).encode(x=x)
    y = alt.Y("gain:Q", title="gain on the last block, nats a setup")
    spans = base.mark_area(opacity=0.1).encode(
        y=alt.Y("low:Q"), y2="high:Q", color=_colour(declared.LEARNING)
    )
    lines = base.mark_line(point=True).encode(y=y, color=_colour(declared.LEARNING))
    return _drawn((spans + lines).properties(width=WIDTH - 160, height=HEIGHT), "curve")


def minutes(looks: dict[str, Any]) -> str:
    """Return what matters by time before the decision, beside what was planted."""
    before = [-BUCKET_S * (STEPS - at) for at in range(STEPS)]
    parts = []
    for name, one in looks["models"].items():
        rows = []
        for state in ("trained", "untrained"):
            for way, key in (("occlusion", "bucket"), ("gradients", "gradient_bucket")):
                rows += _mass(one[state][key], before, f"{way}, {state}")
            if "attention" in one[state]:
                rows += _mass(one[state]["attention"], before, f"attention, {state}")
        planted = [
            {"from": at, "to": at + BUCKET_S, "told": share}
            for at, share in zip(before, looks["planted"], strict=True)
        ]
        parts.append(_minutes(name, rows, planted))
    return _drawn(alt.vconcat(*parts), "minutes")


def _mass(values: Sequence[float], before: Sequence[int], way: str) -> list[dict[str, Any]]:
    """Return parts of what is lost; what is gained by taking a bucket away counts as nothing."""
    kept = [max(value, 0.0) for value in values]
    whole = sum(kept) or 1.0
    return [
        {"at": at + BUCKET_S / 2, "part": value / whole, "way": way}
        for at, value in zip(before, kept, strict=True)
    ]


def _minutes(
    name: str, rows: list[dict[str, Any]], planted: list[dict[str, Any]]
) -> alt.LayerChart:
    x = alt.X("at:Q", title="seconds before the decision", scale=alt.Scale(domain=[-120, 0]))
    back = (
        alt.Chart(alt.Data(values=planted))
        .mark_rect(color=PLANTED)
        .encode(
            x=alt.X("from:Q"),
            x2="to:Q",
            opacity=alt.Opacity(
                "told:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None
            ),
        )
    )
    # the same in each part, for parts that stand together share their legend
    ways = [f"{way}, {state}" for state in STATES for way in WAYS]
    dash = [STATES[way.split(", ")[1]] for way in ways]
    colours = [WAYS[way.split(", ")[0]] for way in ways]
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line()
        .encode(
            x=x,
            y=alt.Y("part:Q", title="part of the mass"),
            color=alt.Color(
                "way:N", sort=ways, title=None, scale=alt.Scale(domain=ways, range=colours)
            ),
            strokeDash=alt.StrokeDash(
                "way:N", sort=ways, title=None, scale=alt.Scale(domain=ways, range=dash)
            ),
        )
    )
    return alt.layer(back, lines).properties(width=WIDTH - 160, height=150, title=name)


def features(looks: dict[str, Any]) -> str:
    """Return what matters by feature, those in which something was planted apart by colour."""
    told = set(declared.PLANTED_FEATURES)
    parts = []
    for name, one in looks["models"].items():
        kept = [max(value, 0.0) for value in one["trained"]["feature"]]
        whole = sum(kept) or 1.0
        rows = [
            {"feature": feature.replace("__", " at "), "part": value / whole}
            | {"is": "planted" if feature.split("__")[0] in told else "not planted"}
            for feature, value in zip(NAMES, kept, strict=True)
        ]
        rows = sorted(rows, key=lambda row: -row["part"])[:12]
        colour = alt.Scale(domain=["planted", "not planted"], range=[LIGHT.up, LIGHT.faint])
        parts.append(
            alt.Chart(alt.Data(values=rows))
            .mark_bar()
            .encode(
                x=alt.X("part:Q", title="part of what taking features away costs"),
                y=alt.Y("feature:N", sort="-x", title=None, axis=alt.Axis(labelLimit=240)),
                color=alt.Color("is:N", title=None, scale=colour),
            )
            .properties(width=WIDTH - 300, height=190, title=name)
        )
    return _drawn(alt.vconcat(*parts), "features")


def deletion(looks: dict[str, Any]) -> str:
    """Return the gain that is left as buckets, or features, are taken away."""
    parts = []
    for axis, said in (("bucket", "buckets taken away"), ("feature", "features taken away")):
        rows = [
            {"taken": taken, "gain": gain, "model": name, "order": order}
            for name, one in looks["models"].items()
            for order in ("most important first", "least important first")
            for taken, gain in zip(
                one["deletion"][axis]["taken"], one["deletion"][axis][order], strict=True
            )
        ]
        parts.append(
            alt.Chart(alt.Data(values=rows))
            .mark_line()
            .encode(
                x=alt.X("taken:Q", title=said),
                y=alt.Y("gain:Q", title="gain left, nats"),
                color=_colour(list(looks["models"])),
                strokeDash=alt.StrokeDash("order:N", title=None),
            )
            .properties(width=WIDTH - 260, height=170)
        )
    return _drawn(alt.vconcat(*parts), "deletion")


def _colour(names: Sequence[str]) -> alt.Color:
    scale = alt.Scale(domain=list(names), range=[COLOURS[name] for name in names])
    legend = alt.Legend(symbolOpacity=1)  # not as faint as areas
    return alt.Color("model:N", sort=list(names), title=None, scale=scale, legend=legend)


def _drawn(chart: Any, name: str) -> str:
    with unchecked():
        return svg(chart.configure(**LIGHT.config), name)
