"""Clients, installed once, and a warehouse whose catalog flips under their eyes."""

from __future__ import annotations

import pytest

from clients.programs import CLIENTS, Client, install


@pytest.fixture(scope="session")
def clients() -> dict[str, Client]:
    """Every client by name, ready to be started."""
    install()
    return {name: Client(name) for name in CLIENTS}
