"""A gateway of a test's own, and the command line pointed at it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from typer.testing import CliRunner

from pull.gateway import KEY, Account, serve
from spymaster.cli.app import app

Result = CompletedProcess[str]


@dataclass
class Desk:
    """A folder to pull into."""

    folder: Path
    account: Account

    def pull(self, *more: str, first: str = "2024-01-09", last: str = "2024-01-10") -> Result:
        """Run ``spymaster pull`` without a person to ask."""
        args = ["pull", "--from", first, "--to", last, "-o", str(self.folder / "out"), *more]
        args += ["--warehouse", str(self.folder / "warehouse")]
        result = CliRunner().invoke(app, args)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        for text in (result.stdout, result.stderr):
            assert KEY not in text
        return Result(args, result.exit_code, result.stdout, result.stderr)

    def files(self) -> list[str]:
        """Return every file below the folder, having looked for the key in each."""
        there = sorted(path for path in (self.folder / "out").rglob("*") if path.is_file())
        assert not any(KEY.encode() in path.read_bytes() for path in there)
        return [str(path.relative_to(self.folder / "out")) for path in there]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A gateway that answers well, trusted, with a key it knows in the environment."""
    from spymaster.pull import batch, vendor

    (tmp_path / "vendor").mkdir()
    account = Account(tmp_path / "vendor")
    server, trusted = serve(account, tmp_path)
    monkeypatch.setattr(vendor, "GATEWAY", f"https://127.0.0.1:{server.server_address[1]}")
    monkeypatch.setattr(vendor, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(batch, "POLL_SECONDS", 0.01)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(trusted))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("DATABENTO_API_KEY", KEY)
    yield Desk(tmp_path, account)
    server.shutdown()
    server.server_close()
