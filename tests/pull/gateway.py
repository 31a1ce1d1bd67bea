"""The vendor's historical service as tests need it: TLS on loopback, real DBN bytes, all ills."""

from __future__ import annotations

import json
import ssl
import threading
from base64 import b64decode
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

from land.files import DAY_NS, INSTRUMENT, orders
from spymaster.land.dbn import write_dbn

KEY = "db-ThisKeyIsForTestsOnly1234567"
DAY = date(2024, 1, 9)
JOB = "GLBX-20240111-TESTJOB"
COUNT = 500
"""Records of a weekday."""
Fault = Callable[["Handler", bytes], None]
"""Answers a request wrongly, given what the right answer would have been."""


@dataclass
class Account:
    """What the vendor knows, and what went wrong on the way."""

    folder: Path
    dormant: tuple[str, ...] = ()
    faults: defaultdict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))
    """Consumed one by one, by the last part of the path."""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """Every request that was let in."""
    jobs: list[dict[str, Any]] = field(default_factory=list)
    conditions: dict[date, str] = field(default_factory=dict)
    """What is said of a weekday, available where nothing is; of a weekend nothing is said."""
    modified: date = date(2024, 1, 15)
    """When all days were last made."""
    count_of_a_day: int = COUNT
    """How many records of a weekday there are said to be."""
    polls: int = 0
    """How often a job is still processing when it is asked for."""

    def count(self, name: str) -> int:
        return sum(path == name for path, _ in self.asked)

    def day(self, day: date, schema: str = "mbo") -> bytes:
        """Return the file of a day; a weekend has none."""
        path = self.folder / f"glbx-mdp3-{day:%Y%m%d}.{schema}.dbn.zst"
        start = DAY_NS + (day - DAY).days * 86_400 * 10**9
        records = orders(COUNT, start_ns=start, seed=day.day)
        end = start + 86_400 * 10**9
        write_dbn(path, "mbo", records, symbols={"ESH4": INSTRUMENT}, start_ns=start, end_ns=end)
        return path.read_bytes()

    def said(self, first: date, last: date) -> bytes:
        """Return the conditions of some days, both ends included."""
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        listed = [
            {
                "date": str(day),
                "condition": self.conditions.get(day, "available"),
                "last_modified_date": str(self.modified),
            }
            for day in days
            if is_open(day)
        ]
        return json.dumps(listed, indent=4).encode()

    def files(self, job: dict[str, Any]) -> dict[str, bytes]:
        first, end = (date.fromisoformat(job[name][:10]) for name in ("start", "end"))
        days = [first + timedelta(days=n) for n in range((end - first).days)]
        query = {"dataset": job["dataset"], "schema": job["schema"]}
        data = {
            "condition.json": self.said(first, end - timedelta(days=1)),
            **{f"glbx-mdp3-{d:%Y%m%d}.mbo.dbn.zst": self.day(d) for d in days if is_open(d)},
            "metadata.json": json.dumps({"job_id": job["id"], "query": query}).encode(),
        }
        listed = [{"filename": n, "hash": _hash(b), "size": len(b)} for n, b in data.items()]
        return {
            **data,
            "manifest.json": json.dumps({"job_id": job["id"], "files": listed}).encode(),
        }


def is_open(day: date) -> bool:
    return day.weekday() < 5


