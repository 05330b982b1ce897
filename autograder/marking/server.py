"""Starts the desk on the loopback address of this machine, and ends it with Ctrl-C."""

import asyncio
import contextlib
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from autograder.errors import UsageError
from autograder.marking.desk import Desk
from autograder.marking.handlers import ROUTES

ADDRESS = "127.0.0.1"
MAX_BODY = 2**20  # bytes of one request


def serve(desk: Desk, port: int, told: Callable[[str], None]) -> None:
    """Serve the desk until somebody presses Ctrl-C.

    Args:
        desk: what is marked.
        port: to listen on; 0 for any that is free.
        told: called with the address to open, when it can be opened.

    Raises:
        UsageError: another program listens there.
    """

    async def until_interrupted() -> None:
        async with served(desk, port) as address:
            told(address)
            await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(until_interrupted())


@asynccontextmanager
async def served(desk: Desk, port: int = 0) -> AsyncIterator[str]:
    """Serve the desk meanwhile; gives the address to open.

    Raises:
        UsageError: another program listens there.
    """
    token = secrets.token_urlsafe(32)
    shared = {"desk": desk, "token": token}
    application = Application([(route, handler, shared) for route, handler in ROUTES], log_function=lambda _: None)
    server = HTTPServer(application, max_body_size=MAX_BODY, max_buffer_size=2 * MAX_BODY, idle_connection_timeout=600)
    listener = _listen(port)
    server.add_socket(listener)
    try:
        yield f"http://{ADDRESS}:{listener.getsockname()[1]}/enter?token={token}"
    finally:
        server.stop()
        await server.close_all_connections()


def _listen(port: int) -> socket.socket:
    try:
        (listener,) = bind_sockets(port, ADDRESS)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be used ({error.strerror}): name another one with --port.") from None
    return listener
