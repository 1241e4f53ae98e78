"""Sockets in tests: a browser's handshake, what comes over it, and the code it closes with."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import connections

from tests.plugins.cast import Company

Headers = list[tuple[bytes, bytes]]
_T = TypeVar("_T")


async def run(work: Callable[[], _T]) -> _T:
    """Database work of an asynchronous test, in a thread whose connections are closed again."""

    def closing() -> _T:
        try:
            return work()
        finally:
            connections.close_all()

    return await sync_to_async(closing, thread_sensitive=False)()


class Browser:
    """A signed-in person's cookie, and the headers a browser sends with it."""

    def __init__(self, company: Company, who: str) -> None:
        self.client = company.browser(who)
        self.session = self.client.cookies[settings.SESSION_COOKIE_NAME].value

    def headers(self, origin: str = "http://localhost") -> Headers:
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        return [(b"host", b"localhost"), (b"origin", origin.encode()), (b"cookie", cookie.encode())]


class Socket(ApplicationCommunicator):
    """A WebSocket on the real ASGI application. (Channels' own communicator needs Daphne to be importable.)"""

    def __init__(self, address: str, headers: Headers) -> None:
        from maskwright.config.asgi import application

        path, _, query = address.partition("?")
        scope = {"type": "websocket", "path": path, "query_string": query.encode(), "headers": headers}
        super().__init__(application, scope | {"subprotocols": []})

    async def connect(self) -> bool:
        """Whether the handshake is accepted."""
        await self.send_input({"type": "websocket.connect"})
        output = await self.receive_output(5)
        return bool(output["type"] == "websocket.accept")

    async def disconnect(self) -> None:
        with suppress(asyncio.CancelledError):
            await self.send_input({"type": "websocket.disconnect", "code": 1000})
            await self.wait(5)


@asynccontextmanager
async def opened(address: str, headers: Headers) -> AsyncIterator[Socket]:
    socket = Socket(address, headers)
    assert await socket.connect()
    try:
        yield socket
    finally:
        await socket.disconnect()


async def hear(socket: Socket, within: float = 20) -> dict[str, Any]:
    """The next message."""
    output = await socket.receive_output(within)
    assert output["type"] == "websocket.send", output
    message: dict[str, Any] = json.loads(output["text"])
    return message


async def closing_code(socket: Socket, within: float = 20) -> int:
    """The code the server closes with; messages before it are passed over."""
    async with asyncio.timeout(within):
        while True:
            output = await socket.receive_output(within + 1)
            if output["type"] == "websocket.close":
                return int(output["code"])


async def send(group: str, kind: str, **ids: Any) -> None:
    """What the publisher sends for an outbox push."""
    message = {"type": kind, "version": 1, "data": {name: str(value) for name, value in ids.items()}}
    await get_channel_layer().group_send(group, {"type": "hint", "group": group, "message": message})
