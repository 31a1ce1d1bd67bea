"""What relations of a build hang on: through views, and through the one pass over orders."""

from sandboxes import project
from spymaster.building.wiring import wires
from spymaster.definitions.project import Project
from spymaster.settings import Settings


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
