"""What contracts are worth adds up to the same bits in any order, whatever a point is worth."""

from __future__ import annotations

import pytest

from options.exposure.harness import SESSION, WINDOW, Row
from sandboxes import sandbox

ORDERS = ("n", "n desc", "hash(n)")
TRADES = """
    select
        timestamp '2024-03-05 14:30:05' + to_seconds(5 * (n % 20)) as bucket_end,
        timestamp '2024-03-15 20:00:00' as expiry,
        5100.0 + n % 7 as strike,
        if(hash(n) % 2 = 0, 1, -1)::tinyint as cp,
        {multiplier} as multiplier,
        if(hash(n) % 3 = 0, -1, 1)::tinyint as way,
        (1 + hash(-n) % 9)::bigint as size
    from range(20000) as numbers (n)
    order by {order}
"""
CONTRACTS = """
    select
        n::uinteger as instrument_id,
        timestamp '2024-03-15 20:00:00' as expiry,
        5100.0 + n % 3 as strike,
        if(n % 2 = 0, 1, -1)::tinyint as cp,
        {multiplier} * (1 + n % 2) as multiplier,
        1::uinteger as underlying_id,
        timestamp '2024-03-05 14:30:00' as known_at
    from range(600) as numbers (n)
    order by {order}
"""
INTEREST = """
    select
        n::uinteger as instrument_id,
        timestamp '2024-03-05 14:30:00' as known_at,
        (1 + hash(n) % 5000)::bigint as oi
    from range(600) as numbers (n)
    order by {order}
"""


@pytest.mark.parametrize("multiplier", ["0.1::double", "50.0::double"])
@pytest.mark.parametrize(
    ("relation", "given"),
    [
        ("options.positions_5s", {"options.option_trades": TRADES}),
        (
            "options.strike_interest",
            {"options.contracts": CONTRACTS, "options.open_interest": INTEREST},
        ),
    ],
)
def test_values_do_not_depend_on_the_order_of_rows(
    relation: str, given: dict[str, str], multiplier: str
) -> None:
    made = sandbox(WINDOW, SESSION, (relation,), given=tuple(given))
    found: list[list[Row]] = []
    for order in ORDERS:
        for name, query in given.items():
            made.give(name, query.format(multiplier=multiplier, order=order))
        made.build()
        found.append(made.ask(f"from {relation} order by all"))
    assert found[0]
    assert found[1:] == found[:1] * (len(ORDERS) - 1)
