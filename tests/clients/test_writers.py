"""What a client gets that opens the catalog to write, or keeps it open."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from clients.programs import program
from desk import MON, Desk, make
from spymaster.warehouse import duck

Result = subprocess.CompletedProcess[str]
POWERLESS = ("setpriv", "--inh-caps=-dac_override", "--bounding-set=-dac_override")
"""Takes from root what lets it write where no one may."""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a published warehouse of a test's own."""
    desk = make(tmp_path)
    desk.land(MON, 10.0)
    desk.run()
    return desk


def duckdb(*words: str | Path) -> Result:
    """Run the duckdb command line as an ordinary user."""
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv to run a client without root's powers")
    return subprocess.run(
        [*POWERLESS, program("duckdb"), *words, "-c", "from days"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_client_that_opens_to_write_is_refused_at_once(desk: Desk) -> None:
    refused = duckdb(desk.layout.link)
    assert refused.returncode != 0
    assert "Permission denied" in refused.stderr
    assert duckdb("-readonly", desk.layout.link).returncode == 0


def test_a_writer_that_may_everything_keeps_no_build_from_publishing(desk: Desk) -> None:
    """Root writes whatever the mode of a file says."""
    desk.layout.link.resolve().chmod(0o644)
    with subprocess.Popen(
        [program("duckdb"), desk.layout.link],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdin
        assert writer.stdout
        writer.stdin.write(".mode csv\nselect max(high) from days;\n")
        writer.stdin.flush()
        assert writer.stdout.readline() == "max(high)\n"
        assert desk.run().failures == []
        desk.land(MON, 11.0, name="more")
        assert desk.run().failures == []
        assert desk.rows("select high from days") == [(11.0,)]
        out, _ = writer.communicate("select max(high) from days;\n")
    assert out.splitlines()[-1] == "10.0"


def test_a_pool_of_connections_shows_the_old_catalog_until_it_is_emptied(desk: Desk) -> None:
    engine = create_engine(f"duckdb:///{desk.layout.link}", connect_args={"read_only": True})

    def high() -> float:
        with engine.connect() as connection:
            found: float = connection.execute(text("select max(high) from days")).scalar_one()
        return found

    assert high() == 10.0
    desk.land(MON, 11.0, name="more")
    desk.run()
    assert high() == 10.0
    engine.dispose()
    assert high() == 11.0


def test_a_link_that_is_opened_again_shows_the_new_catalog_beside_the_old(desk: Desk) -> None:
    """DuckDB tells databases of one program apart by the file that a link points to."""
    with duck.read_only(desk.layout.link) as before:
        desk.land(MON, 11.0, name="more")
        desk.run()
        with duck.read_only(desk.layout.link) as after:
            assert after.execute("select high from days").fetchall() == [(11.0,)]
        assert before.execute("select high from days").fetchall() == [(10.0,)]
