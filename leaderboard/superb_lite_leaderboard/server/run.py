"""Listening: a socket that is ours before anything is said, and a server that ends cleanly."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import uvicorn

from superb_lite.errors import SuperbLiteError, one_line
from superb_lite_leaderboard.server.app import LOOPBACK, Site, application


@dataclass(frozen=True)
class Listening:
    """A server that has its socket and is not running yet."""

    url: str
    server: uvicorn.Server
    listener: socket.socket

    def run(self) -> None:
        """Answer until Ctrl-C, or until `stop` is called in another thread."""
        with contextlib.suppress(KeyboardInterrupt):
            self.server.run(sockets=[self.listener])

    def stop(self) -> None:
        """End `run`."""
        self.server.should_exit = True


@contextlib.contextmanager
def listen(site: Site, host: str, port: int, *, names: Sequence[str] = ()) -> Iterator[Listening]:
    """A server of a site on an address.

    port: 0: any free one. names: host names under which browsers ask, beside the address itself; on a loopback address
        those of this machine are known already.

    Raises `SuperbLiteError` where the address is none of this machine, or the port is taken.
    """
    shown = one_line(host)
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family)
    except (OSError, UnicodeError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SuperbLiteError(
            f"cannot listen on '{shown}' port {port}: {reason}; try another --port or --host"
        ) from None
    with contextlib.closing(listener):
        number = listener.getsockname()[1]
        literal = f"[{host}]" if family == socket.AF_INET6 else host
        hosts = [*(LOOPBACK if _is_loopback(host) else ()), literal, *names]
        config = uvicorn.Config(
            application(site, hosts),
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=2,
        )
        url = f"http://{'localhost' if host == LOOPBACK[0] else literal}:{number}/"
        yield Listening(url, uvicorn.Server(config), listener)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
