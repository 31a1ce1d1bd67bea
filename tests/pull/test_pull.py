"""Buying from the vendor: cost first, once, verified, and every ill in one line."""

import gc
import json
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from first_use import Used
from pull.conftest import Desk
from pull.gateway import COUNT, DAY, JOB, KEY, cut, garbled, refused
from spymaster.pull import vendor
from spymaster.symbols import option_parents

FOLDER = "GLBX.MDP3-mbo-ES.FUT"
TUE, WED = "glbx-mdp3-20240109.mbo.dbn.zst", "glbx-mdp3-20240110.mbo.dbn.zst"
STREAM, COST, LIST = "timeseries.get_range", "metadata.get_cost", "batch.list_jobs"
BESIDE = ["condition.json", "metadata.json"]
"""What comes with the records."""
PRICE = "mbo ES.FUT: 2 days, 1,000 records, 0.000 GB, $2.50\ntogether $2.50\n"
KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
from spymaster.pull import pull, streaming, vendor
from spymaster.pull.receipts import Memory
vendor.GATEWAY = sys.argv[1]
place = {"keep": Memory}.get(sys.argv[3], streaming)
setattr(place, sys.argv[3], lambda *given: os.kill(os.getpid(), signal.SIGKILL))
day = date(2024, 1, 9)
pull(Path(sys.argv[2]), ["mbo"], ["ES.FUT"], day, day, agree=lambda quotes: True)
"""
"""A program that buys a day and is killed at a step on the way."""
ASKING = """
import sys
from datetime import date
from pathlib import Path
from spymaster.pull import pull, vendor
vendor.GATEWAY = sys.argv[1]
day = date(2024, 1, 9)
def agree(quotes):
    print("asked", flush=True)
    return bool(sys.stdin.readline())
pull(Path(sys.argv[2]), ["mbo"], ["ES.FUT"], day, day, agree=agree)
"""
"""A program that is about to buy a day and waits for an answer."""
leaky = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
"""The vendor's client leaves the file open of a stream that breaks."""


def error(result: object) -> str:
    """Return the last line, which is the only error."""
    lines = [line for line in result.stderr.splitlines() if line.startswith("error: ")]  # type: ignore[attr-defined]
    (line,) = lines
    return line.removeprefix("error: ")


def test_the_cost_comes_first_and_nobody_there_means_no(desk: Desk) -> None:
    result = desk.pull()
    assert result.returncode == 4
    assert result.stdout == ""
    assert result.stderr.startswith(PRICE)
    assert error(result) == "nothing bought: it costs $2.50; say --yes to buy it"
    assert desk.account.count(STREAM) == 0
    assert desk.files() == []


@pytest.mark.parametrize("more", [(), ("--yes",), ("--batch", "--yes")])
def test_too_dear_is_refused_whatever_else_is_said(desk: Desk, more: tuple[str, ...]) -> None:
    result = desk.pull("--max-cost", "2.49", *more)
    assert (result.returncode, error(result)) == (4, "it costs $2.50, more than --max-cost 2.49")
    assert desk.account.count(STREAM) + desk.account.count("batch.submit_job") == 0
    assert desk.pull("--max-cost", "2.50", "--yes").returncode == 0


def test_a_stream_is_a_file_a_day_and_is_bought_once(desk: Desk) -> None:
    result = desk.pull("--yes")
    assert result.returncode == 0
    said = f"{FOLDER}/condition.json: 2 conditions\n"
    assert result.stderr.endswith(f"{FOLDER}/{WED}: {COUNT} records\n{said}")
    assert result.stdout.splitlines() == [
        str(desk.folder / "out" / FOLDER / name) for name in (TUE, WED, "condition.json")
    ]
    names = sorted([*BESIDE, TUE, WED])
    assert desk.files() == [*(f"{FOLDER}/{name}" for name in names), "pull.json"]
    assert (desk.folder / "out" / FOLDER / TUE).read_bytes() == desk.account.day(DAY)
    asked = [given for path, given in desk.account.asked if path == STREAM]
    assert asked[0]["symbols"] == "ES.FUT"
    assert (asked[0]["start"], asked[0]["end"]) == ("2024-01-09", "2024-01-10")
    assert (asked[0]["stype_in"], asked[0]["dataset"]) == ("parent", "GLBX.MDP3")
    again = desk.pull("--max-cost", "0")
    assert (again.returncode, again.stdout) == (0, result.stdout)
    assert again.stderr == f"{said}nothing to buy: all of it is there, or paid\n"
    assert desk.account.count(STREAM) == 2


