"""The port of the server: taken before its address is told, so that two courses started at once get two."""

from __future__ import annotations

import errno
import socket

from crmlab.app.workspace import Refused
from crmlab.language import _, tr

HOST = "127.0.0.1"
FIRST = 8888
_TRIED = 100


def take(port: int | None = None) -> list[socket.socket]:
    """Sockets that listen on ``HOST``, all on this port; ``None`` takes the first free one from 8888 on.

    Raises ``Refused`` if the port is no port, is taken, or may not be taken by this user.

    >>> from crmlab.app import port
    >>> first, second = port.take(), port.take()
    >>> port.number(first) < port.number(second)
    True
    >>> for one in first + second:
    ...     one.close()
    """
    from tornado.netutil import bind_sockets

    if port is not None and not 1 <= port <= 65535:
        raise Refused(tr(_("A port is a number from 1 to 65535, not {port}."), port=port))
    for one in range(FIRST, FIRST + _TRIED) if port is None else [port]:
        try:
            return bind_sockets(one, HOST)
        except OSError as error:
            if port is not None:
                raise _refused(port, error) from error
    raise Refused(
        tr(
            _("No port from {first} to {last} is free. Close other programs, or name one with --port."),
            first=FIRST,
            last=FIRST + _TRIED - 1,
        )
    )


def number(sockets: list[socket.socket]) -> int:
    """The port on which these listen."""
    return sockets[0].getsockname()[1]


def _refused(port: int, error: OSError) -> Refused:
    if error.errno in (errno.EACCES, errno.EPERM) and port < 1024:
        return Refused(
            tr(
                _("Port {port} is reserved for the system. Leave --port out, or take one above 1023."),
                port=port,
            )
        )
    return Refused(
        tr(
            _(
                "Port {port} is in use by another program; perhaps the course is open already. Close "
                "that one, or leave --port out: then a free port is found."
            ),
            port=port,
        )
    )
