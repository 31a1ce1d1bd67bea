"""One relation as a reader of the catalog sees it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Relation:
    """One relation of the catalog."""

    name: str
    """Qualified, such as book.flow_5s."""
    doc: str
    grain: str
    """Columns that tell its rows apart; empty where the vendor promises none."""
    sessions: int | None
    """Partitions it is made of; none where it is a view, or lives inside builds only."""
    rows: int | None
    bare_name: str
    """What it answers to without a schema; raw.mbo leaves mbo to staging.mbo."""

    @property
    def summary(self) -> str:
        """The first sentence of the doc."""
        return self.doc.split(". ", 1)[0].rstrip(".")

    @property
    def counted(self) -> str:
        """The rows as a person writes them."""
        if self.rows is not None:
            return f"{self.rows:,}"
        return "view" if self.name.startswith("staging.") else "not kept"
