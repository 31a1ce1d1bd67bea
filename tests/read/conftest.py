"""A published catalog to ask, and the same question in every format."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from desk import MON, Desk, make
from spymaster import operations, read

Ask = Callable[..., bytes]


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Return a warehouse of one small session, built and published."""
    desk = make(tmp_path_factory.mktemp("read"))
    desk.land(MON, 10.0, 11.0)
    desk.run()
    return desk


@pytest.fixture(scope="session")
def ask(desk: Desk) -> Ask:
    """Return the bytes that a question gives."""

    def answer(sql: str, form: str = "csv", width: int | None = None) -> bytes:
        out = BytesIO()
        read.query(desk.settings, sql, out, format=form, width=width)
        return out.getvalue()

    return answer


@pytest.fixture
def empty(tmp_path: Path) -> Desk:
    """Return a warehouse with a catalog in which nothing landed."""
    desk = make(tmp_path)
    operations.publish(desk.settings, sql=desk.sql)
    return desk
