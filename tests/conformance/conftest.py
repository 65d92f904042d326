"""What foreign programs are run under here: without a network, where they must need none."""

import socket

import pytest


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whoever opens a connection."""

    def refuse(_socket: socket.socket, address: object) -> None:
        raise AssertionError(f"a validator asked the network for {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
