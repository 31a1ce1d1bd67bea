"""Who may ask: hosts, the token, how many at once, and what a browser is told."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web
from aiohttp.typedefs import Middleware

from spymaster.errors import UsageError
from spymaster.settings import STREAM_TOKEN

COOKIE = "spymaster_stream"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Access:
    """What a server lets in."""

    host: str
    """The address it listens on."""
    token: str | None = None
    also: Collection[str] = ()
    """Further names by which it may be called."""

    def __post_init__(self) -> None:
        if self.host not in LOOPBACK and not self.token:
            raise UsageError(
                f"--host {self.host}: others could read the stream; set {STREAM_TOKEN},"
                f" or listen on {LOOPBACK[0]}"
            )

    @property
    def cookie(self) -> str:
        """What a browser shows instead of the token: of no use to learn the token from."""
        return hmac.new(_bytes(self.token or ""), b"spymaster stream", sha256).hexdigest()

    def knows_host(self, host: str) -> bool:
        """Whether a Host header names this server: a page elsewhere may point a name at it.

        >>> Access("127.0.0.1").knows_host("localhost:8417")
        True
        >>> Access("127.0.0.1").knows_host("evil.example:8417")
        False
        """
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        return name.strip("[]").lower() in {*LOOPBACK, self.host, *self.also}

    def knows(self, given: str) -> bool:
        """Whether a token is the right one, in a time that says nothing of it."""
        return hmac.compare_digest(_bytes(given), _bytes(self.token or ""))

    def lets_in(self, request: web.Request) -> bool:
        """Whether a request shows the token as a program, or the cookie as a browser."""
        if self.token is None:
            return True
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self.knows(given.strip())
        return hmac.compare_digest(_bytes(request.cookies.get(COOKIE, "")), _bytes(self.cookie))


def guard(access: Access) -> Middleware:
    """Return the middleware that every request passes."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if not access.knows_host(request.host):
            return refusal(403, f"host {request.host} is not this server's name")
        is_open = not request.path.startswith("/api/") or request.path == "/api/login"
        if not is_open and not access.lets_in(request):
            return refusal(401, "the token is missing or wrong")
        return await handler(request)

    return check


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser what it may do with an answer; no other origin may read one."""
    response.headers.update(HEADERS)


def login(access: Access) -> Handler:
    """Return the handler that gives a browser its cookie for the token."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            form = await request.post()
        except (LookupError, ValueError):  # a charset or a boundary that is none
            return refusal(400, "expected a form with a token")
        if access.token is None or not access.knows(str(form.get("token", ""))):
            return refusal(401, "the token is missing or wrong")
        response = web.Response(status=204)
        response.set_cookie(COOKIE, access.cookie, httponly=True, samesite="Strict", path="/")
        return response

    return answer


def _bytes(text: str) -> bytes:
    """Return what is compared: bytes of a header that are no UTF-8 came as lone surrogates."""
    return text.encode("utf-8", "surrogatepass")


def refusal(status: int, why: str) -> web.Response:
    """Return an answer that says no, and why."""
    headers = {"Retry-After": "5"} if status == 503 else {}
    return web.json_response({"error": why}, status=status, headers=headers)
