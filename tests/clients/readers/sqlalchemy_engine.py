"""SQLAlchemy without a pool: the catalog is opened each time."""

from serve import Rows, serve
from sqlalchemy import NullPool, create_engine, text


def ask(link: str, questions: list[str]) -> list[Rows]:
    engine = create_engine(
        f"duckdb:///{link}", connect_args={"read_only": True}, poolclass=NullPool
    )
    with engine.connect() as connection:
        return [
            [dict(row) for row in connection.execute(text(sql)).mappings()] for sql in questions
        ]


serve(ask)
