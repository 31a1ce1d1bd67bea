"""Commands that plan, build and examine models."""

from __future__ import annotations

from typing import Annotated

import typer

from spymaster.cli.alarm import OnFailure, alarmed
from spymaster.cli.configured import Changed, building, configured
from spymaster.cli.log import LogFormat, log
from spymaster.cli.options import Retry, Selector, Session, Wait
from spymaster.cli.terminal import say, show, show_json
from spymaster.settings import Settings

PLANNED = ("session", "action", "model", "why")


@building
def run(
    settings: Settings,
    selector: Selector = None,
    session: Session = None,
    wait: Wait = 0.0,
    log_format: LogFormat = "text",
    retry: Retry = False,
    accept: Annotated[
        str | None, typer.Option(metavar="AUDIT", help="Publish a session that it finds rows in.")
    ] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why to accept it.")] = None,
    change_settings: Changed = False,
    on_failure: OnFailure = None,
) -> None:
    """Build what is new or changed and publish it."""
    from spymaster import operations

    with log(log_format) as write, alarmed(on_failure, settings, write) as alarm:
        report = operations.run(
            settings,
            selector,
            session,
            wait=wait,
            report=write,
            retry=retry,
            accept=accept,
            reason=reason,
            change_settings=change_settings,
        )
        if not report.built and not report.failures:
            write(operations.Event("idle", message=_idle(report.skipped, report.why_none)))
        alarm.judge(report)
    raise typer.Exit(report.exit_code)


@configured
def plan(
    settings: Settings,
    selector: Selector = None,
    session: Session = None,
    json: Annotated[
        bool, typer.Option("--json", help="A list of objects, of what is skipped too.")
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="List what is skipped too.")] = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="End with 5 on changes.")] = False,
    change_settings: Changed = False,
) -> None:
    """Say what a run would build, and why."""
    from spymaster import operations

    found = operations.plan(settings, selector, session, change_settings=change_settings)
    rows = [(str(step.session), step.action, step.model, step.why) for step in found.steps]
    if json:
        show_json([dict(zip(PLANNED, row, strict=True)) for row in rows])
    elif listed := rows if everything else [row for row in rows if row[1] != "skip"]:
        show(PLANNED, listed)
    skipped = sum(step.action == "skip" for step in found.steps)
    if not found.todo:
        say(_idle(skipped))
    elif skipped:
        say(f"{skipped} up to date")
    if exit_code and found.todo:
        raise typer.Exit(5)


@configured
def render(
    settings: Settings,
    model: Annotated[str, typer.Argument(help="Model, such as book.flow_5s.")],
    session: Session = None,
) -> None:
    """Print a model's SQL as it runs."""
    from spymaster import operations

    typer.echo(operations.render(settings, model, session))


@configured
def lineage(
    settings: Settings,
    target: Annotated[str, typer.Argument(help="Model or model.column.")],
) -> None:
    """Say what a model or a column is made of."""
    from spymaster import operations

    typer.echo(str(operations.lineage(settings, target)))


@configured
def check(settings: Settings, session: Session = None) -> None:
    """Bind every model, compare headers, run cases and audits."""
    from spymaster import operations

    findings = operations.check(settings, session)
    for finding in findings:
        say(f"error: {finding}")
    if findings:
        raise typer.Exit(1)
    say("no findings")


def _idle(count: int, why_none: str = "") -> str:
    if count:
        return f"nothing to do: {count} up to date"
    return f"nothing to do: {why_none or 'no session landed'}"
