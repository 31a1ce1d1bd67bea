"""The order book alone, in nautilus_trader: its Databento loader, then its book of orders.

Needs an environment of its own; run by path, since it imports nothing of this project.
"""

import json
import resource
import sys
import time
from pathlib import Path

from nautilus_trader.adapters.databento.loaders import DatabentoDataLoader
from nautilus_trader.model.book import OrderBook
from nautilus_trader.model.enums import BookType
from nautilus_trader.model.identifiers import InstrumentId


def main() -> None:
    instrument = InstrumentId.from_str("ESH4.XCME")
    started, cpu = time.perf_counter(), time.process_time()
    deltas = DatabentoDataLoader().from_dbn_file(Path(sys.argv[1]), instrument_id=instrument)
    loaded = time.process_time() - cpu
    book = OrderBook(instrument, BookType.L3_MBO)
    for delta in deltas:
        book.apply_delta(delta)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - cpu,
        "records": len(deltas),
        "peak_mb": peak,
        "above_mb": peak,
        "found": {"loading_cpu": loaded, "bid": str(book.best_bid_price())},
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
