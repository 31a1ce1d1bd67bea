"""``spymaster docs`` as a shell runs it."""

from pathlib import Path

from cli.conftest import Shell


def test_a_folder_with_something_else_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    refused = Shell(tmp_path).inside("docs", "-o", ".")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert refused.stderr == "error: .: holds something else; give a new or an empty folder\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
