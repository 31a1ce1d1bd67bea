"""The registry generates columns, docs and the catalog, and says what is wrong with itself."""

from __future__ import annotations

import shutil
from itertools import combinations
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pressure.harness import FEATURES, REGISTRY, pressure
from pressure.markets import LEVELS, market
from reference.families import FLOWS, PAIRS
from spymaster.cli.app import app
from spymaster.definitions import formulas
from spymaster.definitions.loading import load
from spymaster.errors import ModelError, UsageError
from spymaster.features import Registry, catalog, count
from spymaster.features.columns import columns
from spymaster.settings import Settings
from spymaster.warehouse.columns import SQL

FAMILY = """
a:
  relation: pressure.x
  meaning: m
  range: [0, 1]
  unit: ratio
  states: [1]
  source: Somebody 1999
  features:
    x: share(a, b)
"""


def test_every_pair_of_flows_is_there_once() -> None:
    assert {frozenset(pair) for pair in PAIRS.values()} == {
        frozenset(pair) for pair in combinations(FLOWS, 2)
    }
    assert len(PAIRS) == 15
    assert PAIRS.keys() <= {feature.name for feature in FEATURES["pressure.ratios_5s"]}


def test_what_a_number_is_stands_by_itself() -> None:
    """A column is read without those before it; a twin of the touch is of no side of a level."""
    for features in FEATURES.values():
        for feature in features:
            assert not feature.meaning.startswith("the same")
            if feature.name.startswith(("ask_", "bid_")) and feature.name.endswith("_touch"):
                assert "level" not in feature.meaning


def test_the_features_of_a_level_and_bucket_are_counted_as_they_are_made() -> None:
    """Columns of features times rows, of one level and bucket."""
    pressure().around(market(7), {"FIXED": LEVELS["FIXED"]})
    counted = {}
    for relation, features in FEATURES.items():
        rows = pressure().found(relation)
        last = max(int(str(key[0])) for key in rows)
        (columns,) = {tuple(row) for row in rows.values()}
        made = [feature.name for feature in features if feature.name in columns]
        counted[relation] = len(made) * sum(key[0] == last for key in rows)
        assert count(relation) == counted[relation]
    assert counted == {
        "pressure.ratios_5s": 962,
        "pressure.orders_5s": 130,
        "pressure.contrasts_5s": 392,
        "pressure.profiles_5s": 24,
        "pressure.touch_5s": 14,
        "pressure.imbalance_5s": 3,
        "pressure.tape_5s": 3,
        "pressure.states_5s": 23,
    }


def test_the_command_ends_with_the_count() -> None:
    result = CliRunner().invoke(app, ["features"])
    base = sum(count(relation) for relation in REGISTRY)
    assert result.stderr == (
        f"{base:,} features in a bucket of a level, {4 * base:,} with their differences\n"
    )
    pressed = sum(count(relation) for relation in FEATURES)
    said = f"{pressed:,} in a bucket of a level, {4 * pressed:,} with their differences"
    assert said in " ".join(
        (SQL.parent / "docs" / "decisions.md").read_text(encoding="utf-8").split()
    )
    result = CliRunner().invoke(app, ["features", "profiles_5s"])
    assert result.stderr.startswith("24 features in a bucket of a level, 96 with")


def test_headers_end_with_the_registered_columns() -> None:
    models = load(Settings(), SQL, {}).models
    for relation in REGISTRY:
        registered = columns(REGISTRY[relation])
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
    assert len(printed) == 1 + sum(len(REGISTRY[relation]) for relation in REGISTRY)
    assert printed[0].split()[:5] == ["feature", "relation", "range", "states", "unit"]
    line = next(line for line in printed if line.startswith("ask_above_drain "))
    assert "pressure.states_5s" in line
    assert "beta(ask_pull_qty, ask_add_qty)" in line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("beta(ask_pull_qty, ask_add_qty)", "beta(ask_add_qty, ask_pull_qty)"),
        ("beta(bid_pull_qty, bid_add_qty)", "beta(ask_pull_qty, ask_add_qty)"),
        ("bid_centre_move_touch as bid_below", "ask_centre_move_touch as bid_below"),
        ("-(bid_below_lower + bid_below_drain) / 2", "(bid_below_lower + bid_below_drain) / 2"),
        ("(p_above - p_below) / 2 as vacuum,", "(p_below - p_above) / 2 as vacuum,"),
        ("mid_ticks - tick as dist_ticks", "tick - mid_ticks as dist_ticks"),
    ],
)
def test_a_formula_that_is_not_the_registered_one_is_found(
    tmp_path: Path, old: str, new: str
) -> None:
    sql = tmp_path / "sql"
    shutil.copytree(SQL, sql)
    path = sql / "pressure/states_5s.sql"
    path.write_text(path.read_text().replace(old, new, 1))
    (finding,) = formulas.findings(load(Settings(), sql, {}))
    assert (finding.kind, finding.subject) == ("formula", "pressure.states_5s")
    assert "is registered as" in finding.message


def test_every_relation_computes_the_registered_formulas() -> None:
    assert formulas.findings(load(Settings(), SQL, {})) == []


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
        (FAMILY + "b:" + FAMILY.partition("\na:")[2], "pressure.x has 2 features called x"),
        (FAMILY.replace("pressure.x", "pressure.y"), "relations.yml: pressure.y is missing"),
        (FAMILY.replace(" 1999", ""), "a: source is 'Somebody'; expected an author and a year"),
        ("a: [", r"features/x.yml:2: "),
        ("- a", "expected families by name, found list"),
        ("a: 3", "a: expected keys and values, found 3"),
    ],
)
def test_a_wrong_registry_is_refused_in_one_line(tmp_path: Path, written: str, said: str) -> None:
    register(tmp_path, written)
    with pytest.raises(ModelError, match=said) as caught:
        len(Registry(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_family_of_two_files_is_refused(tmp_path: Path) -> None:
    register(tmp_path, FAMILY)
    (tmp_path / "features/y.yml").write_text(FAMILY)
    with pytest.raises(ModelError, match=r"features/y.yml: a is a family of another file too"):
        len(Registry(tmp_path))


def register(sql: Path, written: str) -> None:
    (sql / "features").mkdir()
    (sql / "features/relations.yml").write_text("pressure.x: 1\n")
    (sql / "features/x.yml").write_text(written)
