"""What a command downloads first in a fresh clone, by the sizes of the wheels in the lock.

uv run --group dev python tests/benchmarks/downloads.py
"""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

from packaging.tags import sys_tags
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).parents[2]
COMMANDS = {
    "uv run spymaster demo": [],
    "uv run --extra plot spymaster plot": ["--extra", "plot"],
    "uv run --group dev pytest": ["--group", "dev"],
}


def wanted(options: list[str]) -> set[str]:
    """Return the names of the packages that are installed here, without the project itself."""
    asked = ["uv", "export", "--frozen", "--no-hashes", "--no-annotate", "--no-emit-project"]
    text = subprocess.run(
        [*asked, "--quiet", *options], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    lines = (line for line in text.splitlines() if "==" in line)
    return {re.split("==", line)[0] for line in lines if is_for_here(line)}


def is_for_here(line: str) -> bool:
    from packaging.requirements import Requirement

    marker = Requirement(line).marker
    return marker is None or marker.evaluate()


def sizes() -> dict[str, int]:
    """Return the bytes of the best wheel for this machine, or of the source, by package."""
    ranks = {tag: rank for rank, tag in enumerate(sys_tags())}
    found = {}
    for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]:
        fitting = []
        for wheel in package.get("wheels", ()):
            tags = parse_wheel_filename(wheel["url"].rpartition("/")[2])[3]
            rank = min((ranks[tag] for tag in tags if tag in ranks), default=None)
            if rank is not None:
                fitting.append((rank, wheel["size"]))
        found[package["name"]] = min(fitting)[1] if fitting else _source(package)
    return found


def _source(package: dict[str, dict[str, int]]) -> int:
    return package.get("sdist", {}).get("size", 0)


def main() -> None:
    size = sizes()
    for command, options in COMMANDS.items():
        names = wanted(options)
        megabytes = sum(size[name] for name in names) / 1e6
        print(f"{command:<40} {len(names):>4} packages {megabytes:>6.0f} MB")
        for name in sorted(names, key=lambda name: -size[name])[:6]:
            print(f"    {name:<36} {size[name] / 1e6:>6.1f} MB")


if __name__ == "__main__":
    main()
