"""What people are shown as what they can do is what the one table of permissions enforces."""

import re

import pytest

from maskwright.organizations.permissions import ROLE_PERMISSIONS, Permission, Role
from tests.plugins.cast import Company

PAGE = "/organizations/rights/"


def _items(html: str, heading: str) -> set[str]:
    part = re.search(rf"<h2>{heading}</h2>\s*<ul>(.*?)</ul>", html, re.DOTALL)
    return set(re.findall(r"<li>(.*?)</li>", part[1])) if part else set()


@pytest.mark.parametrize("role", Role.values)
def test_everybody_reads_what_his_role_may_and_may_not(acme: Company, role: str) -> None:
    html = acme.browser(role).get(PAGE).content.decode()
    assert _items(html, "You may") == {str(one.label) for one in ROLE_PERMISSIONS[role]}
    assert _items(html, "You may not") == {str(one.label) for one in set(Permission) - ROLE_PERMISSIONS[role]}


def test_the_table_of_all_roles_is_the_one_that_is_enforced(acme: Company) -> None:
    body = acme.client("labeler").get("/api/v1/organizations/current/roles").json()
    shown = {one["role"]: {each["code"] for each in one["permissions"]} for one in body["roles"]}
    assert shown == {role: {one.value for one in permissions} for role, permissions in ROLE_PERMISSIONS.items()}
    html = acme.browser("auditor").get(PAGE).content.decode()
    assert html.count("✓") == sum(map(len, ROLE_PERMISSIONS.values()))


def test_who_invites_reads_what_each_role_may(acme: Company) -> None:
    html = acme.browser("manager").get("/manage/organizations/invitation/add/").content.decode()
    for role in ("labeler", "auditor", "reviewer"):
        assert all(str(one.label) in html for one in ROLE_PERMISSIONS[role])
    assert 'value="manager"' in html and 'value="owner"' not in html
