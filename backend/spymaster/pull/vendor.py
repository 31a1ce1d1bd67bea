"""The vendor's historical service; the only module that imports its client.

Every question is asked a bounded number of times, and every way it can go wrong is one line without
the key. What costs money is asked again only where the vendor says that it did not listen.
"""

from __future__ import annotations

import os
import time
import warnings
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import databento
import databento_dbn
import requests
from databento.common.error import BentoError, BentoHttpError

from spymaster.errors import RefusedError, SpymasterError, UsageError, VendorError
from spymaster.land.conditions import Condition, read_conditions
from spymaster.pull.answers import UNREADABLE, JobFile, dicts, dollars, job_files
from spymaster.pull.request import Request

KEY = "DATABENTO_API_KEY"
GATEWAY = "https://hist.databento.com"
ATTEMPTS = 5
PAUSE_SECONDS = 1.0
"""Before the second attempt; twice as long before each further one."""
LONGEST_PAUSE_SECONDS = 60.0
TIMEOUT_SECONDS = 100.0
CHUNK = 1 << 20
DORMANT = "Could not resolve smart symbols"


T = TypeVar("T")
Say = Callable[[str], None]
Advance = Callable[[Path, int, int], None]


class Vendor:
    """A client with the key of the environment.

    Raises
    ------
    UsageError
        If the environment has no key.
    """

    def __init__(self, say: Say) -> None:
        self._key, self._say = os.environ.get(KEY, "").strip(), say
        if not self._key:
            raise UsageError(f"{KEY} is not set; it holds the key of your account")
        self._client = databento.Historical(self._key, gateway=GATEWAY)

    def cost(self, request: Request) -> tuple[Request, float]:
        """Return the request without dormant parents, and what it costs in US dollars."""
        return self._resolved(request, self._client.metadata.get_cost, read=dollars)

    def billable_bytes(self, request: Request) -> int:
        """Return how many bytes, uncompressed, are billed."""
        return self._resolved(request, self._client.metadata.get_billable_size, read=int)[1]

    def records(self, request: Request) -> int:
        """Return how many records there are."""
        return self._resolved(request, self._client.metadata.get_record_count, read=int)[1]

    def conditions(self, request: Request) -> list[Condition]:
        """Return what the vendor says of the days of a request's dataset, whatever is asked of it.

        Of a day without data, such as a Saturday, it may say nothing.
        """
        get_condition = self._client.metadata.get_dataset_condition
        first, last = str(request.first), str(request.last)
        return self._ask(
            get_condition,
            read_conditions,
            dataset=request.dataset,
            start_date=first,
            end_date=last,
        )

    def stream(self, request: Request, path: Path) -> None:
        """Buy the records of a request and write them to a path that does not exist."""
        get_range = self._client.timeseries.get_range
        self._resolved(request, get_range, read=_closed, is_paid=True, path=path)

    def submit(self, request: Request) -> str:
        """Buy a request as a batch job and return the job's id."""
        submit = self._client.batch.submit_job
        more = {"is_paid": True, "split_duration": "day"}
        return self._resolved(request, submit, read=lambda job: str(job["id"]), **more)[1]

    def jobs(self) -> list[dict[str, Any]]:
        """Return the account's jobs, expired ones too."""
        states = "queued,processing,done,expired"
        return self._ask(self._client.batch.list_jobs, dicts, states=states)

    def files(self, job: str) -> list[JobFile]:
        """Return the files of a job that is done."""
        return self._ask(self._client.batch.list_files, job_files, job_id=job)

    def download(self, file: JobFile, path: Path, advance: Advance) -> None:
        """Write a job's file to a path, going on where an earlier attempt left off.

        The vendor's own client would wait without end for a server that says it is busy.
        """
        attempt, most = 0, 0
        while (have := path.stat().st_size if path.exists() else 0) < file.bytes:
            if have >= most + CHUNK:
                attempt, most = 0, have
            attempt += 1
            try:
                self._receive(file, path, have, advance)
                if path.stat().st_size < file.bytes:
                    raise requests.ConnectionError("the vendor sends less than it promised")
            except (requests.RequestException, BentoError) as error:
                self._pause_or_raise(error, attempt, f"{file.name}: ", may_repeat=True)

    def _receive(self, file: JobFile, path: Path, have: int, advance: Advance) -> None:
        headers = {"Range": f"bytes={have}-{file.bytes - 1}"} if have else {}
        scheme, host, *_ = urlsplit(file.url)
        if (scheme, host) != urlsplit(GATEWAY)[:2]:  # the key goes nowhere else
            raise VendorError(f"{file.name}: offered at {scheme}://{host}, not {GATEWAY}")
        answer = requests.get(
            file.url,
            headers=headers,
            auth=(self._key, ""),
            stream=True,
            timeout=TIMEOUT_SECONDS,
        )
        with answer:
            databento.common.http.check_http_error(answer)
            with path.open("ab" if answer.status_code == requests.codes.partial else "wb") as out:
                for chunk in answer.iter_content(CHUNK):
                    out.write(chunk)
                    advance(path, out.tell(), file.bytes)

    def _resolved(
        self, request: Request, call: Callable[..., Any], read: Callable[[Any], T], **more: Any
    ) -> tuple[Request, T]:
        """Ask, leaving out parents that have no instruments in the range."""
        for _ in request.symbols:
            given: dict[str, Any] = {
                "dataset": request.dataset,
                "schema": request.schema,
                "symbols": list(request.symbols),
                "stype_in": request.stype,
                "start": str(request.first),
                "end": str(request.end),
            }
            try:
                return request, self._ask(call, read, **given, **more)
            except _DormantError as error:
                request = self._without(request, error)
        raise VendorError(f"{request.schema}: the vendor keeps finding dormant symbols")

    def _without(self, request: Request, error: _DormantError) -> Request:
        gone = [symbol for symbol in request.symbols if symbol in error.symbols]
        left = tuple(symbol for symbol in request.symbols if symbol not in gone)
        span = f"from {request.first} to {request.last}"
        if not gone or not left:
            raise VendorError(f"{DORMANT} {span}: {', '.join(sorted(error.symbols))}")
        self._say(f"without {', '.join(gone)}: dormant {span}, {request.schema}")
        return replace(request, symbols=left)

    def _ask(
        self,
        call: Callable[..., Any],
        read: Callable[[Any], T],
        *,
        is_paid: bool = False,
        **given: Any,
    ) -> T:
        attempt = 0
        while True:
            attempt += 1
            try:
                with warnings.catch_warnings(record=True) as told:
                    warnings.simplefilter("always")
                    answer = read(call(**given))
            except (BentoError, requests.RequestException) as error:
                self._pause_or_raise(error, attempt, "", may_repeat=not is_paid)
            except (*UNREADABLE, databento_dbn.DBNError) as error:
                said = self._clean(f"{type(error).__name__}: {error}")
                raise VendorError(f"the vendor's answer cannot be read: {said}") from None
            else:
                for warning in told:
                    self._say(f"the vendor says: {self._clean(str(warning.message))}")
                return answer

    def _pause_or_raise(
        self, error: Exception, attempt: int, what: str, *, may_repeat: bool
    ) -> None:
        """Wait before another attempt, or say in one line why there is none."""
        status = error.http_status if isinstance(error, BentoHttpError) else 0
        is_busy = status == requests.codes.too_many_requests
        is_passing = is_busy or status >= 500 or not isinstance(error, BentoHttpError)
        if attempt >= ATTEMPTS or not is_passing or not (may_repeat or is_busy):
            self._fail(error, status, what)
        pause = PAUSE_SECONDS * 2 ** (attempt - 1)
        if isinstance(error, BentoHttpError):
            asked = str(error.headers.get("Retry-After", ""))
            pause = max(pause, float(asked)) if asked.isdigit() else pause
        time.sleep(min(pause, LONGEST_PAUSE_SECONDS))

    def _fail(self, error: Exception, status: int, what: str) -> NoReturn:
        said = self._clean(str(getattr(error, "message", None) or error))
        if DORMANT in said:
            names = said.split(DORMANT, 1)[1].partition(".\n")[0]
            raise _DormantError({name.strip(" :.") for name in names.replace(",", " ").split()})
        if status == requests.codes.unauthorized:
            raise UsageError(f"the vendor does not know the key in {KEY} (401)") from None
        if status in (requests.codes.payment_required, requests.codes.forbidden):
            raise RefusedError(f"{what}the vendor refuses ({status}): {said}") from None
        if status:
            raise VendorError(f"{what}the vendor answers {status}: {said}") from None
        raise VendorError(f"{what}no answer from the vendor: {said}") from None

    def _clean(self, text: str) -> str:
        """Return a text in one line, without the key in any form it travels in."""
        coded = b64encode(f"{self._key}:".encode()).decode()
        for secret in (self._key, coded):
            text = text.replace(secret, "***")
        return " ".join(text.split()) or "no reason given"


class _DormantError(SpymasterError):
    """Parents that have no instruments in the range asked for."""

    def __init__(self, symbols: set[str]) -> None:
        super().__init__(f"{DORMANT}: {', '.join(sorted(symbols))}")
        self.symbols = symbols


def _closed(store: databento.DBNStore) -> None:
    store.reader.close()
