"""Rules between models: what may read what, and look back at what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from spymaster.definitions import variables
from spymaster.definitions.graph import clashes
from spymaster.definitions.project import Model, Project
from spymaster.errors import ModelError, UsageError
from spymaster.suggestions import suggestion

FLEETING = ("step", "inline", "kept", "replay", "batches")
"""What leaves no partition of earlier sessions."""
FORECASTS = "analogs."
"""The one schema that may read what came after, of earlier sessions."""


def obey(project: Project) -> None:
    """Check every rule.

    Raises
    ------
    ModelError
        With one line for each breach.
    UsageError
        For a kept relation that is no model.
    """
    models = [*project.models.values(), *project.audits.values()]
    problems = list(_ambiguous(project))
    problems += [problem for model in models for problem in _unknown(project, model)]
    problems = problems or [
        f"{model.source.label}: {problem}"
        for model in models
        for problem in _breaches(project, model)
    ]
    if problems:
        raise ModelError("\n".join(problems))
    for name in project.settings.keep:
        _check_kept(project, name)


def _ambiguous(project: Project) -> Iterator[str]:
    count = Counter(project.bare_names.values())
    for name, bare in project.bare_names.items():
        if count[bare] > 1:
            label = project.models[name].source.label
            yield f"{label}: {bare} is the name of another schema's model too; give a bare_name"


def _unknown(project: Project, model: Model) -> Iterator[str]:
    known = [*project.models, *project.raw]
    for name in model.upstream:
        if name in known:
            continue
        from spymaster.definitions.reading import reference_place

        place = reference_place(project.renderer.probe, model, name)
        near = suggestion(name, sorted(known))
        what = "is no relation" if "." in name else "names no schema"
        yield f"{place}: {name} {what}; expected schema.table of a model or of raw; {near}"


def _breaches(project: Project, model: Model) -> Iterator[str]:
    if model.header.materialize == "view":
        yield from _staging_breaches(model)
    for name in model.header.lookback:
        yield from _lookback_breaches(project, model, name)
    yield from _forward_breaches(project, model)
    yield from clashes(project, model)
    yield from _replay_breaches(project, model)


def _staging_breaches(model: Model) -> Iterator[str]:
    for name in sorted(set(model.uses) & variables.SETTING_OF.keys()):
        yield f"a staging model covers all sessions and cannot use {name}"
    for name in model.upstream:
        if name.split(".")[0] not in ("raw", "staging"):
            yield f"a staging model reads raw and staging relations only, found {name}"


def _lookback_breaches(project: Project, model: Model, name: str) -> Iterator[str]:
    if name not in model.upstream:
        yield f"lookback of {name}, which the query does not read"
    elif model.header.is_view:
        yield f"{model.header.materialize} models cannot look back; found lookback of {name}"
    elif name in project.models and project.models[name].header.materialize in FLEETING:
        yield f"lookback of {name}, which leaves no partition of earlier sessions"


def _replay_breaches(project: Project, model: Model) -> Iterator[str]:
    first, header = next(iter(project.replays.values()), None), model.header
    batches = [name for name in model.upstream if name in project.replays]
    if batches and header.materialize not in ("batches", "kept") and not model.source.is_audit:
        yield f"{batches[0]} is never whole: only steps of batches and what is kept can read it"
    if header.materialize == "batches" and not batches:
        yield "a step of batches reads what a replay gives; it reads none"
    if header.replay and first and model.upstream != first.upstream:
        yield f"all replays are one pass, over the records and in the grid of {first.relation}"


def _forward_breaches(project: Project, model: Model) -> Iterator[str]:
    """What came after a row is for forecasts of later sessions, never for a feature."""
    for name in model.upstream:
        upstream = project.models.get(name)
        if upstream is None or not upstream.header.looks_forward:
            continue
        if not model.relation.startswith(FORECASTS):
            yield f"{name} knows what came after; only {FORECASTS}* may read it"
        elif name not in model.header.lookback:
            yield f"{name} knows what came after; it is read by a lookback to earlier sessions only"


def _check_kept(project: Project, name: str) -> None:
    model = project.models.get(name)
    kept = [m.relation for m in project.models.values() if m.header.materialize == "kept"]
    if model is None or model.relation not in kept:
        raise UsageError(f"keep: {name} is not kept on request; allowed: {', '.join(sorted(kept))}")
