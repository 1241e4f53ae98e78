"""A socket of hints: it lets somebody in, forwards the messages of his groups, and closes when his right ends.

The client's own messages are ignored; everything is asked and changed by HTTP. A socket is accepted even when it is
refused, because a browser learns the closing code of an open socket only.
"""

import asyncio
import contextlib
import json
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error

from maskwright.core.messages import Message, SessionEnded

logger = logging.getLogger(__name__)

SIGNED_OUT = 4401
RIGHTS_ENDED = 4403
NOT_FOUND = 4404
TRY_AGAIN = 1013

_T = TypeVar("_T")


@dataclass(frozen=True)
class Watch:
    """What one socket rests on, as it was when it opened.

    `session_key` is empty for a socket opened by ticket; `token_id` is the API token the ticket was asked for with, if
    it was one, and `scopes` what that is limited to (None: not). `credential` changes with the password. `subject` is
    the work queue that must stay visible, for a socket about one job. `address`: where it comes from, for somebody
    whose organization may allow some networks only; None for others.
    """

    user_id: uuid.UUID
    organization_id: uuid.UUID
    role: str
    membership_version: int
    credential: str
    session_key: str = ""
    subject: uuid.UUID | None = None
    token_id: uuid.UUID | None = None
    scopes: frozenset[str] | None = None
    address: str | None = None


@dataclass(frozen=True)
class Pulse:
    """What the database says about a watch now: why to close, or its groups and the versions of its work queues."""

    close: int | None = None
    groups: frozenset[str] = frozenset()
    versions: Mapping[uuid.UUID, int] = field(default_factory=dict)


PulseReader = Callable[[Sequence[Watch]], list[Pulse]]
_reader: PulseReader | None = None


def register_pulse_reader(reader: PulseReader) -> None:
    """`workforce` registers how watches are compared with the database; `core` knows none of the tables."""
    global _reader
    _reader = reader


async def in_database(work: Callable[..., _T], *args: Any) -> _T:
    """Run synchronous database work in a thread of the pool; its connection goes back when it ends."""
    result: _T = await database_sync_to_async(work, thread_sensitive=False)(*args)
    return result


async def read_pulses(watches: Sequence[Watch]) -> list[Pulse]:
    if _reader is None:
        raise RuntimeError("No pulse reader is registered; sockets would never notice that rights end.")
    return await in_database(_reader, watches)


class Refused(Exception):
    """The socket may not be opened; `code` is what it is closed with."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class HintConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Base of all sockets. `scope["admitted"]` is a Watch, or the code to refuse with (`SocketGate` sets it)."""

    # One channel for the whole process (the switchboard's) instead of one for each socket, so that sockets also open
    # while the broker is away.
    channel_layer_alias = "no layer of its own"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.watch: Watch | None = None
        self.joined: frozenset[str] = frozenset()
        self.versions: Mapping[uuid.UUID, int] = {}
        self._waiting: dict[str, None] = {}  # equal hints that wait together are one
        self._ring = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    # --- What subclasses decide -----------------------------------------------------------------------------------

    async def admit(self, watch: Watch) -> Watch:
        """Check what this socket is about; return the watch, with its subject. Raises Refused."""
        return watch

    def groups_of(self, pulse: Pulse) -> frozenset[str]:
        return pulse.groups

    def changed(self, queues: Sequence[uuid.UUID]) -> Sequence[Message]:
        """The hints for work queues that appeared, disappeared or have another version."""
        raise NotImplementedError

    # --- Life -----------------------------------------------------------------------------------------------------

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        from maskwright.core.switchboard import switchboard

        try:
            return await super().__call__(scope, receive, send)
        finally:
            switchboard().remove(self)
            if self._sender is not None:
                self._sender.cancel()

    async def connect(self) -> None:
        from maskwright.core.switchboard import switchboard

        admitted: Watch | int = self.scope["admitted"]
        try:
            if isinstance(admitted, int):
                raise Refused(admitted)
            watch = await self.admit(admitted)
            pulse = (await read_pulses([watch]))[0]
            if pulse.close is not None:
                raise Refused(pulse.close)
        except Refused as refused:
            await self._refuse(refused.code)
        except Error:
            logger.warning("A socket could not be opened: the database does not answer.")
            await self._refuse(TRY_AGAIN)
        else:
            self.watch = watch
            # In its groups first: the client asks once when the socket opens, and hears of all that comes after.
            await switchboard().add(self, pulse)
            await self.accept()
            self._sender = asyncio.create_task(self._send_waiting())

    async def _refuse(self, code: int) -> None:
        await self.accept()
        await self.close(code=code)

    def tell(self, body: Mapping[str, Any]) -> None:
        """Send a hint soon; never waits for a slow client."""
        self._waiting[json.dumps(body)] = None
        self._ring.set()

    async def end(self, code: int) -> None:
        """Say that the session ended and close. Errors of a client that is gone already do not matter."""
        with contextlib.suppress(Exception):
            async with asyncio.timeout(2):
                await self.send(text_data=json.dumps(SessionEnded().body()))
                await self.close(code=code)

    async def _send_waiting(self) -> None:
        while True:
            await self._ring.wait()
            self._ring.clear()
            while self._waiting:
                text = next(iter(self._waiting))
                del self._waiting[text]
                await self.send(text_data=text)
