"""The once-a-second comparison of open sockets with the database: one query, and nothing of anybody else's."""

import hashlib
import uuid

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from maskwright.accounts.models import User
from maskwright.core.scope import organization_scope
from maskwright.core.socket import NOT_FOUND, RIGHTS_ENDED, SIGNED_OUT, Watch
from maskwright.organizations.models import Membership
from maskwright.organizations.services.membership import add_member, create_organization
from tests.factories.jobs import make_job, make_team
from tests.plugins.cast import Company
from workforce.services import pulse
from workforce.services.grants import accept_grant, offer_grant, revoke_grant, staff_grant
from workforce.services.pulse import read_pulses

pytestmark = pytest.mark.usefixtures("committed")


def watch_of(company: Company, who: str, subject: uuid.UUID | None = None) -> Watch:
    user = company.people[who]
    with organization_scope(company.id):
        membership = Membership.objects.get(user=user)
    credential = hashlib.sha256(User.objects.get(pk=user.pk).password.encode()).hexdigest()
    return Watch(user.pk, company.id, membership.role, membership.version, credential, subject=subject)


def many_organizations(count: int) -> list[Watch]:
    """A labeler with a team in each of so many organizations."""
    watches = []
    for number in range(count):
        organization = create_organization(name=f"Company {number}")
        user = User(username=f"labeler-{number}", password="x")
        user.save()
        with organization_scope(organization.pk):
            membership = add_member(user=user, role="labeler")
        credential = hashlib.sha256(b"x").hexdigest()
        watches.append(Watch(user.pk, organization.pk, "labeler", membership.version, credential))
    return watches


def test_all_organizations_are_read_by_one_query() -> None:
    watches = many_organizations(12)
    read_pulses(watches[:1])  # a new connection's own statements
    with CaptureQueriesContext(connection) as queries:
        pulses = read_pulses(watches)
    assert len(queries) == 1
    assert [(one.close, f"user.{watch.user_id}" in one.groups) for watch, one in zip(watches, pulses, strict=True)] == [
        (None, True)
    ] * 12


def test_more_sockets_than_one_query_takes_keep_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    watches = many_organizations(5)
    monkeypatch.setattr(pulse, "CHUNK", 2)
    with CaptureQueriesContext(connection) as queries:
        pulses = read_pulses(watches)
    assert len(queries) == 3
    assert [next(iter(one.groups)) for one in pulses] == [f"user.{watch.user_id}" for watch in watches]


def test_each_socket_gets_the_queues_of_its_own_teams(acme: Company, initech: Company) -> None:
    ours, theirs = make_job(acme), make_job(initech)
    mine, other, manager = read_pulses(
        [watch_of(acme, "labeler"), watch_of(initech, "labeler"), watch_of(acme, "manager")]
    )
    assert set(mine.versions) == {ours.queue.pk}
    assert set(other.versions) == {theirs.queue.pk}
    assert manager.versions == {}


def test_another_tenants_queue_is_no_subject(acme: Company, initech: Company) -> None:
    made = make_job(acme)
    own, foreign = read_pulses([watch_of(acme, "manager", made.queue.pk), watch_of(initech, "manager", made.queue.pk)])
    assert own.close is None and set(own.versions) == {made.queue.pk}
    assert foreign.close == NOT_FOUND


def test_a_membership_counts_in_its_own_organization_only(acme: Company, initech: Company) -> None:
    """The same query asks for both; a right in one must not open the other."""
    watch = watch_of(acme, "labeler")
    elsewhere = Watch(watch.user_id, initech.id, "labeler", watch.membership_version, watch.credential)
    assert [one.close for one in read_pulses([watch, elsewhere])] == [None, RIGHTS_ENDED]


def test_an_old_password_and_an_ended_session_are_signed_out(acme: Company) -> None:
    watch = watch_of(acme, "labeler")
    old = Watch(watch.user_id, acme.id, "labeler", watch.membership_version, "0" * 64)
    ended = Watch(watch.user_id, acme.id, "labeler", watch.membership_version, watch.credential, "no-such-session")
    assert [one.close for one in read_pulses([watch, old, ended])] == [None, SIGNED_OUT, SIGNED_OUT]


def test_a_grant_opens_the_customers_queue_while_it_lives(acme: Company, globex: Company) -> None:
    made = make_job(acme)
    with organization_scope(acme.id):
        grant = offer_grant(queue_id=made.queue.pk, vendor_id=globex.id, title="Street photos")
    with organization_scope(globex.id):
        accept_grant(grant_id=grant.pk)
    team = make_team(globex, [globex.people["labeler"]])
    with organization_scope(globex.id, with_grants=True):
        staff_grant(grant_id=grant.pk, work_team_id=team.pk)
    watches = [watch_of(globex, "labeler"), watch_of(globex, "manager", made.queue.pk)]
    labeler, manager = read_pulses(watches)
    assert set(labeler.versions) == set(manager.versions) == {made.queue.pk}
    assert f"vendor.{globex.id}" in labeler.groups
    with organization_scope(acme.id):
        revoke_grant(grant_id=grant.pk)
    labeler, manager = read_pulses(watches)
    assert labeler.versions == {}
    assert manager.close == NOT_FOUND


def test_the_setting_of_the_function_opens_nothing_to_the_serving_role(acme: Company) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.pulse', 'on', false)")
        cursor.execute("SELECT count(*) FROM organizations_membership")
        assert cursor.fetchone() == (0,)
        cursor.execute("SELECT set_config('app.pulse', '', false)")


def test_the_owner_sees_nothing_outside_of_the_function(acme: Company) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM organizations_membership")
        assert cursor.fetchone() == (0,)
    connections["owner"].close()


def test_a_role_without_a_grant_may_not_call_it(database_urls: dict[str, str]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT has_function_privilege('public', oid, 'EXECUTE') FROM pg_proc WHERE proname = 'workforce_pulse'"
        )
        assert cursor.fetchone() == (False,)
    connections["owner"].close()
