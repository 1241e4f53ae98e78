"""Sockets on the real ASGI application, channel layer and database."""

import asyncio
import uuid
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.db.models import F

from labeling.models import LabelingJob
from labeling.states import JobState
from maskwright.accounts.models import ApiToken, SocketTicket
from maskwright.accounts.services.tickets import create_ticket
from maskwright.accounts.services.tokens import create_token, revoke_token
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Membership
from maskwright.organizations.services.membership import change_member
from tests.factories.jobs import make_job, make_team
from tests.plugins.broker import Broker
from tests.plugins.cast import Company
from tests.plugins.sockets import Browser, Socket, closing_code, hear, opened, run, send
from workforce.models import TeamMember, WorkerIdentity, Workforce, WorkQueue, WorkTeam
from workforce.services.claims import Claimed, claim
from workforce.services.grants import accept_grant, offer_grant, revoke_grant, staff_grant
from workforce.states import QueueState

pytestmark = pytest.mark.usefixtures("committed")


def team_of(company: Company, *who: str) -> tuple[WorkTeam, WorkQueue]:
    """A team with these people and its open queue."""
    with organization_scope(company.id):
        team = WorkTeam.objects.create(workforce=Workforce.objects.create(name="own"), name="team")
        for name in who:
            TeamMember.objects.create(work_team=team, user=company.people[name])
        return team, WorkQueue.objects.create(work_team=team, state=QueueState.OPEN)


def job_of(company: Company, name: str = "street-1") -> LabelingJob:
    with organization_scope(company.id):
        return LabelingJob.objects.create(
            name=name,
            label_attribute_name=name,
            state=JobState.READY,
            input_uri="file:///in/",
            output_uri="file:///out/",
            work_queue=WorkQueue.objects.create(),
        )


async def test_a_hint_for_the_team_reaches_its_labeler(acme: Company) -> None:
    team, queue = await run(lambda: team_of(acme, "labeler"))
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        await send(f"team.{team.pk}", "work.available", work_queue=queue.pk)
        assert await hear(socket) == {"type": "work.available", "version": 1, "data": {"work_queue": str(queue.pk)}}


async def test_a_hint_for_another_team_does_not_arrive(acme: Company) -> None:
    team, queue = await run(lambda: team_of(acme, "labeler2"))
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        await send(f"team.{team.pk}", "work.available", work_queue=queue.pk)
        assert await socket.receive_nothing(timeout=0.5)


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost.evil.example", "http://localhost:1"]
)
async def test_a_page_of_another_site_cannot_open_a_socket(acme: Company, origin: str) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    assert not await Socket("/ws/work/", browser.headers(origin)).connect()