def _hash(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


class Handler(BaseHTTPRequestHandler):
    """Answers as the vendor does."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or a body waits 40 ms until its headers were acknowledged
    account: Account

    def do_POST(self) -> None:
        """Answer metadata, streams and submissions."""
        length = int(self.headers["Content-Length"])
        given = parse_qs(self.rfile.read(length).decode(), keep_blank_values=True)
        self._answer({name: values[0] for name, values in given.items()})

    def do_GET(self) -> None:
        """Answer lists and downloads."""
        given = parse_qs(urlsplit(self.path).query)
        self._answer({name: values[0] for name, values in given.items()})

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        """Send an answer."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status: int, message: str, case: str = "some_case", **headers: str) -> None:
        """Send an error as the vendor words it."""
        detail = {"case": case, "message": message, "status_code": status, "docs": None}
        self.reply(status, json.dumps({"detail": detail}).encode(), **headers)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _answer(self, given: dict[str, str]) -> None:
        path = urlsplit(self.path).path
        name = path.rsplit("/", 1)[-1].removeprefix("v0/")
        kind, _, coded = self.headers.get("Authorization", "").partition(" ")
        if kind != "Basic" or b64decode(coded).decode() != f"{KEY}:":
            return self.refuse(401, "Authentication failed.", "auth_authentication_failed")
        self.account.asked.append((name, given))
        dormant = [
            one for one in given.get("symbols", "").split(",") if one in self.account.dormant
        ]
        if dormant:
            said = f"Could not resolve smart symbols: {', '.join(dormant)}"
            return self.refuse(422, said, "symbology_invalid_request")
        answers = {
            "metadata.get_cost": self._cost,
            "metadata.get_billable_size": self._size,
            "metadata.get_record_count": self._count,
            "metadata.get_dataset_condition": self._said,
            "timeseries.get_range": self._range,
            "batch.submit_job": self._submit,
            "batch.list_jobs": self._jobs,
            "batch.list_files": self._files,
        }
        body = answers.get(name, self._file)(given)
        faults = self.account.faults[name]
        if faults:
            return faults.pop(0)(self, body)
        wanted = self.headers.get("Range")
        if wanted:
            first = int(wanted.removeprefix("bytes=").split("-")[0])
            where = f"bytes {first}-{len(body) - 1}/{len(body)}"
            return self.reply(206, body[first:], Content_Range=where)
        return self.reply(200, body)

    def _days(self, given: dict[str, str]) -> list[date]:
        first, end = (date.fromisoformat(given[name][:10]) for name in ("start", "end"))
        days = [first + timedelta(days=n) for n in range((end - first).days)]
        return [day for day in days if is_open(day)]

    def _count(self, given: dict[str, str]) -> bytes:
        return str(self.account.count_of_a_day * len(self._days(given))).encode()

    def _said(self, given: dict[str, str]) -> bytes:
        first, last = (date.fromisoformat(given[name]) for name in ("start_date", "end_date"))
        return self.account.said(first, last)

    def _size(self, given: dict[str, str]) -> bytes:
        return str(56 * COUNT * len(self._days(given))).encode()

    def _cost(self, given: dict[str, str]) -> bytes:
        return str(1.25 * len(self._days(given))).encode()

    def _range(self, given: dict[str, str]) -> bytes:
        (day,) = self._days(given)
        return self.account.day(day)

    def _submit(self, given: dict[str, str]) -> bytes:
        names = ("dataset", "schema", "symbols", "stype_in", "split_duration", "encoding")
        job = {name: given[name] for name in names}
        job |= {name: f"{given[name]}T00:00:00.000000000Z" for name in ("start", "end")}
        self.account.jobs.append({"id": JOB, "state": "processing", **job})
        return json.dumps(self.account.jobs[-1]).encode()

    def _jobs(self, given: dict[str, str]) -> bytes:
        self.account.polls -= 1
        for job in self.account.jobs:
            if job["state"] == "processing" and self.account.polls <= 0:
                job["state"] = "done"
        return json.dumps(self.account.jobs).encode()

    def _files(self, given: dict[str, str]) -> bytes:
        host, port = self.server.server_address[:2]
        base = f"https://{host!s}:{port}/v0/batch/download/USER/{given['job_id']}"
        files = self.account.files(self.account.jobs[-1])
        listed = [
            {"filename": n, "size": len(b), "hash": _hash(b), "urls": {"https": f"{base}/{n}"}}
            for n, b in files.items()
        ]
        return json.dumps(listed).encode()

    def _file(self, given: dict[str, str]) -> bytes:
        return self.account.files(self.account.jobs[-1])[urlsplit(self.path).path.split("/")[-1]]


def refused(status: int, message: str = "no", **headers: str) -> Fault:
    """Answer with an error."""
    return lambda handler, body: handler.refuse(status, message, **headers)


def garbled(body: bytes) -> Fault:
    """Answer with something else."""
    return lambda handler, right: handler.reply(200, body)


def cut(share: float) -> Fault:
    """Promise everything, send a part, and hang up."""

    def answer(handler: Handler, body: bytes) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: int(len(body) * share)])
        handler.wfile.flush()
        handler.close_connection = True

    return answer


def serve(account: Account, folder: Path) -> tuple[ThreadingHTTPServer, Path]:
    """Start a gateway; return it and the certificate to trust."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    handler = type("Bound", (Handler,), {"account": account})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    # asks often whether to stop: a test waits for it
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    authority.cert_pem.write_to_path(folder / "trusted.pem")
    return server, folder / "trusted.pem"
