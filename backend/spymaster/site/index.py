"""What can be searched for on the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spymaster.site.content import Page
from spymaster.site.reference import Audit, Group, Question, Setting

Entry = tuple[str, str, str, str]
"""Kind, name, what is said of it, and its place below the site's folder."""


def of_relations(pages: Iterable[Page]) -> Iterator[Entry]:
    """Yield an entry for each relation and each of its columns."""
    for page in pages:
        place = f"relations/{page.name}.html"
        yield "relation", page.name, page.summary, place
        for field in page.fields:
            column = field.column
            said = column.meaning if not field.is_derived else column.meaning.split(";")[0]
            name = f"{page.name}.{column.name}"
            yield "column", name, f"{said} [{column.unit}]", f"{place}#{column.name}"


def of_the_rest(
    groups: Iterable[Group],
    settings: Iterable[Setting],
    audits: Iterable[Audit],
    questions: Iterable[Question],
) -> Iterator[Entry]:
    """Yield an entry for everything that is no relation."""
    for macro in (macro for group in groups for macro in group.macros):
        yield "macro", f"{macro.name}{macro.takes}", macro.says, f"macros.html#{macro.name}"
    for setting in settings:
        yield "setting", setting.name, setting.meaning, f"settings.html#{setting.name}"
    for audit in audits:
        yield "audit", audit.name, audit.doc, f"audits.html#{audit.name}"
    for number, question in enumerate(questions, 1):
        yield "question", question.asks, ", ".join(question.about), f"questions.html#q{number}"
