"""The duckdb command line, started anew each time."""

import json
import subprocess
import sys
from pathlib import Path

from serve import Rows, serve

PROGRAM = Path(sys.executable).with_name("duckdb")


def ask(link: str, questions: list[str]) -> list[Rows]:
    wanted = [word for sql in questions for word in ("-c", sql)]
    asked = subprocess.run(
        [PROGRAM, "-readonly", "-json", link, *wanted], capture_output=True, text=True, check=False
    )
    if asked.returncode:
        sys.exit(asked.stderr)
    decoder, text, found = json.JSONDecoder(), asked.stdout.strip(), []
    while text:
        rows, end = decoder.raw_decode(text)
        found.append(rows)
        text = text[end:].strip()
    return found


serve(ask)
