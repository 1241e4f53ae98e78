"""From which networks labelers may work: pages, API, image addresses and sockets; who is bound and who is not."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maskwright.core.scope import organization_scope
from maskwright.core.socket import RIGHTS_ENDED, Watch
from maskwright.organizations.middleware import actor_of
from maskwright.organizations.networks import MOST, is_allowed, read_networks
from maskwright.organizations.services.networks import set_labeler_networks
from tests.factories.jobs import make_job
from tests.factories.work import claim
from tests.plugins.cast import Company
from workforce.services.pulse import read_pulses

HOME, ELSEWHERE = "203.0.113.7", "198.51.100.1"
URL = "/api/v1/organizations/current/networks"


def allow(company: Company, *networks: str) -> None:
    with organization_scope(company.id):
        set_labeler_networks(networks)


@pytest.mark.parametrize(
    ("address", "networks", "allowed"),
    [
        (HOME, [], True),
        (HOME, ["203.0.113.0/24"], True),
        (ELSEWHERE, ["203.0.113.0/24"], False),
        (HOME, ["2001:db8::/32"], False),
        ("2001:db8::5", ["203.0.113.0/24", "2001:db8::/32"], True),
        ("::ffff:203.0.113.7", ["203.0.113.0/24"], True),
        ("", ["0.0.0.0/0"], False),
        ("testclient", ["0.0.0.0/0", "::/0"], False),
    ],
)
def test_an_address_lies_in_a_network_or_not(address: str, networks: list[str], allowed: bool) -> None:
    assert is_allowed(address, networks) is allowed


@given(st.lists(st.ip_addresses().map(str)))
def test_each_address_is_in_a_list_that_names_it(addresses: list[str]) -> None:
    networks, problems = read_networks(addresses)
    assert problems == [] or len(networks) > MOST
    assert all(is_allowed(address, networks) for address in addresses if networks)


def test_what_is_no_network_is_named_with_its_place_and_nothing_is_saved(acme: Company) -> None:
    body = {"networks": ["203.0.113.0/24", "203.0.113.5/24", "office", "2001:db8::1/32"]}
    answer: Any = acme.client("manager").put(URL, body, content_type="application/json")
    assert answer.status_code == 422
    problems = {one["path"]: one["message"] for one in answer.json()["fields"]}
    assert list(problems) == ["networks.1", "networks.2", "networks.3"]
    assert "203.0.113.0/24" in problems["networks.1"] and "2001:db8::/32" in problems["networks.3"]
    assert acme.client("manager").get(URL).json() == {"networks": []}


def test_labelers_and_reviewers_are_bound_and_nobody_else(acme: Company, initech: Company) -> None:
    make_job(acme)
    body = {"networks": [" 203.0.113.0/24", "", "203.0.113.0/24"]}
    answer: Any = acme.client("manager").put(URL, body, content_type="application/json")
    assert answer.json() == {"networks": ["203.0.113.0/24"]}
    for who in ("labeler", "reviewer"):
        refused: Any = acme.client(who).get("/api/v1/organizations/current", REMOTE_ADDR=ELSEWHERE)
        assert (refused.status_code, refused.json()["code"]) == (403, "network_not_allowed")
        assert ELSEWHERE in refused.json()["message"]
        assert acme.client(who).get("/api/v1/organizations/current", REMOTE_ADDR=HOME).status_code == 200
    for who in ("owner", "manager", "auditor"):
        assert acme.client(who).get("/api/v1/organizations/current", REMOTE_ADDR=ELSEWHERE).status_code == 200
    assert initech.client("labeler").get("/api/v1/organizations/current", REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_neither_a_photo_nor_a_page_nor_a_claim_from_elsewhere(acme: Company) -> None:
    make_job(acme)
    held = claim(acme.client("labeler")).json()
    allow(acme, "203.0.113.0/24")
    client, browser = acme.client("labeler"), acme.browser("labeler")
    assert client.get(held["image"]["url"], REMOTE_ADDR=ELSEWHERE).status_code == 403
    assert client.get(held["image"]["url"], REMOTE_ADDR=HOME).status_code == 200
    # What a client says of itself counts for nothing.
    spoofed = client.get(held["image"]["url"], REMOTE_ADDR=ELSEWHERE, headers={"X-Forwarded-For": HOME})
    assert spoofed.status_code == 403
    page: Any = browser.get("/work/", REMOTE_ADDR=ELSEWHERE)
    assert page.status_code == 403 and ELSEWHERE in page.content.decode()
    assert browser.get("/organizations/choose/", REMOTE_ADDR=ELSEWHERE).status_code == 200


def test_an_open_socket_ends_at_the_next_pulse(acme: Company) -> None:
    user = acme.people["labeler"]
    with organization_scope(acme.id, user_id=user.pk):
        actor = actor_of(user, acme.id)
    assert actor is not None
    credential = hashlib.sha256(user.password.encode()).hexdigest()

    def watch(address: str | None) -> Watch:
        return Watch(user.pk, acme.id, actor.role, actor.membership_version, credential, address=address)

    assert [pulse.close for pulse in read_pulses([watch(HOME), watch(ELSEWHERE)])] == [None, None]
    allow(acme, "203.0.113.0/24")
    closes = [pulse.close for pulse in read_pulses([watch(HOME), watch(ELSEWHERE), watch(None)])]
    assert closes == [None, RIGHTS_ENDED, None]


def test_the_managers_page_says_where_he_comes_from_and_keeps_what_was_wrong(acme: Company) -> None:
    browser, url = acme.browser("manager"), "/manage/organizations/membership/networks/"
    page: Any = browser.get(url, REMOTE_ADDR=HOME)
    assert HOME in page.content.decode() and ">Save</button>" in page.content.decode()
    token = {"csrfmiddlewaretoken": browser.cookies["csrftoken"].value}
    wrong: Any = browser.post(url, {**token, "networks": "office"}, REMOTE_ADDR=HOME)
    assert "is no network" in wrong.content.decode()
    saved: Any = browser.post(url, {**token, "networks": "203.0.113.0/24\n\n2001:db8::/32"}, REMOTE_ADDR=HOME)
    assert saved.status_code == 302
    assert acme.client("manager").get(URL).json() == {"networks": ["203.0.113.0/24", "2001:db8::/32"]}
    assert acme.browser("labeler").get(url, REMOTE_ADDR=HOME).status_code == 403
