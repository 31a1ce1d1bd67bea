"""From a question to files: what it costs, leave to buy it, and the buying."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from spymaster.errors import RefusedError
from spymaster.pull import batch, conditions, streaming
from spymaster.pull.receipts import Memory, alone
from spymaster.pull.request import Request, requests_of

if TYPE_CHECKING:
    from spymaster.pull.vendor import Advance, Say, Vendor

PATIENCE_SECONDS = 3_600.0


@dataclass(frozen=True)
class Quote:
    """What is not there yet of a request, and what it costs."""

    request: Request
    """Without parents that are dormant."""
    days: tuple[date, ...] = ()
    """UTC dates to buy."""
    records: int = 0
    billable_bytes: int = 0
    """Uncompressed."""
    dollars: float = 0.0
    job: str | None = None
    """A batch job that was paid before."""

    @property
    def is_free(self) -> bool:
        """Whether nothing has to be bought."""
        return not self.days or self.job is not None


@dataclass
class Pulled:
    """What a pull did."""

    quotes: list[Quote]
    files: list[Path] = field(default_factory=list)
    """What can land of all requests, what was there before too."""


def pull(
    folder: Path,
    schemas: Sequence[str],
    symbols: Sequence[str],
    first: date,
    last: date,
    *,
    agree: Callable[[list[Quote]], bool],
    dataset: str = "GLBX.MDP3",
    stype: str = "parent",
    max_cost: float | None = None,
    as_batch: bool = False,
    patience: float = PATIENCE_SECONDS,
    say: Say = lambda line: None,
    advance: Advance = lambda path, done, total: None,
) -> Pulled:
    """Buy historical records of whole UTC dates, but nothing that is there already.

    Parameters
    ----------
    folder : Path
        Gets a folder for each request or batch job, and ``pull.json``.
    first, last : date
        UTC dates, both included.
    agree : callable
        Takes the quotes and says whether to buy; not asked where nothing has to be bought.
    max_cost : float, US dollars
        Above, nothing is bought whatever ``agree`` would say.
    as_batch : bool
        As one batch job for each schema, instead of a stream for each day.
    patience : float, seconds
        How long to wait for a batch job.
    say, advance : callables
        Told in a line what was done, and how far a download is.

    Raises
    ------
    UsageError
        If something asked for does not exist, or DATABENTO_API_KEY is not set or unknown.
    RefusedError
        If it costs too much or nobody agreed; then nothing was bought.
    LockedError
        If another command buys into the folder.
    VendorError, DataError
        If the vendor does not answer, or with something else than it promised.
    """
    wanted = requests_of(dataset, schemas, symbols, stype, first, last)
    from spymaster.pull.vendor import Vendor  # loads pandas

    vendor = Vendor(say)
    with alone(folder):
        memory = Memory.of(folder)
        quotes = [_quote(vendor, memory, request, say, as_batch=as_batch) for request in wanted]
        _settle_cost(quotes, max_cost, agree)
        pulled = Pulled(quotes)
        for request, quote in zip(wanted, quotes, strict=True):
            if as_batch:
                job = quote.job or _submit(vendor, memory, request, quote.request, say)
                pulled.files += batch.fetch(vendor, memory, job, patience, say, advance)
            else:
                pulled.files += streaming.fetch(vendor, memory, request, quote.days, say)
                pulled.files += conditions.fetch(vendor, folder, request, say)
        return pulled


def _submit(vendor: Vendor, memory: Memory, request: Request, asked: Request, say: Say) -> str:
    job = vendor.submit(asked)
    memory.begin(request.key, job)
    say(f"{job}: submitted")
    return job


def _quote(vendor: Vendor, memory: Memory, request: Request, say: Say, *, as_batch: bool) -> Quote:
    if not as_batch:
        return _priced(vendor, request, streaming.missing(vendor, memory, request, say))
    known = batch.known_job(vendor, memory, request, say)
    if known:
        return Quote(request, job=known)
    quote = _priced(vendor, request, list(request.days()))
    # an earlier command may have been killed between submitting and remembering
    same = batch.same_job(vendor, quote.request)
    if same:
        say(f"{same}: submitted before, picked up again")
        memory.begin(request.key, same)
    return replace(quote, job=same)


def _priced(vendor: Vendor, request: Request, days: list[date]) -> Quote:
    quote = Quote(request, tuple(days))
    for part in request.over(days):
        asked, dollars = vendor.cost(part)
        quote = Quote(
            replace(request, symbols=asked.symbols),
            quote.days,
            quote.records + vendor.records(asked),
            quote.billable_bytes + vendor.billable_bytes(asked),
            quote.dollars + dollars,
        )
    return quote


def _settle_cost(
    quotes: list[Quote], max_cost: float | None, agree: Callable[[list[Quote]], bool]
) -> None:
    to_buy = [quote for quote in quotes if not quote.is_free]
    dollars = sum(quote.dollars for quote in to_buy)
    if max_cost is not None and dollars > max_cost:
        raise RefusedError(f"it costs ${dollars:,.2f}, more than --max-cost {max_cost:,.2f}")
    if to_buy and not agree(quotes):
        raise RefusedError(f"nothing bought: it costs ${dollars:,.2f}; say --yes to buy it")
