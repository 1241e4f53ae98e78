"""All sockets of a web process: who is in which group, and whether their rights still hold.

Once a second one query compares every socket with the database (`Pulse`): it closes where a right ended and hints
where a work queue changed, so that a push that was lost costs a second. The line to the channel layer is checked by a
probe that travels through it: the layer forgets groups when the broker restarts and does not say so.
"""

import asyncio
import contextlib
import logging
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import Error

from maskwright.core.socket import HintConsumer, Pulse, read_pulses

logger = logging.getLogger(__name__)
# The layer logs a trace for each second without its server; the line notices by itself, and says so once.
logging.getLogger("channels_redis.pubsub").setLevel(logging.CRITICAL)

PERIOD = 1.0
PATIENCE = 2.0  # seconds a call to the channel layer may take
LOST_PROBES = 2  # so many in a row, and the line counts as dead
OUTAGE_HINTS = 2.0  # seconds between hints to everybody while no push can arrive


class Line:
    """This process's one channel of the channel layer. Its groups are those of all sockets here."""

    def __init__(self, receive: Callable[[str, Mapping[str, Any]], None]) -> None:
        self._receive = receive
        self._groups: set[str] = set()
        self._channel: str | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._probe = f"probe.{uuid.uuid4().hex}"
        self._missing = 0
        self._complained = False
        self.openings = 0  # each one but the first means that pushes may have been lost

    @property
    def alive(self) -> bool:
        return self._channel is not None

    async def join(self, group: str) -> None:
        self._groups.add(group)
        if self._channel is not None:
            await self._call("group_add", group, self._channel)

    async def leave(self, group: str) -> None:
        self._groups.discard(group)
        if self._channel is not None:
            await self._call("group_discard", group, self._channel)

    async def check(self) -> None:
        """Open the line if there is none, and again when the last probes did not come back."""
        if self._missing >= LOST_PROBES:
            await self.close()
        if self._channel is None:
            await self._open()
        if self._channel is not None:
            self._missing += 1
            await self._call("group_send", self._probe, {"type": "hint", "group": self._probe})

    async def close(self) -> None:
        self._channel, self._missing = None, 0
        if self._receiver is not None:
            self._receiver.cancel()
            self._receiver = None
        with contextlib.suppress(Exception):
            async with asyncio.timeout(PATIENCE):
                await get_channel_layer().flush()

    async def _open(self) -> None:
        layer = get_channel_layer()
        try:
            async with asyncio.timeout(PATIENCE):
                channel = await layer.new_channel()
                for group in (self._probe, *sorted(self._groups)):
                    await layer.group_add(group, channel)
        except Exception as error:  # redis raises many kinds; all mean that it is not there
            self._complain(error)
            await self.close()
            return
        self._complained = False
        self._channel, self._missing = channel, 0
        self.openings += 1
        self._receiver = asyncio.create_task(self._listen(channel))

    async def _listen(self, channel: str) -> None:
        while True:
            message = await get_channel_layer().receive(channel)
            group = message.get("group", "")
            if group == self._probe:
                self._missing = 0
            elif isinstance(message.get("message"), dict):
                self._receive(group, message["message"])

    async def _call(self, name: str, *args: Any) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                await getattr(get_channel_layer(), name)(*args)
        except Exception as error:  # as above; the next check opens a new line
            self._complain(error)
            await self.close()

    def _complain(self, error: Exception) -> None:
        if not self._complained:
            logger.warning("The channel layer does not answer; hints come from the database until it does: %r", error)
        self._complained = True


