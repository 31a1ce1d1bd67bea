"""``import spymaster``: commands as calls, on the warehouse that the demo left."""

from __future__ import annotations

import ast
import doctest
import importlib
import importlib.util
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import chdir
from datetime import date, datetime, time
from inspect import signature
from pathlib import Path
from typing import Any

import pytest

import spymaster
from cli.conftest import SESSION, Shell, Shown
from first_use import Used
from spymaster import api
from spymaster.charts import svg
from spymaster.cli.commands import read
from spymaster.cli.on_demand import Commands
from spymaster.errors import DataError, RefusedError, UsageError
from texts import README, blocks

HEAVY = (
    "duckdb",
    "_duckdb",
    "pyarrow",
    "numba",
    "numpy",
    "pandas",
    "sqlglot",
    "jinja2",
    "typer",
    "rich",
)
ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("examples/notebooks/*.ipynb"))


@pytest.fixture(scope="module")
def db(demonstrated: Shown) -> Iterator[spymaster.Database]:
    with spymaster.connect(demonstrated.warehouse) as db:
        yield db


def test_the_import_loads_nothing_that_takes_time() -> None:
    code = "import sys; before = set(sys.modules); import spymaster; spymaster.__doc__\n"
    code += "print(*sorted(set(sys.modules) - before))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = found.stdout.split()
    assert not {name.partition(".")[0] for name in loaded} & set(HEAVY)
    assert [name for name in loaded if name.startswith("spymaster")] == ["spymaster"]
    assert len(loaded) < 30


@pytest.mark.parametrize("name", spymaster.__all__)
def test_everything_that_is_named_is_there_and_says_what_it_is(name: str) -> None:
    found = getattr(spymaster, name)
    assert name in dir(spymaster)
    assert name == "__version__" or found.__doc__


def test_a_verb_is_a_verb_whatever_part_of_its_name_was_imported() -> None:
    for name in ("land", "simulate"):
        assert importlib.import_module(f"spymaster.{name}").__path__
        assert getattr(spymaster, name) is getattr(api, name)
    with pytest.raises(AttributeError, match="no attribute 'lnad'"):
        _ = spymaster.lnad


MODULES = [f"spymaster.api.{found.name}" for found in pkgutil.iter_modules(api.__path__)]


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_its_descriptions_run(
    db: spymaster.Database, demonstrated: Shown, module: str
) -> None:
    names = {"db": db, "warehouse": demonstrated.warehouse}
    part = importlib.import_module(module)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for example in doctest.DocTestFinder().find(part, extraglobs=names):
        runner.run(example)
    assert runner.summarize(verbose=False).failed == 0


def test_a_command_is_a_call_or_is_named_as_one_that_is_none() -> None:
    calls = {*spymaster.__all__, *dir(spymaster.Database)} | {"query"}
    (named,) = re.findall(r"Commands without a call: ([\w\s,]+)\.", api.__doc__ or "")
    assert set(Commands()) - calls == set(re.split(r",\s+", named))


def test_a_call_takes_what_the_command_takes() -> None:
    """By whatever name; where a file is, a call returns the chart, and every call has settings."""
    drawn = {name for name in signature(spymaster.Database.plot).parameters if name != "self"}
    typed = {name for name in signature(read.plot).parameters if name != "warehouse"}
    assert drawn - {"start", "end"} == typed - {"output", "first", "last"}


def test_an_answer_is_the_same_in_every_form(db: spymaster.Database) -> None:
    asked = db.sql(
        "select bucket_end, net from states_5s where level_id = $level and net is not null"
        " and session = $day order by all limit 5",
        level="PM_HIGH",
        day=SESSION,
    )
    rows = asked.rows()
    assert len(rows) == 5
    assert [tuple(row) for row in asked.df().itertuples(index=False)] == rows
    assert [tuple(row.values()) for row in asked.arrow().to_pylist()] == rows
    assert repr(asked).splitlines()[0].split() == ["bucket_end", "net"]
    assert asked._repr_html_().count("<tr>") == 6


def test_an_answer_says_that_it_has_more_rows_than_are_shown(db: spymaster.Database) -> None:
    for n, more in ((20, []), (21, ["first 20 rows; .df() has all"])):
        asked = db.sql(f"from range({n})")
        assert repr(asked).splitlines()[21:] == more
        assert asked._repr_html_().count("<tr>") == 21
        assert asked._repr_html_().rpartition("</table>")[2] == "".join(f"<p>{m}</p>" for m in more)


def test_polars_is_asked_for_by_name_where_it_is_missing(db: spymaster.Database) -> None:
    asked = db.sql("select 1 as n")
    if importlib.util.find_spec("polars"):
        assert asked.pl().rows() == [(1,)]
    else:
        with pytest.raises(UsageError, match="polars: not installed"):
            asked.pl()


