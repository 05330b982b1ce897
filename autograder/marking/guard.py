"""Who may reach the desk: browsers of this machine, whose markers know the token, from a page of the desk.

A page of the web could send requests to this machine. It cannot name it as its own does, does not get the cookie, which
is kept from other sites, and cannot hide where a change comes from.
"""

import hmac
import re
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest
from tornado.web import HTTPError, RequestHandler

from autograder.errors import UsageError
from autograder.marking.desk import Desk

HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
_POLICY = (
    "default-src 'none'; img-src data:; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_MARKER = re.compile(r"[0-9a-f]{16}")


class Guarded(RequestHandler):
    """What holds for every request."""

    desk: Desk
    token: str

    def initialize(self, desk: Desk, token: str) -> None:
        self.desk, self.token = desk, token

    def set_default_headers(self) -> None:
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")  # with none at all, a browser hides where a form comes from
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        require_own_machine(self.request)
        given = self.get_cookie(self._cookie, "")
        if not hmac.compare_digest(str(given).encode(), self.token.encode()):
            raise HTTPError(403, reason="Open the address that the command printed")

    @property
    def _cookie(self) -> str:
        """Cookies of all ports of a machine lie together."""
        return f"desk-{urlsplit(f'//{self.request.host}').port}"

    @property
    def marker(self) -> str:
        """Which browser this is."""
        given = str(self.get_cookie("desk-marker", ""))
        return given if _MARKER.fullmatch(given) else ""

    def write_error(self, status_code: int, **kwargs: object) -> None:
        cause = kwargs.get("exc_info", (None, None, None))
        error = cause[1] if isinstance(cause, tuple) else None
        if isinstance(error, UsageError):
            self.set_status(503)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{error if isinstance(error, UsageError) else self._reason}.\n")


def require_own_machine(request: HTTPServerRequest) -> None:
    """Refuse what was not sent to a name of this machine.

    Raises:
        HTTPError: it was not.
    """
    if urlsplit(f"//{request.host}").hostname not in HOSTS:
        raise HTTPError(403, reason="This is not the name of this machine")


def require_own_page(request: HTTPServerRequest) -> None:
    """Refuse a change that does not come from a page of the desk.

    Raises:
        HTTPError: it does not.
    """
    if request.headers.get("Origin") != f"http://{request.host}":
        raise HTTPError(403, reason="This does not come from a page of the desk")
