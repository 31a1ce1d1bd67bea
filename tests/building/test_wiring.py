"""What relations of a build hang on: through views, and through the one pass over orders."""

from sandboxes import project
from spymaster.building.wiring import wires
from spymaster.definitions.project import Project
from spymaster.settings import Settings
from spymaster.warehouse import statements


def given() -> Project:
    return project(Settings())


def test_everything_needs_what_makes_what_it_reads_and_no_view_hides_it() -> None:
    models = given().models
    found = wires(models.values())
    replays = [name for name, model in models.items() if model.header.replay]
    assert [name for name in replays if name in found] == replays[-1:]
    for name, wire in found.items():
        if name not in given().batched and name != replays[-1]:
            tables = below(name)
            assert tables <= wire.reads
            made = {replays[-1] if one in replays else one for one in tables & models.keys()}
            assert made <= wire.needs


def below(name: str) -> set[str]:
    """Return the relations that are not views which a model's rows come from, one by one."""
    models, found = given().models, set[str]()
    for read in models[name].upstream:
        is_view = read in models and models[read].header.is_view
        found |= below(read) if is_view else {read}
    return found


def test_a_pass_needs_what_its_readers_read_and_they_need_it() -> None:
    models = given().models
    found = wires(models.values())
    last = [name for name, model in models.items() if model.header.replay][-1]
    for name in given().batched:
        assert last in found[name].needs
        assert below(name) - {*models} <= found[last].reads
    assert last not in found[last].needs
    assert [name for name, wire in found.items() if wire.own_threads] == [last]


def test_whoever_reads_a_view_sets_what_it_asks_for() -> None:
    found, models = wires(given().models.values()), given().models
    asking = {name for name, model in models.items() if model.header.constants}
    assert any(models[name].header.is_view for name in asking)
    for name, wire in found.items():
        of = {one for one in asking & wire.reads if models[one].header.is_view} | asking & {name}
        for one in of:
            assert {*statements.constants(models[one].header.constants)} <= {*wire.constants}
        assert bool(of) == bool(wire.constants)
