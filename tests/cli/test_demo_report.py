"""The page of the demo's session: what it tells, from one file, without a network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cli.conftest import Shown, single_line
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.setups import names


class Page(HTMLParser):
    """The cells of a page's rows, and what it would fetch."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.fetched: list[str] = []
        self.ids: list[str] = []
        self.in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")
        self.in_cell = tag == "td" or (self.in_cell and tag not in ("tr", "svg"))
        for name, value in attrs:
            if name in ("src", "href") and not str(value).startswith("#"):
                self.fetched.append(str(value))
            if name == "id":
                self.ids.append(str(value))
        if tag in ("link", "script", "img", "iframe"):
            self.fetched.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data


PLACE = ("--warehouse", "demo/warehouse")


@pytest.fixture(scope="module")
def text(demonstrated: Shown) -> str:
    """What the command writes of the latest session."""
    said = demonstrated.shell.inside("report", "latest", "-o", "report.html", *PLACE)
    assert (said.returncode, said.stdout) == (0, "")
    assert re.fullmatch(r"report.html: [1-9]\d* touches\n", said.stderr)
    return (demonstrated.shell.folder / "report.html").read_text(encoding="utf-8")


def test_every_touch_is_told_with_what_came_of_it(text: str, demonstrated: Shown) -> None:
    settings = Settings(warehouse=demonstrated.warehouse)
    with catalog(settings) as connection:
        expected = connection.execute(
            "select touches.bucket_end, cluster_id, outcome, hit_s, net_60s"
            " from pressure.touches left join setups.outcomes using (session, cluster_id)"
            " left join pressure.states_5s on states_5s.level_id = touches.level_id"
            " and states_5s.bucket_end = touches.bucket_end + interval 1 minute"
            " where touched_at = touches.bucket_end and wait_s = 0 and horizon_s = 300"
            " order by touches.bucket_end"
        ).fetchall()
    rows = [row for row in Page(text).rows if len(row) == 7]
    assert len(rows) == len(expected) > 5
    for cells, (at, level, outcome, hit_s, net) in zip(rows, expected, strict=True):
        assert cells[0] == f"{settings.local(at):%H:%M:%S}"
        assert cells[1].startswith(level)
        if net is not None:
            assert cells[3] == f"{net:+.2f}"
        if outcome in ("break", "reject"):
            assert cells[5] == f"{outcome.upper()} after {hit_s}\u00a0s"
        assert cells[6] == "no history: 0 earlier sessions"
    assert {outcome for *_, outcome, _, _ in expected} >= set(names.OUTCOMES)


def test_one_file_holds_it_all(text: str) -> None:
    page = Page(text)
    assert page.fetched == []
    assert len(page.ids) == len(set(page.ids))
    assert set(re.findall(r"https?://([\w.]+)", text)) == {"www.w3.org"}
    for place in ("touches", "levels", "gamma", "hedge", "quality"):
        assert place in page.ids
        assert f'href="#{place}"' in text
    assert text.count("<svg") == 5 + 2
    assert "viewport" in text
    assert "@media print" in text


def test_hedging_is_what_the_relation_adds_up(text: str, demonstrated: Shown) -> None:
    with catalog(Settings(warehouse=demonstrated.warehouse)) as connection:
        expected = connection.execute(
            "select expiry_set, hedge_call_sum, hedge_put_sum, hedge_sum from options.hedge_5s"
            " where bucket_end = (select max(bucket_end) from options.hedge_5s) order by all"
        ).fetchall()
    rows = [row[:4] for row in Page(text).rows if row and row[0] in ("0dte", "5d", "all")]
    assert rows == [[name, *(f"{value:+,.0f}" for value in sums)] for name, *sums in expected]


def test_the_command_takes_a_session_or_the_latest(text: str, demonstrated: Shown) -> None:
    shell = demonstrated.shell
    assert "<svg" in text
    for args, error in (
        (("2024-03-06", "-o", "r.html"), "2024-03-06: no such session is built; there are 2024-"),
        (("latest", "-o", "r.pdf"), "r.pdf: a report ends in .html"),
        (("2024-03-06", "-o", "r.HTML"), "2024-03-06: no such session is built; there are 2024-"),
        (("tomorrow", "-o", "r.html"), "tomorrow: expected a date such as 2024-03-05"),
    ):
        assert single_line(shell.inside("report", *args, *PLACE)).startswith(error)
    assert not list(Path(shell.folder).glob("r.*"))