def test_only_days_that_are_missing_or_damaged_are_bought_again(desk: Desk) -> None:
    desk.pull("--yes")
    path = desk.folder / "out" / FOLDER / TUE
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    result = desk.pull("--yes", last="2024-01-12")
    assert "mbo ES.FUT: 3 days, 1,500 records, 0.000 GB, $3.75" in result.stderr
    assert path.read_bytes() == desk.account.day(DAY)
    days = [given["start"] for name, given in desk.account.asked if name == STREAM]
    assert days == ["2024-01-09", "2024-01-10", "2024-01-09", "2024-01-11", "2024-01-12"]


@pytest.mark.parametrize("more", [(), ("--batch",)])
def test_a_day_that_is_not_over_is_not_bought(desk: Desk, more: tuple[str, ...]) -> None:
    """Part of it would be remembered as all of it, or as a day without records."""
    today = datetime.now(UTC).date()
    over = today - timedelta(days=1)
    result = desk.pull("--yes", *more, first=str(over), last=str(today))
    said = f"to {today}: that day is not over; allowed: up to {over}, UTC"
    assert (result.returncode, error(result)) == (2, said)
    assert desk.account.asked == []
    assert desk.pull("--yes", *more, first=str(over), last=str(over)).returncode == 0


def test_a_weekend_costs_nothing_and_is_remembered(desk: Desk) -> None:
    result = desk.pull("--yes", first="2024-01-12", last="2024-01-14")
    assert result.returncode == 0
    assert result.stderr.count("no records that day") == 2
    assert desk.account.count(STREAM) == 1
    assert "nothing to buy" in desk.pull(first="2024-01-12", last="2024-01-14").stderr


def test_several_schemas_and_symbols_are_priced_together(desk: Desk) -> None:
    more = ("--schema", "mbo", "--schema", "trades", "--symbol", "ES.FUT", "--symbol", "ES.OPT")
    result = desk.pull(*more)
    assert "mbo ES.FUT,ES.OPT: 2 days" in result.stderr
    assert "trades ES.FUT,ES.OPT: 2 days" in result.stderr
    assert "together $5.00" in result.stderr


def test_what_came_lands(desk: Desk, used: Used) -> None:
    used(desk.folder / "warehouse")
    result = desk.pull("--yes", "--land")
    assert result.returncode == 0
    assert result.stderr.count(f"{COUNT} mbo records of 2024-01-") == 2
    assert len(list(desk.folder.glob("warehouse/raw/mbo/*/*.parquet"))) == 2


def test_all_options_are_asked_for_by_the_parents_of_every_class(desk: Desk) -> None:
    desk.account.dormant = tuple(name for name in option_parents("ES") if name != "EW.OPT")
    assert "mbo EW.OPT: 2 days" in desk.pull("--options").stderr
    assert "mbo ES.FUT,EW.OPT: 2 days" in desk.pull("--symbol", "ES.FUT", "--options").stderr
    asked = [given["symbols"] for name, given in desk.account.asked if name == COST]
    assert asked[0].split(",") == list(option_parents("ES"))


def test_a_dormant_parent_is_left_out_and_named(desk: Desk) -> None:
    desk.account.dormant = ("E1A.OPT", "E2B.OPT")
    symbols = [word for name in ("ES.OPT", "E1A.OPT", "E2B.OPT") for word in ("--symbol", name)]
    result = desk.pull("--yes", *symbols)
    assert result.returncode == 0
    said = "without E1A.OPT, E2B.OPT: dormant from 2024-01-09 to 2024-01-10, mbo"
    assert result.stderr.splitlines()[0] == said
    assert "mbo ES.OPT: 2 days" in result.stderr
    asked = [given["symbols"] for name, given in desk.account.asked if name == STREAM]
    assert asked == ["ES.OPT,E1A.OPT,E2B.OPT", "ES.OPT"] * 2, "refused, then bought"
    desk.account.dormant = ("ES.OPT", "E1A.OPT", "E2B.OPT")
    alone = desk.pull("--yes", *symbols, last="2024-01-11")
    assert alone.returncode == 1
    assert error(alone).startswith("Could not resolve smart symbols from 2024-01-11 to 2024-01-11")


