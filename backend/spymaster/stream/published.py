"""The published catalog, as a server reads it that outlives many of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from spymaster.errors import DataError
from spymaster.read.catalog import catalog
from spymaster.settings import Settings
from spymaster.warehouse import duck
from spymaster.warehouse.layout import Layout


@contextmanager
def published(settings: Settings) -> Iterator[duck.Connection]:
    """Open the catalog for a while.

    Raises
    ------
    SpymasterError
        If it cannot be opened, see ``catalog``.
    DataError
        If a file that it lists cannot be read: it may be gone with the build that it was of.
    """
    try:
        with catalog(settings) as connection:
            yield connection
    except duck.DuckError as error:
        if not duck.is_circumstance(error):
            raise
        raise DataError(f"{Layout(settings.warehouse).link}: {duck.message(error)}") from error
