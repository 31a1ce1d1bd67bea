"""The registry generates columns, docs and the catalog, and says what is wrong with itself."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pressure.harness import FEATURES
from reference.contrasts import pairs
from reference.families import FLOWS, PAIRS
from spymaster.cli import app
from spymaster.errors import ModelError, UsageError
from spymaster.features import Registry, catalog
from spymaster.features.columns import columns
from spymaster.models.project import load
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

CELLS = 26
QUARTERS, SIDES = 4, 2
PLACES = {
    "pressure.ratios_5s": CELLS,
    "pressure.orders_5s": CELLS,
    "pressure.contrasts_5s": len(list(pairs())),
    "pressure.profiles_5s": QUARTERS,
    "pressure.touch_5s": SIDES,
    "pressure.tape_5s": 1,
    "pressure.states_5s": 1,
}
"""How often each feature is there per level and bucket."""
FAMILY = """
a:
  relation: pressure.x
  meaning: m
  range: [0, 1]
  unit: ratio
  states: [1]
  source: s
  features:
    x: share(a, b)
"""


def test_every_pair_of_flows_is_there_once() -> None:
    assert {frozenset(pair) for pair in PAIRS.values()} == {
        frozenset(pair) for pair in combinations(FLOWS, 2)
    }
    assert len(PAIRS) == 15
    assert PAIRS.keys() <= {feature.name for feature in FEATURES["pressure.ratios_5s"]}


def test_the_features_of_a_level_and_bucket_are_counted() -> None:
    counted = {name: len(FEATURES[name]) * places for name, places in PLACES.items()}
    assert FEATURES.keys() == PLACES.keys()
    assert counted == {
        "pressure.ratios_5s": 884,
        "pressure.orders_5s": 130,
        "pressure.contrasts_5s": 392,
        "pressure.profiles_5s": 24,
        "pressure.touch_5s": 14,
        "pressure.tape_5s": 3,
        "pressure.states_5s": 19,
    }


def test_headers_end_with_the_registered_columns() -> None:
    models = load(Settings(), SQL, {}).models
    for relation in FEATURES:
        registered = columns(FEATURES[relation])
        assert models[relation].header.columns[-len(registered) :] == registered


def test_a_difference_of_a_ratio_spans_twice_the_range_of_the_one_before() -> None:
    pull_add = FEATURES["pressure.ratios_5s"][0]
    units = {column.name: column.unit for column in columns([pull_add])}
    assert units == {
        "pull_add": "-1..1",
        "pull_add_support": "amount",
        "pull_add_d1": "-2..2",
        "pull_add_d2": "-4..4",
        "pull_add_d3": "-8..8",
    }


def test_the_command_prints_every_feature_with_its_formula() -> None:
    printed = CliRunner().invoke(app, ["features"]).stdout.splitlines()
    assert len(printed) == 1 + sum(len(FEATURES[relation]) for relation in FEATURES)
    assert printed[0].split()[:5] == ["feature", "relation", "range", "states", "unit"]
    line = next(line for line in printed if line.startswith("ask_above_drain "))
    assert "pressure.states_5s" in line
    assert "beta(ask_pull_qty, ask_add_qty)" in line


def test_a_relation_without_features_is_named() -> None:
    with pytest.raises(UsageError, match="flow_5s has no registered features; allowed:"):
        catalog("flow_5s")


def test_a_folder_without_a_registry_has_no_features(tmp_path: Path) -> None:
    assert Registry(tmp_path)["pressure.ratios_5s"] == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (FAMILY.replace("  unit: ratio\n", ""), "a: unit is missing"),
        (FAMILY.replace("[0, 1]", "[1, 0]"), r"a: range is \[1, 0\]; expected \[lowest, highest\]"),
        (FAMILY.replace("[1]", "[5]"), r"a: states \[5\]; allowed: 1, 2, 3, 4"),
        (FAMILY + "  colour: red\n", "a: unknown key colour; allowed: relation, meaning"),
        (FAMILY + FAMILY.replace("a:", "b:", 1), "pressure.x has 2 features called x"),
        ("a: [", r"features.yml:1: "),
        ("- a", "expected families by name, found list"),
        ("a: 3", "a: expected keys and values, found 3"),
    ],
)
def test_a_wrong_registry_is_refused_in_one_line(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "features.yml").write_text(written)
    with pytest.raises(ModelError, match=said) as caught:
        len(Registry(tmp_path))
    assert "\n" not in str(caught.value)