def test_without_a_key_nothing_is_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABENTO_API_KEY")
    result = desk.pull("--yes")
    assert result.returncode == 2
    assert error(result) == "DATABENTO_API_KEY is not set; it holds the key of your account"
    assert desk.account.asked == []


def test_an_unknown_key_is_named_by_its_variable(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABENTO_API_KEY", "db-another")
    result = desk.pull("--yes")
    assert result.returncode == 2
    assert error(result) == "the vendor does not know the key in DATABENTO_API_KEY (401)"
    assert "db-another" not in result.stderr


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (402, 4, "the vendor refuses (402): some_case broke: no money"),
        (403, 4, "the vendor refuses (403): some_case broke: no money"),
        (400, 1, "the vendor answers 400: some_case broke: no money"),
        (500, 1, "the vendor answers 500: some_case broke: no money"),
        (429, 1, "the vendor answers 429: some_case broke: no money"),
    ],
)
@pytest.mark.parametrize("path", [COST, STREAM])
def test_every_refusal_is_one_line(
    desk: Desk, status: int, code: int, said: str, path: str
) -> None:
    desk.account.faults[path] = [refused(status, "broke: no money")] * 9
    result = desk.pull("--yes")
    assert (result.returncode, error(result)) == (code, said)
    tries = 5 if status == 429 or (status == 500 and path == COST) else 1
    assert desk.account.count(path) == tries, "bounded, and never paid for twice"


def test_a_busy_vendor_is_given_the_time_it_asks_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    busy = refused(429, "slow down", Retry_After="7")
    endless = refused(429, "slow down", Retry_After="86400")
    desk.account.faults[COST] = [busy, endless]
    desk.account.faults[STREAM] = [busy]
    assert desk.pull("--yes").returncode == 0
    assert slept == [7.0, 60.0, 7.0]


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'"none"', b"NaN", b"-1"])
def test_an_answer_that_is_none_is_one_line(desk: Desk, body: bytes) -> None:
    desk.account.faults[COST] = [garbled(body)] * 9
    result = desk.pull("--yes")
    assert result.returncode == 1
    assert "vendor" in error(result)


def test_nobody_at_the_gateway_is_one_line(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor, "GATEWAY", "https://127.0.0.1:1")
    result = desk.pull("--yes")
    assert result.returncode == 1
    assert error(result).startswith("no answer from the vendor: ")


