"""Both sockets x every stranger: closed, or deaf to acme's hints; each with the right person being let in and told."""

from typing import Any

from maskwright.config.asgi import sockets
from tests.isolation.world import ROLES, STRANGERS, World
from tests.plugins.sockets import Browser, closing_code, hear, opened, run, send

#: Route name -> its tests below. Another socket fails `test_every_socket_is_known`.
KNOWN = {"ws_work", "ws_job", None}  # None: the catch-all that refuses
NOT_FOUND, RIGHTS_ENDED, SIGNED_OUT = 4404, 4403, 4401
ANONYMOUS = [(b"host", b"localhost"), (b"origin", b"http://localhost")]


async def _browser(world: World, company: str, who: str) -> Browser:
    return await run(lambda: Browser(world.company(company), who))


def test_every_socket_is_known() -> None:
    routes: list[Any] = sockets.inner.routes
    assert {route.name for route in routes} == KNOWN


async def test_a_strangers_socket_about_acmes_job_is_closed(world: World) -> None:
    address = f"/ws/jobs/{world.parameters['job_id']}/"
    found = {}
    for company, who in STRANGERS:
        browser = await _browser(world, company, who)
        async with opened(address, browser.headers()) as socket:
            found[company, who] = await closing_code(socket)
    assert found == dict.fromkeys(STRANGERS, NOT_FOUND)


async def test_acmes_own_labeler_is_told_that_he_may_not_watch_it(world: World) -> None:
    """The control: a job of one's own organization is there, so the role is what is lacking."""
    browser = await _browser(world, "acme", "labeler")
    async with opened(f"/ws/jobs/{world.parameters['job_id']}/", browser.headers()) as socket:
        assert await closing_code(socket) == RIGHTS_ENDED


async def test_acmes_own_people_hear_of_the_job(world: World) -> None:
    job = world.parameters["job_id"]
    for who in ROLES:
        if who == "labeler":
            continue
        browser = await _browser(world, "acme", who)
        async with opened(f"/ws/jobs/{job}/", browser.headers()) as socket:
            await send(f"job.{job}", "job.progress", job=job)
            assert (await hear(socket))["data"] == {"job": job}


async def test_a_vendor_watches_the_granted_job_and_no_other(world: World) -> None:
    browser = await _browser(world, "globex", "manager")
    async with opened(f"/ws/jobs/{world.parameters['job_id']}/", browser.headers()) as socket:
        assert await closing_code(socket) == NOT_FOUND
    async with opened(f"/ws/jobs/{world.ids['offered_job']}/", browser.headers()) as socket:
        assert await closing_code(socket) == NOT_FOUND
    job = world.ids["granted_job"]
    async with opened(f"/ws/jobs/{job}/", browser.headers()) as socket:
        await send(f"job.{job}", "job.progress", job=job)
        assert (await hear(socket))["data"] == {"job": job}


async def test_without_sign_in_both_sockets_close(world: World) -> None:
    for address in ("/ws/work/", f"/ws/jobs/{world.parameters['job_id']}/"):
        async with opened(address, ANONYMOUS) as socket:
            assert await closing_code(socket) == SIGNED_OUT


async def test_a_strangers_work_socket_hears_nothing_of_acme(world: World) -> None:
    """Hints for acme's team, its labeler and the vendor that works for it reach only them."""
    people = world.acme.people
    groups = [f"team.{world.parameters['team_id']}", f"user.{people['labeler'].pk}", f"vendor.{world.globex.id}"]
    for company, who in STRANGERS:
        browser = await _browser(world, company, who)
        async with opened("/ws/work/", browser.headers()) as socket:
            for group in groups:
                await send(group, "work.available", work_queue=world.ids["queue"])
            own = str(world.company(company).people[who].pk)
            # The control: what comes for himself arrives, as the first thing.
            await send(f"user.{own}", "work.available", work_queue=own)
            assert (await hear(socket))["data"] == {"work_queue": own}, (company, who)


async def test_acmes_labeler_hears_it(world: World) -> None:
    browser = await _browser(world, "acme", "labeler")
    async with opened("/ws/work/", browser.headers()) as socket:
        await send(f"team.{world.parameters['team_id']}", "work.available", work_queue=world.ids["queue"])
        assert (await hear(socket))["data"] == {"work_queue": world.ids["queue"]}
