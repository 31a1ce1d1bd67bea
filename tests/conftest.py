"""What every test may ask for."""

import gc
import os
import signal
import tempfile
from collections.abc import Iterator
from datetime import date, time
from functools import partial
from pathlib import Path

import pytest

from desk import Desk, make
from first_use import Used, copied, made_once, shared_by_processes, used_once
from spymaster import operations
from spymaster.cli.entry import OBJECTS
from spymaster.land import land
from spymaster.settings import Settings
from spymaster.simulate import simulate
from spymaster.warehouse import duck

pytest_plugins = ["scheduling"]
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


def pytest_configure(config: pytest.Config) -> None:
    """Let the programs that tests start compile what they import once, and hear Ctrl-C.

    Where the environment lets no bytecode lie beside sources, it lies in the cache of the tests.
    What a shell puts in the background is deaf to Ctrl-C, with all that it starts.

    Garbage is looked for as rarely as the command line does. Processes side by side have the
    machine's cores among them, so that a database in one of them has one thread: more only wait for
    each other. What threads may change is tested with threads that are asked for.
    """
    gc.set_threshold(OBJECTS)
    if "PYTEST_XDIST_WORKER" in os.environ:
        duck.cores = lambda: 1
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        folder = config.rootpath / ".pytest_cache" / "bytecode"
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(folder))


def pytest_xdist_auto_num_workers() -> int:
    """One process more than cores: every now and then one waits for a program or the disk."""
    return duck.cores() + 1


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A small SQL folder and a warehouse of a test's own."""
    return make(tmp_path)


@pytest.fixture(autouse=True)
def _own_spills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what readers of a test spill apart from that of others, which ``gc`` would find."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("spills")
        patch.setenv("TMPDIR", str(folder))
        patch.setattr(tempfile, "tempdir", str(folder))
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real vendor records, kept beside the repository and not in it."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"no real market data at {SHARED_DATA}")
    return SHARED_DATA


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the processes of this run of tests keep what one of them makes for all."""
    return shared_by_processes(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="session")
def used(shared_folder: Path) -> Used:
    """Make a folder a warehouse that was used before and holds nothing, and return it."""
    return partial(copied, used_once(shared_folder))


@pytest.fixture(scope="session")
def simulated(shared_folder: Path, used: Used) -> Settings:
    """Ten minutes of 2024-03-05 around PM_HIGH, simulated, landed and built, to read only."""

    def of(folder: Path) -> Settings:
        return Settings(folder / "warehouse", window_end=time(9, 40), levels=("PM_HIGH",))

    def make(folder: Path) -> None:
        made = simulate(
            folder / "files",
            session=date(2024, 3, 5),
            world="W0",
            rate=0.01,
            start=time(9, 20),
            end=time(9, 40),
        )
        used(folder / "warehouse")
        land(made.files, of(folder))
        assert operations.run(of(folder)).failures == []

    return of(made_once(shared_folder, "simulated", make))
