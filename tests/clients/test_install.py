"""How the clients in JavaScript get here."""

import json
from pathlib import Path

import pytest

from clients.programs import HERE, install


def test_the_lock_pins_every_package_and_names_no_registry() -> None:
    packages = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    del packages[""]
    assert all(package["integrity"] and package["version"] for package in packages.values())
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_clients_that_cannot_be_installed_say_which_command_fails(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RuntimeError, match="`uv run npm ci --prefix tests/clients` fails"):
        install(tmp_path)