def test_a_gateway_that_is_not_trusted_gets_no_key(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    result = desk.pull("--yes")
    assert result.returncode == 1
    assert "certificate verify failed" in error(result)
    assert desk.account.asked == []


@leaky
def test_a_stream_that_breaks_keeps_the_days_before_and_goes_on_there(desk: Desk) -> None:
    desk.account.faults[STREAM] = [lambda handler, body: handler.reply(200, body), cut(0.5)]
    result = desk.pull("--yes")
    assert result.returncode == 1
    assert error(result).startswith("no answer from the vendor: Error streaming response: ")
    assert desk.files() == [f"{FOLDER}/{TUE}", "pull.json"]
    gc.collect()
    again = desk.pull("--yes")
    assert again.returncode == 0
    assert "mbo ES.FUT: 1 day, 500 records, 0.000 GB, $1.25" in again.stderr
    names = sorted([*BESIDE, TUE, WED])
    assert desk.files() == [*(f"{FOLDER}/{name}" for name in names), "pull.json"]


@pytest.mark.parametrize(
    ("step", "n_before"),
    [("_count", 0), ("keep", 0), ("settle", 0), ("settle", 1)],
    ids=["verifying", "remembering", "naming", "naming anew"],
)
def test_a_day_that_came_is_not_bought_again_whenever_its_command_was_killed(
    desk: Desk, step: str, n_before: int
) -> None:
    path, n_bought = desk.folder / "out" / FOLDER / TUE, n_before + 1
    if n_before:
        assert desk.pull("--yes", last="2024-01-09").returncode == 0
        path.write_bytes(b"damaged")
    args = [sys.executable, "-c", KILLED, vendor.GATEWAY, str(desk.folder / "out"), step]
    killed = subprocess.run(args, capture_output=True, timeout=60, check=False)
    assert (killed.returncode, desk.account.count(STREAM)) == (-signal.SIGKILL, n_bought)
    result = desk.pull(last="2024-01-09")
    assert result.returncode == 0
    assert f"{FOLDER}/{TUE}: {COUNT} records that came before\n" in result.stderr
    assert desk.account.count(STREAM) == n_bought
    assert path.read_bytes() == desk.account.day(DAY)
    names = sorted([*BESIDE, TUE])
    assert desk.files() == [*(f"{FOLDER}/{name}" for name in names), "pull.json"]
    assert "came before" not in desk.pull(last="2024-01-09").stderr


def test_a_folder_that_another_command_buys_into_is_left_to_it(desk: Desk) -> None:
    args = [sys.executable, "-c", ASKING, vendor.GATEWAY, str(desk.folder / "out")]
    pipe = subprocess.PIPE
    with subprocess.Popen(args, stdin=pipe, stdout=pipe, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "asked\n"
        result = desk.pull("--yes", last="2024-01-09")
        running.communicate("yes\n", timeout=60)
    folder = desk.folder / "out"
    assert (result.returncode, running.returncode) == (3, 0)
    assert error(result) == f"{folder}: another pull is under way; wait for it"
    assert "nothing to buy" in desk.pull(last="2024-01-09").stderr
    assert desk.account.count(STREAM) == 1


@pytest.mark.parametrize("more", [(), ("--batch",)])
def test_symbols_in_another_order_are_the_same_purchase(desk: Desk, more: tuple[str, ...]) -> None:
    symbols = ("--symbol", "ES.OPT", "--symbol", "ES.FUT")
    assert desk.pull("--yes", *more, *symbols).returncode == 0
    desk.account.jobs.clear()
    again = desk.pull(*more, *symbols[2:], *symbols[:2])
    assert (again.returncode, again.stderr.count("nothing to buy")) == (0, 1)


def test_a_file_that_is_not_remembered_is_taken_only_if_all_of_its_day_is_in_it(
    desk: Desk,
) -> None:
    desk.pull("--yes")
    (desk.folder / "out/pull.json").unlink()
    (desk.folder / "out" / FOLDER / WED).write_bytes(desk.account.day(DAY)[:1_000])
    result = desk.pull()
    assert result.returncode == 4
    assert "mbo ES.FUT: 1 day, 500 records, 0.000 GB, $1.25" in result.stderr
    desk.account.count_of_a_day = COUNT + 1
    (desk.folder / "out/pull.json").unlink()
    assert "mbo ES.FUT: 2 days" in desk.pull().stderr


@leaky
@pytest.mark.parametrize("body", [b"", b"not DBN at all", "half"])
def test_a_stream_that_is_no_whole_file_is_not_kept(desk: Desk, body: bytes | str) -> None:
    whole = desk.account.day(DAY)
    sent = body if isinstance(body, bytes) else whole[: len(whole) // 2]
    desk.account.faults[STREAM] = [garbled(sent)]
    result = desk.pull("--yes")
    assert result.returncode == 1
    assert error(result)
    assert desk.files() == []
    gc.collect()


def test_a_memory_that_is_damaged_is_named(desk: Desk) -> None:
    (desk.folder / "out").mkdir()
    (desk.folder / "out/pull.json").write_text("{")
    result = desk.pull("--yes")
    assert result.returncode == 1
    assert "pull.json: not what pull remembers: JSONDecodeError" in error(result)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--schema", "mbp-10"), "schema 'mbp-10'; allowed: mbo, "),
        (("--to", "2024-01-08"), "from 2024-01-09 to 2024-01-08: the last day is before"),
    ],
)
def test_a_question_that_makes_no_sense_is_not_asked(
    desk: Desk, more: tuple[str, ...], said: str
) -> None:
    result = desk.pull(*more)
    assert result.returncode == 2
    assert error(result).startswith(said)
    assert desk.account.asked == []


def test_a_batch_job_is_waited_for_and_its_files_verified(desk: Desk) -> None:
    desk.account.polls = 4
    result = desk.pull("--yes", "--batch")
    assert result.returncode == 0
    assert f"{JOB}: submitted\n" in result.stderr
    names = sorted([*BESIDE, TUE, WED, "manifest.json"])
    assert desk.files() == [*(f"{JOB}/{name}" for name in names), "pull.json"]
    (given,) = (given for name, given in desk.account.asked if name == "batch.submit_job")
    assert (given["split_duration"], given["stype_in"]) == ("day", "parent")
    assert (given["encoding"], given["compression"]) == ("dbn", "zstd")
    again = desk.pull("--batch")
    assert (again.returncode, again.stdout) == (0, result.stdout)
    assert desk.account.count("batch.submit_job") == 1
    assert desk.account.count(TUE) == 1


def test_a_job_that_takes_too_long_is_picked_up_later(desk: Desk) -> None:
    desk.account.polls = 10_000
    result = desk.pull("--yes", "--batch", "--patience", "0.05")
    assert result.returncode == 1
    said = f"{JOB}: still processing after 0 s; the same command picks it up again"
    assert error(result) == said
    desk.account.polls = 0
    again = desk.pull("--batch")
    assert again.returncode == 0
    assert desk.account.count("batch.submit_job") == 1


def test_a_job_of_the_first_records_alone_is_not_taken_for_the_whole(desk: Desk) -> None:
    desk.pull("--yes", "--batch")
    (desk.folder / "out/pull.json").unlink()
    desk.account.jobs[-1]["limit"] = "1000"
    result = desk.pull("--batch")
    assert result.returncode == 4
    assert "picked up again" not in result.stderr


@pytest.mark.parametrize("dormant", [(), ("E1A.OPT",)])
def test_a_job_nobody_remembered_is_found_at_the_vendor(
    desk: Desk, dormant: tuple[str, ...]
) -> None:
    desk.account.dormant = dormant
    symbols = ("--symbol", "ES.OPT", "--symbol", "E1A.OPT")
    desk.pull("--yes", "--batch", *symbols)
    (desk.folder / "out/pull.json").unlink()
    result = desk.pull("--batch", *symbols)
    assert f"{JOB}: submitted before, picked up again" in result.stderr
    assert desk.account.count("batch.submit_job") == 1
    other = desk.pull("--batch", "--symbol", "ES.FUT")
    assert other.returncode == 4


def test_an_expired_job_is_not_bought_again_while_its_files_are_there(desk: Desk) -> None:
    result = desk.pull("--yes", "--batch")
    desk.account.jobs[0]["state"] = "expired"
    again = desk.pull("--yes", "--batch")
    assert (again.returncode, again.stdout) == (0, result.stdout)
    assert again.stderr == "nothing to buy: all of it is there, or paid\n"
    assert desk.account.count("batch.submit_job") == 1


@pytest.mark.parametrize("name", [TUE, "manifest.json"])
def test_an_expired_job_of_which_something_is_gone_is_bought_again_only_with_leave(
    desk: Desk, name: str
) -> None:
    desk.pull("--yes", "--batch")
    desk.account.jobs[0]["state"] = "expired"
    (desk.folder / "out" / JOB / name).unlink()
    result = desk.pull("--batch")
    assert result.returncode == 4
    assert f"{JOB}: expired at the vendor" in result.stderr


def test_a_download_that_breaks_goes_on_where_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "CHUNK", 1024)
    ranges: list[str | None] = []
    whole = len(desk.account.day(DAY))

    def note(share: float):  # type: ignore[no-untyped-def]
        def answer(handler, body):  # type: ignore[no-untyped-def]
            ranges.append(handler.headers.get("Range"))
            if handler.headers.get("Range"):
                first = int(handler.headers["Range"].removeprefix("bytes=").split("-")[0])
                where = f"bytes {first}-{len(body) - 1}/{len(body)}"
                handler.reply(206, body[first:], Content_Range=where)
            else:
                cut(share)(handler, body)

        return answer

    desk.account.faults[TUE] = [note(0.5), note(1.0)]
    result = desk.pull("--yes", "--batch")
    assert result.returncode == 0
    assert ranges == [None, f"bytes={whole // 2 // 1024 * 1024}-{whole - 1}"]
    assert (desk.folder / "out" / JOB / TUE).read_bytes() == desk.account.day(DAY)


