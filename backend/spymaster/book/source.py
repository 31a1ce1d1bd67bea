"""What the replay is made of, as a digest: a change of it makes every book anew."""

from __future__ import annotations

import ast
from functools import cache
from hashlib import sha256
from pathlib import Path


@cache
def digest() -> str:
    """Return 16 hex digits of the code in this folder, without comments and docstrings."""
    code = "\n".join(_bare(file.read_text(encoding="utf-8")) for file in _files())
    return sha256(code.encode()).hexdigest()[:16]


def version() -> str:
    """Return 16 hex digits of the files in this folder to the byte, at a hundredth of the cost."""
    return sha256(b"\n".join(file.read_bytes() for file in _files())).hexdigest()[:16]


def _files() -> list[Path]:
    return sorted(Path(__file__).parent.glob("*.py"))


def _bare(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]
    return ast.unparse(tree)


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
