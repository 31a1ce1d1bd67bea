"""What other processes see and suffer: readers beside a build, killed builds, imports."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from desk import FRI, MON, WED, Desk
from spymaster.warehouse import duck

RUN = """
import sys
from pathlib import Path
from spymaster import operations
from spymaster.settings import Settings
{before}
report = operations.run(Settings(warehouse=Path({warehouse!r})), sql=Path({sql!r}))
{after}
"""
DIE = """
import os
left = {renames}
def die(event, arguments):
    global left
    # what a module is compiled to is moved into its place, too
    if event == "os.rename" and not str(arguments[1]).endswith(".pyc"):
        left -= 1
        if left < 0:
            os._exit(9)
sys.addaudithook(die)
"""
READ = """
import json, sys
from pathlib import Path
from spymaster.warehouse import duck
link, found = Path({link!r}), {{"reads": 0, "torn": 0}}
while not Path({stop!r}).exists():
    with duck.read_only(link.resolve()) as connection:
        days = connection.execute("select sum(high) from market.days").fetchone()
        ranks = connection.execute("select sum(high) from levels.ranks").fetchone()
    found["reads"] += 1
    found["torn"] += days != ranks
print(json.dumps(found))
"""


def script(desk: Desk, before: str = "", after: str = "") -> list[str]:
    paths = {"warehouse": str(desk.settings.warehouse), "sql": str(desk.sql)}
    return [sys.executable, "-c", RUN.format(before=before, after=after, **paths)]


def built(desk: Desk) -> Desk:
    for day in (MON, WED, FRI):
        desk.land(day, 10.0)
    desk.run()
    return desk


def add(desk: Desk, number: int) -> None:
    """Change what every session of market.days holds."""
    text = (desk.sql / "market/days.sql").read_text(encoding="utf-8")
    line = next(line for line in text.split("\n") if line.startswith("select"))
    new = f"select session, max(price) + {number} as high, sum(size)::bigint as lots"
    desk.edit("market/days.sql", line, new)


def highs(desk: Desk) -> list[tuple[float]]:
    return desk.rows("select high from ranks order by session")


def test_nothing_to_do_loads_neither_parser_nor_templates(desk: Desk) -> None:
    built(desk)
    heavy = "['sqlglot', 'jinja2', 'pyarrow', 'pandas', 'numpy', 'yaml', 'duckdb', 'email']"
    after = f"print(report.skipped, [name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(script(desk, after=after), capture_output=True, text=True, check=True)
    assert done.stdout == "9 []\n"


@pytest.mark.parametrize(
    "renames",
    [
        11,
        *(pytest.param(n, marks=pytest.mark.thorough) for n in (0, 3, 10, 12)),
        *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 4)),
    ],
)
def test_a_build_that_dies_between_files_leaves_the_old_catalog(desk: Desk, renames: int) -> None:
    built(desk)
    before = desk.layout.link.resolve()
    add(desk, 5)
    died = subprocess.run(script(desk, before=DIE.format(renames=renames)), check=False)
    assert died.returncode == 9
    assert desk.layout.link.resolve() == before
    assert highs(desk) == [(10.0,)] * 3
    desk.run()
    assert highs(desk) == [(15.0,)] * 3
    assert desk.run().built == []
    assert not list(desk.layout.tmp.iterdir())


@pytest.mark.thorough
def test_readers_in_another_process_always_see_one_complete_set(desk: Desk, tmp_path: Path) -> None:
    built(desk)
    stop = tmp_path / "stop"
    source = READ.format(link=str(desk.layout.link), stop=str(stop))
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as reader:
        for number in range(1, 4):
            add(desk, number)
            desk.run()
        stop.touch()
        out, _ = reader.communicate()
    found = json.loads(out)
    assert reader.returncode == 0
    assert found["reads"] > 5
    assert found["torn"] == 0


def test_a_reader_may_hold_the_catalog_open_while_it_is_replaced(desk: Desk) -> None:
    built(desk)
    with duck.read_only(desk.layout.link.resolve()) as reader:
        add(desk, 5)
        desk.run()
        assert reader.execute("select high from ranks").fetchall() == [(10.0,)] * 3
    assert highs(desk) == [(15.0,)] * 3