def test_a_download_that_never_comes_ends(desk: Desk) -> None:
    desk.account.faults[TUE] = [cut(0.0)] * 99
    result = desk.pull("--yes", "--batch")
    assert result.returncode == 1
    assert error(result).startswith(f"{TUE}: no answer from the vendor: ")
    assert desk.account.count(TUE) == 5
    desk.account.faults.clear()
    assert desk.pull("--batch").returncode == 0
    assert desk.account.count("batch.submit_job") == 1


@pytest.mark.parametrize("status", [429, 500])
def test_a_download_outlasts_a_busy_vendor_but_not_for_ever(desk: Desk, status: int) -> None:
    desk.account.faults[TUE] = [refused(status, "later", Retry_After="0")] * 3
    assert desk.pull("--yes", "--batch").returncode == 0
    desk.account.faults[WED] = [refused(status, "later", Retry_After="0")] * 99
    (desk.folder / "out" / JOB / WED).unlink()
    result = desk.pull("--batch")
    assert result.returncode == 1
    assert error(result) == f"{WED}: the vendor answers {status}: some_case later"
    assert desk.account.count(WED) == 1 + 5


def test_a_file_that_is_not_what_the_manifest_says_is_not_kept(desk: Desk) -> None:
    bad = b"x" * len(desk.account.day(DAY))
    desk.account.faults[TUE] = [garbled(bad)] * 2
    result = desk.pull("--yes", "--batch")
    assert result.returncode == 1
    assert error(result).startswith(f"{JOB}/{TUE}: sha256 is ")
    assert desk.files() == [f"{JOB}/condition.json", "pull.json"]
    desk.account.faults[TUE] = [garbled(bad)]
    assert desk.pull("--batch").returncode == 0, "one bad download is made good"


