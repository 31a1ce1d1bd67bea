"""Models are read and bound again only where they changed, by this process and by the next."""

from collections.abc import Callable
from pathlib import Path

import pytest

from desk import MON, WED, Desk
from spymaster.definitions import binding as preflight
from spymaster.definitions import loading, reading
from spymaster.errors import ModelError

Counts = dict[str, int]


@pytest.fixture
def forget(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what makes this process know as little as a new one."""
    return lambda: monkeypatch.setattr(loading, "_seen", {})


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch, forget: Callable[[], None]) -> Counts:
    """Return how many models are read, and how often all of them are bound, from now on."""
    forget()
    found = {"read": 0, "bound": 0}
    read, bind = reading.read, preflight.bind

    def count_reading(*given):
        found["read"] += len(given[1])
        return read(*given)

    def count_binding(project):
        found["bound"] += 1
        return bind(project)

    monkeypatch.setattr(reading, "read", count_reading)
    monkeypatch.setattr(preflight, "bind", count_binding)
    return found


def test_what_the_ledger_knows_is_neither_read_nor_bound_by_the_next_process(
    desk: Desk, counts: Counts, forget: Callable[[], None]
) -> None:
    desk.land(MON, 10.0)
    desk.run()
    assert counts == {"read": 6, "bound": 1}
    forget()
    desk.land(WED, 11.0)
    assert len(desk.run().built) == 3
    assert counts == {"read": 6, "bound": 1}


def test_a_changed_model_is_read_alone_and_all_are_bound(desk: Desk, counts: Counts) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("market/lows.sql", "min(price)", "min(price) - 1")
    desk.run()
    assert counts == {"read": 7, "bound": 2}


def test_a_model_that_stops_binding_is_refused_although_the_rest_is_known(desk: Desk) -> None:
    desk.land(MON, 10.0)
    desk.run()
    desk.edit("market/prints.sql", "file_id, row_no as seq\nfrom", "file_id, row as seq\nfrom")
    for _ in range(2):
        with pytest.raises(ModelError, match='"row" not found'):
            desk.run()


def test_a_process_reads_once_for_all_its_warehouses_and_tells_each(
    desk: Desk, tmp_path: Path, counts: Counts, forget: Callable[[], None]
) -> None:
    other = desk.using(warehouse=tmp_path / "other")
    for one in (desk, other):
        one.land(MON, 10.0)
        one.run()
    assert counts == {"read": 6, "bound": 1}
    forget()
    other.land(WED, 11.0)
    other.run()
    assert counts == {"read": 6, "bound": 1}
