"""What the sockets of a web process share."""

import asyncio
from contextlib import AsyncExitStack

from maskwright.core.switchboard import switchboard
from tests.plugins.cast import Company
from tests.plugins.sockets import Browser, opened, run


async def test_many_who_connect_at_once_share_one_line_to_the_channel_layer(committed: None, acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    async with AsyncExitStack() as stack:
        await asyncio.gather(*(stack.enter_async_context(opened("/ws/work/", browser.headers())) for _ in range(8)))
        assert switchboard()._line.openings == 1
