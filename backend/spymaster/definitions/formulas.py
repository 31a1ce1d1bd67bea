"""Whether a model that spells a registered formula out spells the registered one.

What ``pressure.values`` prints is the registry's own text; ``pressure.states_5s`` has its formulas
as plain SQL, to be read beside what they are made of. Either way a reader of the feature catalog
has to find there what is computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from spymaster.definitions.contract import Finding
from spymaster.definitions.header import line_of
from spymaster.definitions.parsing import parse
from spymaster.definitions.project import Model, Project
from spymaster.definitions.template import Templates


def findings(project: Project) -> list[Finding]:
    """Return a finding for each feature whose relation computes something else, or nothing."""
    templates = project.renderer.probe
    return [
        finding
        for relation in templates.features
        if relation in project.models
        for finding in _strays(templates, project.models[relation])
    ]


def _strays(templates: Templates, model: Model) -> Iterator[Finding]:
    spelled = _spelled(parse(templates.render(model.source.template)))
    for feature in templates.features[model.relation]:
        registered = _text(_parsed(feature.formula))
        computed = [one for one in spelled.get(feature.name, []) if not _is(registered, one)]
        if computed or feature.name not in spelled:
            said = " and ".join(_text(one) for one in computed) or "nothing"
            where = f"{model.source.label}:{line_of(model.source, feature.name)}"
            message = f"{where}: {feature.name} is registered as {registered}, computed as {said}"
            yield Finding("formula", model.relation, message)


def _spelled(tree: exp.Expr) -> dict[str, list[exp.Expr]]:
    """Return what is called by each name in a query."""
    found: dict[str, list[exp.Expr]] = {}
    for alias in tree.find_all(exp.Alias):
        found.setdefault(alias.alias, []).append(alias.this)
    return found


def _parsed(formula: str) -> exp.Expr:
    select = parse(f"select {formula}")
    assert isinstance(select, exp.Select)
    (found,) = select.expressions
    assert isinstance(found, exp.Expr)
    return found


def _is(registered: str, computed: exp.Expr) -> bool:
    """Whether a formula is computed, everywhere or where something is in reach, else null."""
    if _text(computed) == registered:
        return True
    bare = _bare(computed)
    is_guard = isinstance(bare, exp.If) and isinstance(bare.args.get("false"), exp.Null)
    return is_guard and _text(bare.args["true"]) == registered


def _text(expression: exp.Expr) -> str:
    return _bare(expression).sql(DuckDB, comments=False)


def _bare(expression: exp.Expr) -> exp.Expr:
    """Return a formula without a cast to double and brackets around it."""
    while isinstance(expression, exp.Paren) or (
        isinstance(expression, exp.Cast) and expression.to.is_type("double")
    ):
        expression = expression.this
    return expression