def test_what_is_wrong_is_said_in_one_line(db: spymaster.Database, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^query: Binder Error: .*\"nothing\""):
        db.sql("select nothing from states_5s")
    with pytest.raises(DataError, match=r"^query: Conversion Error|^query:1:"):
        db.sql("select level_id::integer from states_5s").rows()
    with pytest.raises(UsageError, match="query runs one SELECT; found: DROP"):
        db.sql("drop table sessions")
    with pytest.raises(UsageError, match="no catalog yet"):
        spymaster.connect(tmp_path)
    with pytest.raises(UsageError, match="soon: expected a date such as 2024-03-05"):
        db.touches("soon")
    with pytest.raises(UsageError, match="wait_s 7: allowed are 0, 30, 60"):
        db.touches(wait_s=7)
    with pytest.raises(UsageError, match="horizon_s 7: allowed are 120, 300, 600"):
        db.similar("PM_HIGH", horizon_s=7)


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda db: db.similar("PM_HIGH", k=0), "k 0: expected a whole number from 1 to 10000"),
        (lambda db: db.similar("PM_HIGH", k=10**20), "k 10{20}: expected a whole number from 1 to"),
        (lambda db: db.similar("PM_HIGH", at="10:31+02:00"), r"10:31\+02:00: expected a time of"),
        (lambda db: db.similar("PM_HIGH", at=1031), "1031: expected a time of day such as 09:45"),
        (lambda db: db.outcomes(by="kind,colour"), "by colour: allowed are level, kind, approach"),
        (lambda db: db.outcomes(wait_s=7), "wait_s 7: allowed are 0, 30, 60"),
        (lambda db: db.touches(level="NOPE"), "NOPE: no such tracked level; there are: .*PM_HIGH"),
        (lambda db: db.touches(20240305), "20240305: expected a date such as 2024-03-05"),
        (lambda db: db.touches("2024-W10-2"), "2024-W10-2: expected a date such as 2024-03-05"),
        (lambda db: db.touches("1950-01-03"), "1950-01-03: expected a date from 1990-01-02 to"),
        (lambda db: db.plot("gex", start="10:00"), "start: not for gex"),
        (lambda db: db.plot("gex", end="10:00"), "end: not for gex"),
        (lambda db: db.plot("PM_LOW", at="10:00"), "at: not for PM_LOW"),
        (lambda db: db.plot("PM_LOW", expiry_set="5d"), "expiry_set: not for PM_LOW"),
        (lambda db: db.plot("gex", expiry_set="6d"), "expiry set '6d': allowed are 0dte, 5d, all"),
        (lambda db: db.sql("select $level"), r"query: \$level has no value; give level=\.\.\."),
        (lambda db: db.report("r.pdf"), "r.pdf: a report ends in .html"),
    ],
)
def test_what_a_command_refuses_a_call_refuses(
    db: spymaster.Database, ask: Callable[[spymaster.Database], Any], error: str
) -> None:
    with pytest.raises(UsageError, match=f"^{error}"):
        ask(db)


def test_a_session_of_a_table_of_pandas_is_a_date(db: spymaster.Database) -> None:
    (session,) = db.sessions().df()["session"]
    assert db.touches(session).rows() == db.touches(SESSION).rows()


def test_a_chart_is_what_the_command_draws(
    db: spymaster.Database, demonstrated: Shown, tmp_path: Path
) -> None:
    for subject, how, typed in (
        ("gex", {"at": "10:15", "expiry_set": "5d", "dark": True}, ("--at", "10:15", "--dark")),
        ("PM_LOW", {"start": "10:00", "end": "10:05"}, ("--from", "10:00", "--to", "10:05")),
    ):
        options = [*typed, *(("--expiry-set", "5d") if subject == "gex" else ())]
        file = tmp_path / "typed.svg"
        place = ("-o", file, "--warehouse", demonstrated.warehouse)
        drawn = demonstrated.shell.inside("plot", subject, *options, *place)
        assert drawn.returncode == 0, drawn.stderr
        assert svg(db.plot(subject, **how)) == file.read_text(encoding="utf-8")


def test_verdict_report_and_models_are_those_of_the_commands(
    db: spymaster.Database, demonstrated: Shown, tmp_path: Path
) -> None:
    def typed(*args: str | Path) -> str:
        return demonstrated.shell.inside(*args, "--warehouse", demonstrated.warehouse).stdout

    # of one session nobody knows how far its gain may lie from others
    said = json.dumps(db.evaluate().to_json(), default=str, allow_nan=False)
    assert json.loads(typed("evaluate", "--json")) == json.loads(said)
    assert db.report(tmp_path / "called.html", SESSION) == len(db.touches(SESSION).rows())
    typed("report", "latest", "-o", tmp_path / "typed.html")
    assert (tmp_path / "called.html").read_bytes() == (tmp_path / "typed.html").read_bytes()
    place = {"warehouse": demonstrated.warehouse}
    assert typed("render", "flow_5s") == spymaster.render("flow_5s", **place) + "\n"
    assert (
        typed("lineage", "flow_5s.add_qty") == f"{spymaster.lineage('flow_5s.add_qty', **place)}\n"
    )