class Switchboard:
    """The sockets of one event loop. Runs while there are any."""

    def __init__(self) -> None:
        self._sockets: set[HintConsumer] = set()
        self._groups: dict[str, set[HintConsumer]] = {}
        self._line = Line(self._deliver)
        self._running: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._endings: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._database_answers = True
        self._hinted_at = 0.0
        self._openings = 0

    async def add(self, socket: HintConsumer, pulse: Pulse) -> None:
        """Put an admitted socket into its groups; what changed since its pulse was read shows at the next look."""
        self._sockets.add(socket)
        socket.versions = pulse.versions
        async with self._starting:  # hundreds come at once after a restart: they share one line and one look
            if self._running is None or self._running.done():
                await self._line.check()
                self._openings = self._line.openings
                self._running = asyncio.create_task(self._run())
        await self._seat(socket, socket.groups_of(pulse))

    def remove(self, socket: HintConsumer) -> None:
        """Forget a socket. Groups nobody is in any more are left at the next look."""
        self._sockets.discard(socket)
        for group in socket.joined:
            self._groups.get(group, set()).discard(socket)
        socket.joined = frozenset()

    async def stop(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None
        await self._line.close()

    async def _seat(self, socket: HintConsumer, groups: frozenset[str]) -> None:
        if socket not in self._sockets:
            return
        before, socket.joined = socket.joined, groups
        for group in before - groups:
            self._groups.get(group, set()).discard(socket)
        for group in groups - before:
            members = self._groups.setdefault(group, set())
            members.add(socket)
            if len(members) == 1:
                await self._line.join(group)

    def _deliver(self, group: str, body: Mapping[str, Any]) -> None:
        if body.get("type") == "session.ended":
            # Perhaps; what is true is in the database, so look there at once.
            self._wake.set()
            return
        for socket in self._groups.get(group, ()):
            socket.tell(body)

    async def _run(self) -> None:
        while self._sockets:  # again, when somebody came while the line was being closed
            await self._watch_sockets()
            await self._line.close()

    async def _watch_sockets(self) -> None:
        spent = 0.0
        while self._sockets:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.05, PERIOD - spent)):
                    await self._wake.wait()
            self._wake.clear()
            started = time.monotonic()
            await asyncio.gather(self._line.check(), self._look())
            await self._leave_empty()
            self._bridge_outage()
            spent = time.monotonic() - started

    async def _look(self) -> None:
        """One query for all sockets. When the database does not answer nothing is decided."""
        sockets = [socket for socket in self._sockets if socket.watch is not None]
        try:
            pulses = await read_pulses([socket.watch for socket in sockets if socket.watch is not None])
        except Error as error:
            if self._database_answers:
                logger.warning(
                    "The database does not answer; rights of open sockets are checked when it does: %s", error
                )
            self._database_answers = False
            return
        self._database_answers = True
        for socket, pulse in zip(sockets, pulses, strict=True):
            if socket not in self._sockets:
                continue
            if pulse.close is not None:
                self.remove(socket)
                ending = asyncio.create_task(socket.end(pulse.close))
                self._endings.add(ending)  # a task nobody holds may be collected before it ran
                ending.add_done_callback(self._endings.discard)
                continue
            changed = [
                q for q in {*socket.versions, *pulse.versions} if socket.versions.get(q) != pulse.versions.get(q)
            ]
            socket.versions = pulse.versions
            await self._seat(socket, socket.groups_of(pulse))
            for message in socket.changed(changed) if changed else ():
                socket.tell(message.body())

    async def _leave_empty(self) -> None:
        for group in [group for group, members in self._groups.items() if not members]:
            del self._groups[group]
            await self._line.leave(group)

    def _bridge_outage(self) -> None:
        """While no push can arrive, and once when they can again, everybody is told to look."""
        now = time.monotonic()
        reopened, self._openings = self._line.openings != self._openings, self._line.openings
        if reopened or (not self._line.alive and now - self._hinted_at >= OUTAGE_HINTS):
            self._hinted_at = now
            for socket in self._sockets:
                for message in socket.changed(list(socket.versions)):
                    socket.tell(message.body())


_switchboards: WeakKeyDictionary[asyncio.AbstractEventLoop, Switchboard] = WeakKeyDictionary()


def switchboard() -> Switchboard:
    """The switchboard of the running event loop (a web process has one loop)."""
    loop = asyncio.get_running_loop()
    if loop not in _switchboards:
        _switchboards[loop] = Switchboard()
    return _switchboards[loop]
