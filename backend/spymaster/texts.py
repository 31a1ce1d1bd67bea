"""Files that people write: what cannot be read is said in one line, with its place."""

from __future__ import annotations

from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spymaster.errors import ModelError

if TYPE_CHECKING:
    import yaml

DEEPEST = 50
"""Of lists in lists; what people write takes five."""


def read(path: Path, name: str) -> str:
    """Return the text of a file; ``name`` is how errors call it.

    Raises
    ------
    ModelError
        If it cannot be opened, is no UTF-8: with the line, or marks its byte order, which
        templates would print.
    """
    try:
        written = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{name}: cannot be read: {error.strerror}") from error
    if written.startswith(BOM_UTF8):
        raise ModelError(f"{name}:1: begins with a byte order mark; save it as UTF-8 without one")
    try:
        # as open() does: an editor's line ends are no part of what is written
        return written.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = written.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{written[error.start]:02x}"
        raise ModelError(f"{name}:{line}: {found} is not UTF-8") from error


def parse(
    name: str, text: str, above: int = 0, loader: type[yaml.CSafeLoader] | None = None
) -> tuple[yaml.Node | None, Any]:
    """Return what a YAML document says: its nodes, which know their lines, and its values.

    A key that is given twice is refused: the library would take the last and drop the others.

    Parameters
    ----------
    name : str
        How errors call the file.
    above : int
        Lines of the file before the text.

    Raises
    ------
    ModelError
        Naming file and line.
    """
    import yaml

    try:
        _check_depth(name, text, above)
        opened = (loader or yaml.CSafeLoader)(text)
        node = opened.get_single_node()
        _check_keys(name, node, above)
        return node, opened.construct_document(node) if node else None
    except yaml.MarkedYAMLError as error:
        line = above + (error.problem_mark.line if error.problem_mark else 0) + 1
        raise ModelError(f"{name}:{line}: {error.problem}") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        # a character or a date that there is not, a list as a key
        said = " ".join(str(error).split())
        raise ModelError(f"{name}:{above + 1}: {said}") from error


def _check_depth(name: str, text: str, above: int) -> None:
    """Refuse a document so deep that the library, which goes down by recursion in C, would crash.

    Events come flat, and cost less than half of reading.
    """
    import yaml

    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            line = above + (event.start_mark.line if event.start_mark else 0) + 1
            raise ModelError(f"{name}:{line}: deeper than {DEEPEST} levels")


def _check_keys(name: str, node: yaml.Node | None, above: int) -> None:
    import yaml

    left, known = [node], set()
    while left:
        one = left.pop()
        if not isinstance(one, yaml.CollectionNode) or one in known:  # an alias comes again
            continue
        known.add(one)
        if isinstance(one, yaml.MappingNode):
            _check_twice(name, one, above)
            left += [value for _, value in reversed(one.value)]
        else:
            left += reversed(one.value)


def _check_twice(name: str, mapping: yaml.MappingNode, above: int) -> None:
    found = set()
    for key, _ in mapping.value:
        if (key.tag, str(key.value)) in found:
            line = above + key.start_mark.line + 1
            raise ModelError(f"{name}:{line}: {key.value} is given twice")
        found.add((key.tag, str(key.value)))