def test_a_vendor_that_sends_now_more_now_less_is_given_up(desk: Desk) -> None:
    desk.account.faults[TUE] = [garbled(b"x" * 20), garbled(b"x" * 10)] * 50
    result = desk.pull("--yes", "--batch")
    assert result.returncode == 1
    assert error(result).endswith("the vendor sends less than it promised")
    assert desk.account.count(TUE) == 5


def test_a_manifest_that_is_none_is_named(desk: Desk) -> None:
    listed = desk.account.files
    desk.account.files = lambda job: listed(job) | {"manifest.json": b"[]"}  # type: ignore[method-assign]
    assert desk.pull("--yes", "--batch").returncode == 0
    again = desk.pull("--batch")
    assert again.returncode == 1
    assert error(again).startswith(f"{JOB}/manifest.json: not a manifest: TypeError")


@pytest.mark.parametrize("place", ["https://127.0.0.1:1", "http://{}"])
def test_a_file_elsewhere_gets_no_key(desk: Desk, place: str) -> None:
    place = place.format(vendor.GATEWAY.removeprefix("https://"))
    elsewhere = [{"filename": TUE, "size": 9, "hash": f"sha256:{'0' * 64}", "urls": {}}]
    elsewhere[0]["urls"] = {"https": f"{place}/file"}
    desk.account.faults["batch.list_files"] = [garbled(json.dumps(elsewhere).encode())]
    result = desk.pull("--yes", "--batch")
    assert result.returncode == 1
    assert error(result) == f"{TUE}: offered at {place}, not {vendor.GATEWAY}"
    assert desk.account.count("file") == 0


@pytest.mark.parametrize("name", ["../up.dbn", "/root.dbn", ".hidden"])
def test_a_file_may_not_name_a_place_of_its_own(desk: Desk, name: str) -> None:
    listed = [{"filename": name, "size": 9, "hash": f"sha256:{'0' * 64}", "urls": {"https": "x"}}]
    desk.account.faults["batch.list_files"] = [garbled(json.dumps(listed).encode())]
    result = desk.pull("--yes", "--batch")
    assert result.returncode == 1
    assert error(result).startswith("the vendor's answer cannot be read: ValueError: ")


def test_the_key_is_cut_from_what_the_vendor_says(desk: Desk) -> None:
    desk.account.faults[COST] = [refused(400, f"bad key {KEY}")]
    result = desk.pull("--yes")
    assert error(result).endswith("bad key ***")