def test_touches_say_what_came_of_each(db: spymaster.Database) -> None:
    """Against the relations that they are made of, taken apart in plain Python."""
    found = db.touches(SESSION).arrow().to_pylist()
    touches = db.sql("from pressure.touches order by bucket_end, level_id").arrow().to_pylist()
    judged = db.sql("from setups.outcomes where wait_s = 0").arrow().to_pylist()
    assert len(found) == len(touches) > 0
    for row, touch in zip(found, touches, strict=True):
        assert row["bucket_end"] == touch["bucket_end"]
        assert row["new_york"] == datetime(2024, 3, 5, *_clock(touch["bucket_end"], hours=-5))
        for horizon in (120, 300, 600):
            (expected,) = {
                one["outcome"]
                for one in judged
                if (one["cluster_id"], one["touched_at"], one["horizon_s"])
                == (touch["cluster_id"], touch["bucket_end"], horizon)
            } or {None}
            assert row[f"outcome_{horizon}s"] == expected
    levels = db.touches(level="PM_LOW").arrow().to_pylist()
    assert levels == [row for row in found if "PM_LOW" in row["level_ids"]]
    assert db.touches("2024-03-06").rows() == []


def _clock(at: datetime, hours: int) -> tuple[int, int, int]:
    return at.hour + hours, at.minute, at.second


def test_past_setups_are_shown_as_the_command_prints_them(
    db: spymaster.Database, demonstrated: Shown
) -> None:
    level = db.touches().arrow()["level_id"][0].as_py()
    found = db.similar(level)
    printed = demonstrated.shell.inside("similar", level, "--warehouse", demonstrated.warehouse)
    assert found.moment.level_id == level
    assert repr(found).split() == printed.stdout.split()
    assert db.similar(level, at=time(10, 0)).moment.at == datetime(2024, 3, 5, 15, 0)


def test_how_levels_held_is_what_the_command_counts(
    db: spymaster.Database, demonstrated: Shown
) -> None:
    rows = db.outcomes(by=["level"]).arrow().to_pylist()
    asked = ("outcomes", "--by", "level", "--warehouse", demonstrated.warehouse)
    printed = demonstrated.shell.inside(*asked).stdout.splitlines()[1:]
    assert [row["level"] for row in rows] == [line.split()[0] for line in printed]


@pytest.mark.thorough
def test_a_question_sees_what_was_published_since(used: Used, tmp_path: Path) -> None:
    folder = used(tmp_path / "warehouse")
    made = spymaster.simulate(
        "2024-03-05", tmp_path / "files", rate=0.01, start="09:30", end="09:32", options=False
    )
    landed = spymaster.land(made.definition, warehouse=folder)
    assert [one.outcome for one in landed] == ["landed"]
    with spymaster.connect(folder) as db:
        before = db.sql("from sessions")
        assert before.rows() == []
        spymaster.land(list(made.future_files), warehouse=folder)
        planned = spymaster.plan("market.trades_5s", warehouse=folder, window_end="09:32")
        report = spymaster.run("market.sessions", warehouse=folder, window_end="09:32")
        assert (report.failures, len(planned.todo) > 0) == ([], True)
        assert db.sql("select session from sessions").rows() == [(date(2024, 3, 5),)]
        assert before.rows() == [], "an answer stays what it was"
        assert db.sessions().df()["session"].dt.date.to_list() == [SESSION]
    assert spymaster.connect(folder).settings.window_end == time(9, 32)
    with pytest.raises(RefusedError, match='window_end is "09:32", --window-end says "09:31"'):
        spymaster.backfill(warehouse=folder, window_end="09:31")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_its_first_cell_to_its_last(
    demonstrated: Shown, notebook: Path
) -> None:
    """In a plain namespace: what a kernel adds is a process to wait for."""
    names: dict[str, Any] = {}
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert len(code) > 3
    folder = demonstrated.shell.folder / "examples" / "notebooks"
    folder.mkdir(parents=True, exist_ok=True)
    with chdir(folder):
        for source in code:
            shown = evaluate(source, notebook.name, names)
            assert shown is None or repr(shown)


def test_the_lines_of_the_readme_run_as_printed(demonstrated: Shown) -> None:
    (printed,) = blocks(README, "python")
    with chdir(demonstrated.shell.folder):
        shown = evaluate(printed, "README.md", {})
    assert shown.arrow().num_rows > 0


def test_an_answer_without_rows_is_an_answer(used: Used, tmp_path: Path) -> None:
    with spymaster.connect(used(tmp_path / "warehouse")) as db:
        for found in (db.touches(), db.outcomes(), db.sessions(), db.sql("from touches")):
            assert found.rows() == []
            assert repr(found).split()[0] == found.columns[0]


def evaluate(source: str, name: str, names: dict[str, Any]) -> Any:
    """Run a cell and return what its last line shows, as a notebook does."""
    tree = ast.parse(source, name)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), name, "eval"), names)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_showed(notebook: Path) -> None:
    written = json.loads(notebook.read_text(encoding="utf-8"))
    for cell in written["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
    assert written["nbformat"] == 4


def test_there_are_three_notebooks() -> None:
    assert len(NOTEBOOKS) == 3


def test_the_working_folder_says_which_warehouse(built: Shell) -> None:
    with chdir(built.folder):
        assert spymaster.connect().settings.window_end == time(9, 34)
