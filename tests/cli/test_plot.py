"""Pictures from the command line: a level's session, or gamma by strike."""

import pytest

from cli.conftest import Shell


def test_gex_is_drawn_at_a_time(built: Shell) -> None:
    drawn = built.inside("plot", "gex", "-o", "gex.png", "--at", "09:32", "--expiry-set", "5d")
    assert (drawn.returncode, drawn.stdout) == (0, "")
    assert drawn.stderr.startswith("gex.png: ")
    assert drawn.stderr.endswith(" strikes\n")
    assert (built.folder / "gex.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("args", "error"),
    [
        (("gex", "--from", "09:32"), "--from: not for gex"),
        (("PM_HIGH", "--at", "09:32"), "--at: not for PM_HIGH"),
        (("PM_HIGH", "--expiry-set", "5d"), "--expiry-set: not for PM_HIGH"),
    ],
)
def test_an_option_of_the_other_picture_is_refused(
    built: Shell, args: tuple[str, ...], error: str
) -> None:
    drawn = built.inside("plot", *args, "-o", "a.png")
    assert (drawn.returncode, drawn.stderr.splitlines()[-1]) == (2, f"error: {error}")
