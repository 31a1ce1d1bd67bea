"""What can be searched for on the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spymaster.operations import Audit
from spymaster.site.content import Page
from spymaster.site.guides import GLOSSARY, Guide
from spymaster.site.reference import Group, Question, Setting

Entry = tuple[str, str, str, str, tuple[str, ...]]
"""Kind, name, what is said of it, its place below the site's folder, and what else it is called."""


def of_relations(pages: Iterable[Page]) -> Iterator[Entry]:
    """Yield an entry for each relation and each of its columns; what a build keeps is inner."""
    for page in pages:
        place = f"relations/{page.name}.html"
        also = (page.bare_name,) if page.bare_name else ()
        yield "inner" if page.is_inner else "relation", page.name, page.summary, place, also
        for field in page.fields:
            column = field.column
            said = column.meaning if not field.is_derived else column.meaning.split(";")[0]
            kind = "derived" if field.is_derived else "inner" if page.is_inner else "column"
            name = f"{page.name}.{column.name}"
            yield kind, name, f"{said} [{column.unit}]", f"{place}#{column.name}", ()


def of_guides(guides: Iterable[Guide]) -> Iterator[Entry]:
    """Yield an entry for each word of the glossary and each section of a guide."""
    for guide in guides:
        for section in guide.sections:
            is_term = guide.name == GLOSSARY and section.level == 3
            said = section.text if is_term else f"{guide.title}: {section.text}"
            place = f"{guide.name}.html#{section.anchor}"
            yield "term" if is_term else "guide", section.title, said, place, section.also


def of_the_rest(
    groups: Iterable[Group],
    settings: Iterable[Setting],
    audits: Iterable[Audit],
    questions: Iterable[Question],
) -> Iterator[Entry]:
    """Yield an entry for everything that is no relation."""
    for macro in (macro for group in groups for macro in group.macros):
        yield "macro", f"{macro.name}{macro.takes}", macro.says, f"macros.html#{macro.name}", ()
    for setting in settings:
        yield "setting", setting.name, setting.meaning, f"settings.html#{setting.name}", ()
    for audit in audits:
        yield "audit", audit.name, audit.doc, f"audits.html#{audit.name}", ()
    for number, question in enumerate(questions, 1):
        said = ", ".join(question.about)
        yield "question", question.asks, said, f"questions.html#q{number}", ()
