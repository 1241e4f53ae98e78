"""What the sockets of a web process share."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from maskwright.core.switchboard import Line, switchboard
from tests.plugins.cast import Company
from tests.plugins.sockets import Browser, hear, opened, run, send


async def test_many_who_connect_at_once_share_one_line_to_the_channel_layer(committed: None, acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(opened("/ws/work/", browser.headers())) for _ in range(8)))
        assert switchboard()._line.openings == 1


async def test_who_connects_while_the_line_is_closed_behind_the_last_one_hears(
    committed: None, acme: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    group, close, closing, connected = f"user.{acme.people['labeler'].pk}", Line.close, asyncio.Event(), asyncio.Event()

    async def slow_close(line: Line) -> None:
        closing.set()
        await connected.wait()
        await close(line)

    async with opened("/ws/work/", browser.headers()) as first:
        await send(group, "work.available", work_queue=acme.id)
        assert (await hear(first))["data"] == {"work_queue": str(acme.id)}
        monkeypatch.setattr(Line, "close", slow_close)
    await asyncio.wait_for(closing.wait(), 20)
    async with opened("/ws/work/", browser.headers()) as second:
        openings = switchboard()._line.openings
        connected.set()
        async with asyncio.timeout(30):
            while switchboard()._line.openings == openings:
                await asyncio.sleep(0.05)
        await send(group, "work.available", work_queue=acme.id)
        assert (await hear(second))["data"] == {"work_queue": str(acme.id)}
        monkeypatch.undo()
