"""What each relation of a sandbox shows."""

from __future__ import annotations

from spymaster.warehouse import duck, statements


class Views:
    """Views by the names of relations, of what was built unless something else is said."""

    def __init__(self) -> None:
        self._usual: dict[str, str] = {}
        self._now: dict[str, str] = {}

    def usual(self, relation: str) -> str:
        """Return the query of what a relation shows if nobody asks for something else."""
        return self._usual.get(relation, f"select * from {statements.built(relation)}")

    def let(self, relation: str, query: str) -> None:
        """Let a relation show a query's rows from when it is built next."""
        self._usual[relation] = query

    def show(self, connection: duck.Connection, relation: str, query: str | None = None) -> None:
        """Let a relation show a query's rows, or what is usual; one that does so stays."""
        query = query or self.usual(relation)
        if self._now.get(relation) != query:
            connection.execute(statements.view(relation, query))
            self._now[relation] = query