async def test_a_foreign_host_name_is_not_ours_although_origin_and_host_agree(acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    headers = [(b"host", b"evil.example"), *browser.headers("http://evil.example")[1:]]
    assert not await Socket("/ws/work/", headers).connect()


async def test_without_a_session_the_socket_closes_as_signed_out(acme: Company) -> None:
    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    async with opened("/ws/work/", headers) as socket:
        assert await closing_code(socket) == 4401


async def test_a_ticket_opens_one_socket(acme: Company) -> None:
    team, queue = await run(lambda: team_of(acme, "labeler"))
    answer = await run(lambda: acme.client("labeler").post("/api/v1/socket-tickets"))
    assert answer.status_code == 201
    path = f"/ws/work/?ticket={answer.json()['ticket']}"
    async with opened(path, []) as socket:
        await send(f"team.{team.pk}", "work.available", work_queue=queue.pk)
        assert (await hear(socket))["type"] == "work.available"
    async with opened(path, []) as again:
        assert await closing_code(again) == 4401


async def test_a_socket_opened_with_a_token_closes_when_the_token_is_revoked(acme: Company) -> None:
    answer = await run(lambda: acme.client("labeler").post("/api/v1/socket-tickets"))
    async with opened(f"/ws/work/?ticket={answer.json()['ticket']}", []) as socket:
        await run(lambda: revoke_token(token=ApiToken.objects.get(user=acme.people["labeler"])))
        assert await closing_code(socket) == 4401


@pytest.mark.parametrize(("scope", "works", "watches"), [("work:do", True, False), ("jobs:read", False, True)])
async def test_a_tokens_scopes_hold_for_its_sockets(acme: Company, scope: str, works: bool, watches: bool) -> None:
    job = await run(lambda: job_of(acme))
    user = acme.people["manager"]
    token, _ = await run(lambda: create_token(user=user, organization_id=acme.id, name="scoped", scopes=[scope]))
    for path, admitted in (("/ws/work/", works), (f"/ws/jobs/{job.pk}/", watches)):
        secret = await run(lambda: create_ticket(user=user, organization_id=acme.id, made_with=token.pk))
        async with opened(f"{path}?ticket={secret}", []) as socket:
            if admitted:
                await run(lambda: revoke_token(token=token))
            assert await closing_code(socket) == (4401 if admitted else 4403)
            await run(lambda: ApiToken.objects.filter(pk=token.pk).update(revoked_at=None))


async def test_an_old_ticket_opens_nothing(acme: Company) -> None:
    secret = await run(lambda: create_ticket(user=acme.people["labeler"], organization_id=acme.id))
    await run(lambda: _age_tickets())
    async with opened(f"/ws/work/?ticket={secret}", []) as socket:
        assert await closing_code(socket) == 4401


def _age_tickets() -> None:
    SocketTicket.objects.update(expires_at=F("expires_at") - timedelta(minutes=1))


async def test_a_member_who_is_deactivated_is_out_within_two_seconds(acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        await run(lambda: _deactivate(acme, "labeler"))
        # No publisher runs here: this is the comparison with the database, not the push.
        assert await closing_code(socket) == 4403


def _deactivate(company: Company, who: str) -> None:
    with organization_scope(company.id):
        membership = Membership.objects.get(user=company.people[who])
        change_member(membership_id=membership.pk, is_active=False)


async def test_the_others_stay_when_one_is_deactivated(acme: Company) -> None:
    leaving = await run(lambda: Browser(acme, "labeler"))
    staying = await run(lambda: Browser(acme, "labeler2"))
    async with opened("/ws/work/", leaving.headers()) as one, opened("/ws/work/", staying.headers()) as other:
        await run(lambda: _deactivate(acme, "labeler"))
        assert await closing_code(one) == 4403
        assert await other.receive_nothing(timeout=1.2)


async def test_signing_out_closes_the_socket(acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        await run(lambda: browser.client.logout())
        assert await closing_code(socket) == 4401


async def test_a_new_password_closes_the_sockets_of_the_old_one(acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        await run(lambda: _new_password(acme))
        assert await closing_code(socket) == 4401


def _new_password(company: Company) -> None:
    user = company.people["labeler"]
    user.set_password("another horse battery")
    user.save()


async def test_a_lost_push_costs_two_seconds_at_most(acme: Company) -> None:
    _, queue = await run(lambda: team_of(acme, "labeler"))
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        await run(lambda: _touch(acme, queue))
        assert (await hear(socket))["data"] == {"work_queue": str(queue.pk)}


def _touch(company: Company, queue: WorkQueue) -> None:
    with organization_scope(company.id):
        WorkQueue.objects.filter(pk=queue.pk).update(version=queue.version + 1)


async def test_who_joins_a_team_hears_of_its_work_without_a_reload(acme: Company) -> None:
    team, queue = await run(lambda: team_of(acme))
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        await run(lambda: _join(acme, team))
        assert (await hear(socket))["data"] == {"work_queue": str(queue.pk)}
        await send(f"team.{team.pk}", "work.available", work_queue=uuid.UUID(int=7))
        assert (await hear(socket))["data"] == {"work_queue": str(uuid.UUID(int=7))}


def _join(company: Company, team: WorkTeam) -> None:
    with organization_scope(company.id):
        TeamMember.objects.create(work_team=team, user=company.people["labeler"])


async def test_a_manager_hears_of_his_job(acme: Company) -> None:
    job = await run(lambda: job_of(acme))
    browser = await run(lambda: Browser(acme, "manager"))
    async with opened(f"/ws/jobs/{job.pk}/", browser.headers()) as socket:
        await send(f"job.{job.pk}", "job.progress", job=job.pk)
        assert await hear(socket) == {"type": "job.progress", "version": 1, "data": {"job": str(job.pk)}}


async def test_another_tenants_job_is_not_found(acme: Company, initech: Company) -> None:
    job = await run(lambda: job_of(acme))
    stranger = await run(lambda: Browser(initech, "manager"))
    async with opened(f"/ws/jobs/{job.pk}/", stranger.headers()) as socket:
        assert await closing_code(socket) == 4404


async def test_a_labeler_may_not_watch_jobs(acme: Company) -> None:
    job = await run(lambda: job_of(acme))
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened(f"/ws/jobs/{job.pk}/", browser.headers()) as socket:
        assert await closing_code(socket) == 4403


def granted_job(customer: Company, vendor: Company) -> tuple[LabelingJob, uuid.UUID]:
    """A customer's running job that a vendor's labeler is staffed for, and the grant."""
    made = make_job(customer)
    with organization_scope(customer.id):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=vendor.id, title="Street photos")
    with organization_scope(vendor.id):
        accept_grant(grant_id=grant.pk)
    team = make_team(vendor, [vendor.people["labeler"]])
    with organization_scope(vendor.id, with_grants=True):
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    return made.job, grant.pk


def revoke(customer: Company, grant_id: uuid.UUID) -> None:
    with organization_scope(customer.id):
        revoke_grant(grant_id=grant_id)


async def test_a_vendors_manager_watches_a_granted_job_until_the_grant_is_revoked(
    acme: Company, globex: Company
) -> None:
    job, grant = await run(lambda: granted_job(acme, globex))
    browser = await run(lambda: Browser(globex, "manager"))
    async with opened(f"/ws/jobs/{job.pk}/", browser.headers()) as socket:
        await send(f"job.{job.pk}", "job.progress", job=job.pk)
        assert (await hear(socket))["type"] == "job.progress"
        await run(lambda: revoke(acme, grant))
        assert await closing_code(socket) == 4404


async def test_a_vendors_labeler_hears_of_the_customers_work_and_of_his_claims_end(
    acme: Company, globex: Company
) -> None:
    job, grant = await run(lambda: granted_job(acme, globex))
    browser = await run(lambda: Browser(globex, "labeler"))
    worker = await run(lambda: worker_claiming(globex, job))
    async with opened("/ws/work/", browser.headers()) as socket:
        await send(f"vendor.{globex.id}", "work.available", work_queue=job.work_queue_id)
        assert (await hear(socket))["data"] == {"work_queue": str(job.work_queue_id)}
        await send(f"worker.{worker}", "work.claim_ended", claim=uuid.UUID(int=5))
        assert (await hear(socket))["type"] == "work.claim_ended"
        await run(lambda: revoke(acme, grant))
        # No publisher runs here: he is told because the queue is no longer his.
        assert (await hear(socket))["data"] == {"work_queue": str(job.work_queue_id)}


def worker_claiming(company: Company, job: LabelingJob) -> uuid.UUID:
    """Let the labeler take an assignment; his pseudonym's id."""
    user = company.people["labeler"]
    with organization_scope(company.id, user_id=user.pk, with_grants=True):
        assert isinstance(claim(user_id=user.pk, queue_id=job.work_queue_id), Claimed)
        return WorkerIdentity.objects.get(user=user).worker_id


async def test_an_unknown_socket_address_is_refused_quietly(acme: Company) -> None:
    browser = await run(lambda: Browser(acme, "labeler"))
    assert not await Socket("/ws/nothing/", browser.headers()).connect()


async def test_pushes_arrive_again_after_the_layer_lost_its_connections(acme: Company) -> None:
    team, queue = await run(lambda: team_of(acme, "labeler"))
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        broker = redis.Redis.from_url(settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"])
        broker.flushdb()
        broker.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        broker.close()
        async with asyncio.timeout(6):
            while True:
                await asyncio.sleep(0.2)
                with suppress(redis.RedisError):
                    await send(f"team.{team.pk}", "work.available", work_queue=queue.pk)
                if not await socket.receive_nothing(timeout=0.1):
                    break
        assert (await hear(socket))["data"] == {"work_queue": str(queue.pk)}


async def test_a_subscription_that_is_lost_without_a_word_is_noticed(acme: Company) -> None:
    team, queue = await run(lambda: team_of(acme, "labeler"))
    browser = await run(lambda: Browser(acme, "labeler"))
    async with opened("/ws/work/", browser.headers()) as socket:
        # Behind the layer's back: it goes on believing that it is subscribed, as after a restart of the server.
        for shard in get_channel_layer()._get_layer()._shards:
            await shard._pubsub.unsubscribe()
        await send(f"team.{team.pk}", "work.available", work_queue=uuid.UUID(int=7))
        # That one is lost; within seconds the line is opened anew and everybody is told to look.
        assert (await hear(socket))["data"] == {"work_queue": str(queue.pk)}
        await send(f"team.{team.pk}", "work.available", work_queue=uuid.UUID(int=8))
        assert (await hear(socket))["data"] == {"work_queue": str(uuid.UUID(int=8))}


async def test_hints_go_on_while_the_broker_is_dead_and_pushes_after_it_is_back(
    acme: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = RedisPubSubChannelLayer(hosts=[(broker := await asyncio.to_thread(Broker, tmp_path)).server.url])
    for place in ("maskwright.core.switchboard", "tests.plugins.sockets"):
        monkeypatch.setattr(f"{place}.get_channel_layer", lambda: layer)
    team, queue = await run(lambda: team_of(acme, "labeler"))
    browser = await run(lambda: Browser(acme, "labeler"))
    other = uuid.UUID(int=7)
    try:
        async with opened("/ws/work/", browser.headers()) as socket:
            await send(f"team.{team.pk}", "work.available", work_queue=other)
            assert (await hear(socket))["data"] == {"work_queue": str(other)}

            await asyncio.to_thread(broker.kill)
            assert (await hear(socket))["data"] == {"work_queue": str(queue.pk)}
            # Others can sign on meanwhile.
            async with opened("/ws/work/", browser.headers()) as late:
                assert (await hear(late))["data"] == {"work_queue": str(queue.pk)}

            await asyncio.to_thread(broker.start_again)
            await asyncio.sleep(2.5)
            await send(f"team.{team.pk}", "work.available", work_queue=other)
            async with asyncio.timeout(3):
                while (await hear(socket))["data"] != {"work_queue": str(other)}:
                    pass
            assert await socket.receive_nothing(2.5)  # nobody is told to look any more
    finally:
        await layer.flush()
        broker.kill()
