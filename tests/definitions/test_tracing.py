"""What a column is traced to, and that what cannot be followed is an error and no shorter list."""

import pytest

from desk import Desk
from spymaster import operations
from spymaster.errors import ModelError

LOW = "select session, min(price) as low\nfrom market.prints\ngroup by session"
UNPIVOT = """
with prices as (
    select session, min(price) as low, max(price) as high from market.prints group by session
),
valued as (unpivot prices on low, high into name name value price)
select session, price as low from valued
"""
LATERAL = """
select days.session, lowest.price as low
from market.days
cross join lateral (
    select min(price) as price from market.prints where prints.session = days.session
) as lowest
"""
RENAMED = """
with listed as (select session, price, size from market.prints)
select day as session, min(points) as low
from listed as listed (day, points, lots)
group by day
"""
RECURSIVE = """
with recursive falling as (
    select session, price from market.prints
    union all
    select session, price - 1 from falling where price > 4000
)
select session, min(price) as low from falling group by session
"""


def traced(desk: Desk, query: str) -> list[str]:
    """Return what ``market.lows.low`` is computed from directly where this is its query."""
    desk.edit("market/lows.sql", LOW, query)
    tree = operations.lineage(desk.settings, "market.lows.low", sql=desk.sql).tree()
    return [name for depth, name in tree if depth == 1]


@pytest.mark.parametrize("query", [RENAMED, RECURSIVE])
def test_names_given_on_the_way_and_a_query_that_reads_itself_are_followed(
    desk: Desk, query: str
) -> None:
    assert traced(desk, query) == ["market.prints.price"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (UNPIVOT, "Cannot traverse scope UNPIVOT prices"),
        (LATERAL, "prints.price, prints.session: where from is not known"),
    ],
)
def test_what_cannot_be_followed_is_an_error_in_a_line(desk: Desk, query: str, said: str) -> None:
    with pytest.raises(ModelError) as error:
        traced(desk, query)
    (line,) = str(error.value).splitlines()
    assert line.startswith(f"sql/market/lows.sql: columns cannot be traced: {said}")
    assert len(line) < 300
