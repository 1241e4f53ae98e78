"""From which hosts task templates may load: an owner says so, managers see it, each change is recorded."""

from typing import Any

import pytest

from maskwright.audit.models import AuditEvent
from maskwright.core.scope import organization_scope
from maskwright.organizations.template_hosts import MOST, allows, read_hosts
from tests.plugins.cast import Company

URL = "/api/v1/organizations/current/template-hosts"
PAGE = "/manage/labeling/tasktemplate/hosts/"


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("cdn.example.org", "cdn.example.org"),
        (" HTTPS://CDN.Example.org/ ", "cdn.example.org"),
        ("*.example.org", "*.example.org"),
        ("cdn.example.org:8443", "cdn.example.org:8443"),
    ],
)
def test_a_host_is_read(line: str, host: str) -> None:
    assert read_hosts([line, "", line]) == ([host], [])


@pytest.mark.parametrize(
    "line",
    [
        *("*", "*.org", "localhost", "127.0.0.1", "[::1]", "data:", "a b.org", "'self'", "-a.example.org"),
        *("http://cdn.example.org", "cdn.example.org/path", "cdn.example.org; script-src *", "a..example.org"),
        *("cdn.example.org:0", "é.example.org"),
    ],
)
def test_what_is_no_host_is_named_with_its_place(line: str) -> None:
    hosts, problems = read_hosts(["cdn.example.org", line])
    assert hosts == ["cdn.example.org"]
    assert [(one.path, one.code) for one in problems] == [("hosts.1", "host")]


def test_there_are_not_too_many() -> None:
    lines = [f"h{number}.example.org" for number in range(MOST + 1)]
    assert [one.code for one in read_hosts(lines)[1]] == ["too_many"]


def test_a_star_is_every_host_below() -> None:
    assert allows(["*.example.org"], "a.b.example.org") and allows(["a.org"], "a.org")
    assert not allows(["*.example.org"], "example.org") and not allows(["*.example.org"], "evilexample.org")


def _put(company: Company, who: str, *hosts: str) -> Any:
    return company.client(who).put(URL, {"hosts": hosts}, content_type="application/json")


def test_an_owner_sets_them_and_it_is_recorded(acme: Company, globex: Company) -> None:
    assert _put(acme, "owner", "CDN.example.org").json() == {"hosts": ["cdn.example.org"]}
    assert _put(acme, "manager", "evil.example.org").status_code == 403
    assert acme.client("manager").get(URL).json() == {"hosts": ["cdn.example.org"]}
    assert acme.client("labeler").get(URL).status_code == 403
    assert globex.client("owner").get(URL).json() == {"hosts": []}
    with organization_scope(acme.id):
        event = AuditEvent.objects.get(verb="template_hosts.set")
    assert event.data["hosts"] == ["cdn.example.org"]
    wrong = _put(acme, "owner", "cdn.example.org", "nope")
    assert (wrong.status_code, wrong.json()["fields"][0]["path"]) == (422, "hosts.1")


def test_the_page_is_the_owners_to_change(acme: Company) -> None:
    owner, manager = acme.browser("owner"), acme.browser("manager")
    for browser in (owner, manager):
        browser.handler.enforce_csrf_checks = False
    assert owner.post(PAGE, {"hosts": "cdn.example.org\n\n*.tiles.example\n"}).status_code == 302
    assert "*.tiles.example" in owner.get(PAGE).content.decode()
    wrong = owner.post(PAGE, {"hosts": "nope"}).content.decode()
    assert "is no host" in wrong
    seen = manager.get(PAGE).content.decode()
    assert "cdn.example.org" in seen and "disabled" in seen and "An owner of the organization" in seen
    assert manager.post(PAGE, {"hosts": ""}).status_code == 403
    assert acme.browser("labeler").get(PAGE).status_code in (302, 403)


def test_a_template_is_downloaded_as_liquid(acme: Company) -> None:
    from labeling.services.task_templates import save_task_template

    with organization_scope(acme.id):
        template = save_task_template(name="Streets", title="Paint")
    browser = acme.browser("manager")
    browser.handler.enforce_csrf_checks = False
    page = browser.get(f"/manage/labeling/tasktemplate/{template.pk}/change/").content.decode()
    assert "Download as Liquid" in page
    answer = browser.post(f"/manage/labeling/tasktemplate/{template.pk}/do/liquid/")
    assert answer.status_code == 200 and b"<crowd-semantic-segmentation" in answer.content
