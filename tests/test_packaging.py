"""What is handed on: the lock, the wheel, and nothing of the machine it was made on."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PUBLIC = {"https://pypi.org/simple", "https://files.pythonhosted.org"}
OF_A_MACHINE = re.compile(
    "|".join(f"/{name}" for name in ("work/", "root/", "tmp/perf", "home/[a-z]", "Users/"))
)


def tracked() -> list[Path]:
    """Return every file of the repository that git knows."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone of the repository")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def imported(path: Path) -> Iterator[str]:
    """Yield the first part of every absolute import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_the_lock_names_the_public_index_only() -> None:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    hosts = set(re.findall(r'registry = "([^"]+)"', text))
    hosts |= set(re.findall(r'url = "(https?://[^/"]+)', text))
    assert hosts == PUBLIC


def test_no_file_names_a_path_of_a_machine() -> None:
    found = []
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content and (match := OF_A_MACHINE.search(content.decode("utf-8"))):
            found.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert found == []


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "backend/spymaster/py.typed").exists()


def test_what_the_package_imports_is_what_it_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[<>=\[ ]", line)[0] for line in project["dependencies"]}
    asked |= {
        re.split(r"[<>=\[ ]", line)[0]
        for extra in project["optional-dependencies"].values()
        for line in extra
    }
    names = {"markdown-it-py": "markdown_it", "pyyaml": "yaml", "tzdata": ""}
    names |= {"vl-convert-python": "vl_convert", "duckdb": "_duckdb"}
    used = {name for path in (ROOT / "backend").rglob("*.py") for name in imported(path)}
    used -= {*sys.stdlib_module_names, "spymaster", "databento_dbn"}  # which databento brings
    assert used == {names.get(name, name.replace("-", "_")) for name in asked} - {""}


@pytest.mark.slow
@pytest.mark.network
def test_the_wheel_holds_the_package_and_its_sql_and_runs_alone(tmp_path: Path) -> None:
    built = subprocess.run(
        ["uv", "build", "--wheel", "--out-dir", tmp_path], cwd=ROOT, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "alone")
    sources = {path.relative_to(ROOT) for path in tracked()}
    package = {str(p.relative_to("backend")) for p in sources if p.is_relative_to("backend")}
    sql = {f"spymaster/{path}" for path in sources if path.is_relative_to("sql")}
    assert package | sql <= names
    beside = {name for name in names if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in beside} == {"spymaster"}
    assert alone(tmp_path, "check") == "no findings\n"
    assert alone(tmp_path, "docs", "-o", "site").startswith("site/index.html: ")
    assert (tmp_path / "site" / "relations" / "book.flow_5s.html").exists()


def alone(folder: Path, *words: str) -> str:
    """Return what a command of the unpacked wheel says, run outside the repository."""
    done = subprocess.run(
        [sys.executable, "-c", "import spymaster.cli.entry as c; c.main()", *words],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "alone")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr
