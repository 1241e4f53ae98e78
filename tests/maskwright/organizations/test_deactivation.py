"""A deactivated member: what ends, over the real socket of a real server, with a photo in his hands; and what stays."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn
import websockets
from django.conf import settings
from django.test import Client

from maskwright.accounts.models import SignedInSession
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Invitation, Membership
from maskwright.organizations.services.invitations import create_invitation
from maskwright.organizations.services.membership import add_member, change_member
from maskwright.organizations.services.operators import end_account
from tests.factories.jobs import make_job
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from tests.plugins.sockets import Browser, run
from workforce.models import Claim

#: What the issue promises, in seconds.
PROMISED = 5


def _membership(company: Company, who: str) -> str:
    with organization_scope(company.id):
        return str(Membership.objects.get(user=company.people[who]).pk)


def _change(company: Company, who: str, **changes: Any) -> None:
    pk = _membership(company, who)
    with organization_scope(company.id, user_id=company.people["owner"].pk):
        change_member(membership_id=Membership.objects.get(pk=pk).pk, **changes)


@contextmanager
def served() -> Iterator[int]:
    """The whole application behind uvicorn, on a port of its own."""
    from maskwright.config.asgi import application

    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(10)


async def test_session_socket_and_claim_end_at_once(committed: None, acme: Company) -> None:
    await run(lambda: make_job(acme, objects=1, labelers=1))
    browser = await run(lambda: Browser(acme, "labeler"))
    held = (await run(lambda: claim(acme.client("labeler")))).json()
    pk = await run(lambda: _membership(acme, "labeler"))
    with served() as port:
        cookie = f"{settings.SESSION_COOKIE_NAME}={browser.session}"
        headers = {"Cookie": cookie, "Host": "localhost"}
        address = f"ws://127.0.0.1:{port}/ws/work/"
        async with websockets.connect(address, origin="http://localhost", additional_headers=headers) as socket:  # type: ignore[arg-type]
            answer = await run(
                lambda: acme.client("manager").patch(
                    f"/api/v1/organizations/current/members/{pk}",
                    {"is_active": False},
                    content_type="application/json",
                )
            )
            assert answer.status_code == 200
            async with asyncio.timeout(PROMISED):
                with pytest.raises(websockets.ConnectionClosed) as closed:
                    while True:
                        assert json.loads(await socket.recv())["type"] == "session.ended"
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 4403

    def ended() -> None:
        # All that follows is true from the commit on: nothing has to be waited for.
        assert not SignedInSession.objects.filter(session_key=browser.session).exists()
        assert browser.client.get("/api/v1/organizations/current").status_code == 401
        assert browser.client.get("/work/").headers["Location"].startswith("/accounts/login/")
        assert act(acme.client("labeler"), held, "heartbeat").status_code == 401
        assert submit(acme.client("labeler"), held, flat_mask(1)).status_code == 401
        with organization_scope(acme.id):
            assert Claim.objects.get(pk=held["id"]).state == "withdrawn"
        assert claim(acme.client("labeler2")).status_code == 201

    await run(ended)


def test_a_person_of_two_organizations_keeps_what_is_the_others(acme: Company, initech: Company) -> None:
    user = acme.people["labeler"]
    with organization_scope(initech.id):
        add_member(user=user, role="labeler")
    here, there = acme.browser("labeler"), acme.browser("labeler")
    session = there.session
    session["organization_id"] = str(initech.id)
    session.save()
    _change(acme, "labeler", is_active=False)
    assert here.get("/work/").headers["Location"].startswith("/accounts/login/")
    assert there.get("/api/v1/organizations/current").json()["name"] == "Initech"


def test_a_reactivated_member_signs_in_again_and_has_no_old_token(acme: Company) -> None:
    _change(acme, "labeler", is_active=False)
    _change(acme, "labeler", is_active=True)
    with organization_scope(acme.id):
        assert Membership.objects.get(user=acme.people["labeler"]).deactivated_at is None
    assert acme.browser("labeler").get("/api/v1/organizations/current").json()["role"] == "labeler"
    assert acme.client("labeler").get("/api/v1/organizations/current").status_code == 401


def test_who_was_deactivated_does_not_come_back_by_an_old_link(acme: Company) -> None:
    with organization_scope(acme.id):
        _, old = create_invitation(role="labeler", created_by=None, seats=5)
    _change(acme, "labeler", is_active=False)
    client = Client()
    client.force_login(acme.people["labeler"])
    refused = client.post(f"/invitations/{old}/")
    assert refused.status_code == 409 and "deactivated" in refused.content.decode()
    # An invitation that is meant for him, made since, is a decision to have him back.
    with organization_scope(acme.id):
        _, meant = create_invitation(role="labeler", created_by=None, email="labeler@acme.example")
    assert client.post(f"/invitations/{meant}/").status_code == 302
    assert client.get("/api/v1/organizations/current").json()["name"] == "Acme Vision"


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": "reviewer"}])
def test_the_links_of_a_manager_end_with_his_right_to_invite(acme: Company, changes: dict[str, Any]) -> None:
    with organization_scope(acme.id, user_id=acme.people["manager"].pk):
        invitation, _ = create_invitation(role="manager", created_by=acme.people["manager"])
        kept, _ = create_invitation(role="labeler", created_by=acme.people["owner"])
    _change(acme, "manager", **changes)
    assert Invitation.objects.get(pk=invitation.pk).revoked_at is not None
    assert Invitation.objects.get(pk=kept.pk).revoked_at is None


def test_a_closed_account_is_signed_out_everywhere(acme: Company) -> None:
    browser = acme.browser("labeler")
    end_account(user=acme.people["labeler"])
    assert browser.get("/api/v1/organizations/current").status_code == 401
