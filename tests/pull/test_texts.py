"""What docs/buying.md tells people to type, at a gateway of the test's own."""

from __future__ import annotations

import shlex

import pytest

from pull.conftest import Desk
from texts import BUYING, commands

PULLS = [command for command in commands(BUYING) if "spymaster pull" in command]


@pytest.mark.parametrize("command", PULLS)
def test_a_pull_as_printed_says_the_cost_and_buys_when_told(desk: Desk, command: str) -> None:
    words = shlex.split(command.partition("spymaster pull ")[2])
    told = {name: words[words.index(name) + 1] for name in ("--from", "--to")}
    more = [word for word in words if word not in {*told, *told.values()}]
    asked = desk.pull(*more, first=told["--from"], last=told["--to"])
    assert asked.returncode == 4
    assert "together $" in asked.stderr
    assert "say --yes to buy it" in asked.stderr
    assert desk.files() == []
    bought = desk.pull(*more, "--yes", first=told["--from"], last=told["--to"])
    assert bought.returncode == 0, bought.stderr
    assert bought.stdout
