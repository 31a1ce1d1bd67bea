"""What the vendor says of the days that were bought: asked for free, kept, landed with them."""

import json
from datetime import date

import pytest

from first_use import Used
from pull.conftest import Desk
from pull.gateway import JOB, garbled, refused
from spymaster.warehouse.layout import Layout
from spymaster.warehouse.ledger import Ledger

FOLDER = "GLBX.MDP3-mbo-ES.FUT"
SAID = "metadata.get_dataset_condition"
TUE, WED, THU = (date(2024, 1, day) for day in (9, 10, 11))


def kept(desk: Desk, folder: str = FOLDER) -> dict[str, str]:
    """Return the condition of each day that is beside the files."""
    written = json.loads((desk.folder / "out" / folder / "condition.json").read_text())
    return {entry["date"]: entry["condition"] for entry in written}


def landed(desk: Desk) -> list[tuple[str, str]]:
    """Return the schema and date of everything that landed but records and symbols."""
    partitions = Ledger(Layout(desk.folder / "warehouse")).partitions()
    return [(part.dataset, str(part.date)) for part in partitions if part.schema == "condition"]


def test_a_stream_asks_for_the_days_it_covers_both_ends_included(desk: Desk) -> None:
    desk.account.conditions = {WED: "degraded"}
    result = desk.pull("--yes")
    assert result.returncode == 0
    assert f"{FOLDER}/condition.json: 2 conditions; degraded: 2024-01-10\n" in result.stderr
    ((_, given),) = (asked for asked in desk.account.asked if asked[0] == SAID)
    span = {"start_date": "2024-01-09", "end_date": "2024-01-10"}
    assert given == {"dataset": "GLBX.MDP3", **span}
    assert kept(desk) == {"2024-01-09": "available", "2024-01-10": "degraded"}
    content = (desk.folder / "out" / FOLDER / "condition.json").read_bytes()
    assert content == desk.account.said(TUE, WED), "byte by byte as a batch job has it"


def test_it_is_asked_again_where_nothing_has_to_be_bought(desk: Desk) -> None:
    desk.pull("--yes", last="2024-01-11")
    desk.account.conditions = {WED: "degraded"}
    again = desk.pull()
    assert (again.returncode, again.stderr.count("nothing to buy")) == (0, 1)
    assert kept(desk) == {
        "2024-01-09": "available",
        "2024-01-10": "degraded",
        "2024-01-11": "available",
    }


def test_a_weekend_of_which_nothing_is_said_leaves_no_file(desk: Desk) -> None:
    result = desk.pull("--yes", first="2024-01-13", last="2024-01-14")
    assert (result.returncode, result.stdout) == (0, "")
    assert desk.files() == ["pull.json"]


@pytest.mark.parametrize("more", [(), ("--batch",)], ids=["stream", "batch"])
def test_it_lands_with_what_came(desk: Desk, used: Used, more: tuple[str, ...]) -> None:
    used(desk.folder / "warehouse")
    desk.account.conditions = {TUE: "degraded"}
    result = desk.pull("--yes", "--land", *more)
    assert result.returncode == 0
    folder = desk.folder / "out" / (JOB if more else FOLDER)
    said = f"landed {folder}/condition.json: 2 conditions; degraded: 2024-01-09\n"
    assert said in result.stderr
    assert landed(desk) == [("GLBX.MDP3", "2024-01-09"), ("GLBX.MDP3", "2024-01-10")]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "ValueError: {}; allowed: a list of days"),
        (b'[{"date": "2024-01-09", "condition": "fine"}]', "condition 'fine'; allowed: available"),
        (b"<html>", "no answer from the vendor: Expecting value"),
    ],
)
def test_an_answer_that_is_none_is_one_line_and_the_records_stay(
    desk: Desk, body: bytes, said: str
) -> None:
    desk.account.faults[SAID] = [garbled(body)] * 9
    result = desk.pull("--yes")
    assert result.returncode == 1
    (line,) = (line for line in result.stderr.splitlines() if line.startswith("error: "))
    assert said in line
    assert "condition.json" not in " ".join(desk.files())
    desk.account.faults.clear()
    assert desk.pull().returncode == 0, "nothing is bought again"


def test_a_vendor_that_passes_out_is_asked_again(desk: Desk) -> None:
    desk.account.faults[SAID] = [refused(500), refused(429)]
    assert desk.pull("--yes").returncode == 0
    assert desk.account.count(SAID) == 3


def test_a_file_that_was_edited_is_named(desk: Desk) -> None:
    desk.pull("--yes")
    path = desk.folder / "out" / FOLDER / "condition.json"
    path.write_text("[5]")
    result = desk.pull()
    assert result.returncode == 1
    assert f"error: {path}: not the conditions of a batch: entry 0: 5; allowed: " in result.stderr
