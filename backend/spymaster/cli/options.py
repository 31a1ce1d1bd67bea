"""Options and arguments that several commands take; ``configured`` has those of settings."""

from __future__ import annotations

from datetime import date
from math import isnan
from typing import Annotated

import typer

from spymaster.arguments import day

LONGEST_WAIT = 7 * 86_400
"""Seconds."""


def number(value: float | None) -> float | None:
    """Refuse nan, which is in no range and outside none."""
    if value is not None and isnan(value):
        raise typer.BadParameter("nan is no number")
    return value


Wait = Annotated[
    float,
    typer.Option(
        min=0,
        max=LONGEST_WAIT,
        callback=number,
        show_default=False,
        metavar="SECONDS",
        help="How long to wait for a writer.",
    ),
]
Day = Annotated[date, typer.Argument(parser=day, help="Session date, such as 2024-03-05.")]
Session = Annotated[
    date | None, typer.Option(parser=day, metavar="DATE", help="Such as 2024-03-05.")
]
Format = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="table, box, line, markdown, csv, json, jsonl, parquet or arrow.  [default: table]",
    ),
]
Selector = Annotated[
    str | None,
    typer.Argument(help="Model, +model (and upstream), model+ (and downstream) or a folder."),
]

Retry = Annotated[bool, typer.Option(help="Also what failed before and is the same.")]
Host = Annotated[
    str,
    typer.Option(metavar="ADDRESS", help="Where to listen; beyond this machine only with a token."),
]
LOOPBACK = "127.0.0.1"
Port = Annotated[int, typer.Option(min=0, max=65_535, metavar="NUMBER", help="0 is any.")]
PORT = 8417
