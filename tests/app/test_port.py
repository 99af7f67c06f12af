"""The port of the server: whoever is told an address has it."""

from __future__ import annotations

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from crmlab.app import port
from crmlab.app.workspace import Refused


def test_many_that_ask_at_once_get_a_port_each() -> None:
    with contextlib.ExitStack() as stack, ThreadPoolExecutor(20) as together:
        taken = list(together.map(lambda _one: port.take(), range(20)))
        for sockets in taken:
            for one in sockets:
                stack.enter_context(one)
        numbers = [port.number(sockets) for sockets in taken]
        assert len(set(numbers)) == 20
        for one in numbers:
            with socket.create_connection((port.HOST, one), timeout=5):
                pass  # it listens already: a browser that comes early waits instead of being turned away


def test_a_named_port_is_taken_or_refused() -> None:
    (first,) = port.take()
    with first, pytest.raises(Refused, match=str(port.number([first]))):
        port.take(port.number([first]))


def test_when_no_port_is_left_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = port.take()
    monkeypatch.setattr(port, "FIRST", port.number([first]))
    monkeypatch.setattr(port, "_TRIED", 1)
    with first, pytest.raises(Refused, match="--port"):
        port.take()
