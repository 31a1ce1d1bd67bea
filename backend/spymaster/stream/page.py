"""The built client: files that lie beside this one, so that showing them needs no Node."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from spymaster.stream.access import Handler

CLIENT = Path(__file__).with_name("client")
SCHEMA = CLIENT / "pressure.schema.json"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
"""Of our own, since the system's table may say anything."""
REVALIDATE = {"Cache-Control": "no-cache"}
"""The names of the files stay: a browser asks each time whether one changed."""


def routes() -> list[web.RouteDef]:
    """Return the page and each of its files; nothing else of the folder can be asked for."""
    files = {f"/{path.name}": path for path in sorted(CLIENT.iterdir())}
    return [
        web.get(name, _giving(path))
        for name, path in ({"/": CLIENT / "index.html"} | files).items()
    ]


def _giving(path: Path) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": TYPES[path.suffix], **REVALIDATE}
        return web.FileResponse(path, headers=headers)

    return answer
