"""Five sentences that follow from the tables, by rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attention import declared
from attention.scores import Line, Table


def sentences(tables: Sequence[Table], curve: Sequence[dict[str, Any]]) -> list[str]:
    """Return what helps, whether it ships, where, what it needs, and what would change it."""
    primary = next((one for one in tables if one.world == declared.PRIMARY_WORLD), tables[0])
    others = [one for one in tables if one is not primary]
    return [
        _helps(primary),
        _ships(primary, others),
        _elsewhere(others),
        _needs(curve),
        _changes(tables, primary),
    ]


def winners(table: Table) -> list[Line]:
    """Return the lines of models that beat the rival."""
    return [line for line in table.lines if line.beats]


def _helps(table: Table) -> str:
    best, rival, past = table.best, table.rival, table.line("analogs")
    first = f"In {table.world} the most is gained by {_gain(best)}"
    others = [_gain(line) for line in (rival, past) if line is not best]
    return f"{first}; beside it {' and '.join(others)}."


def _gain(line: Line) -> str:
    share = "" if line.share is None else f", {line.share:.0%} of the oracle"
    return f"{line.model} ({line.gain.text} nats a setup{share})"


def _ships(primary: Table, others: Sequence[Table]) -> str:
    won = [
        f"{one.world} by {_most(found).model} ({_most(found).over.text}; its own gain there is"
        f" {one.rival.gain.text})"
        for one in others
        if (found := winners(one))
    ]
    beaten = f"; it is beaten in {', '.join(won)}" if won else ""
    found = winners(primary)
    if not found:
        nearest = _most([line for line in primary.lines if line.over])
        return (
            f"Nothing beats {declared.RIVAL} there by more than its paired interval (nearest:"
            f" {nearest.model}, {nearest.over.text}), so nothing ships but this experiment{beaten}."
        )
    best = _most(found)
    return (
        f"{best.model} beats {declared.RIVAL} there by {best.over.text}, by chance in"
        f" {best.over_chance:.1%} of cases for all comparisons together, so it is to be shown"
        f" beside the analogs{beaten}."
    )


def _most(lines: Sequence[Line]) -> Line:
    return max(lines, key=lambda line: line.over.value)


def _elsewhere(tables: Sequence[Table]) -> str:
    nothing = [one for one in tables if one.world in declared.NOTHING_WORLDS]
    rest = [one for one in tables if one not in nothing]
    above = {one.world: [line for line in one.lines if line.is_above] for one in rest}
    best = {
        world: max(own, key=lambda line: line.gain.value) for world, own in above.items() if own
    }
    told = [f"{world} ({line.model}, {line.gain.text})" for world, line in best.items()]
    silent = [world for world in above if world not in best]
    parts = [
        f"something is gained in {', '.join(told)}" if told else "",
        f"nothing in {', '.join(silent)}" if silent else "",
        _false(nothing) if nothing else "",
    ]
    return f"Elsewhere {', '.join(part for part in parts if part) or 'was not looked'}."


def _false(tables: Sequence[Table]) -> str:
    gains = [(line, one) for one in tables for line in one.lines]
    false = [(line, one) for line, one in gains if line.is_above]
    where = " and ".join(one.world for one in tables)
    said = f"and where nothing is planted ({where}) {len(false) or 'none'} of {len(gains)} gains"
    named = "; ".join(f"{line.model} in {one.world}, {line.gain.text}" for line, one in false)
    return f"{said} {'is' if len(false) < 2 else 'are'} above 0{f' ({named})' if named else ''}"


def _needs(curve: Sequence[dict[str, Any]]) -> str:
    if not curve:
        return "How many sessions it takes was not asked, for its world is not there."
    counts = sorted({row["sessions"] for row in curve})
    least, most = counts[0], counts[-1]

    def at(model: str, count: int) -> float:
        return next(
            row["gain"] for row in curve if (row["model"], row["sessions"]) == (model, count)
        )

    said = "; ".join(
        f"{name} {at(name, least):+.2f} after {least} and {at(name, most):+.2f} after {most}"
        for name in (declared.RIVAL, "attention over time", "analogs")
    )
    return f"It needs sessions: on the last block {said}."


def _changes(tables: Sequence[Table], primary: Table) -> str:
    weak = [
        one for one in tables if one.world not in declared.NOTHING_WORLDS and one is not primary
    ] or [primary]
    lines = [
        (line, one) for one in weak for line in one.lines if line.over and "attention" in line.model
    ]
    line, table = max(lines, key=lambda pair: pair[0].over.value)
    half = (line.over.high - line.over.low) / 2
    if line.over.value <= 0:
        return (
            "On real records the answer would change if attention were ahead of"
            f" {declared.RIVAL} at all: where effects are weak it is not, its best is"
            f" {line.over.text} ({line.model}, {table.world})."
        )
    count = table.sessions * (half / line.over.value) ** 2
    return (
        f"On real records the answer would change if a lead such as {line.over.text}"
        f" ({line.model}, {table.world}) stood on some {max(count, table.sessions):.0f} tested"
        f" sessions in place of {table.sessions}, which would take its interval off 0."
    )
