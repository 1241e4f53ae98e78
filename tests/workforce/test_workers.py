"""A labeler at a customer is one pseudonymous row, whatever happens at the same time."""

import re
import threading

import pytest
from django.db import connection

from maskwright.core.errors import NotFound
from maskwright.core.scope import organization_scope, read_grants
from tests.plugins.cast import Company
from workforce.models import WorkerIdentity, WorkGrant, WorkQueue
from workforce.services.workers import ensure_worker


def _grant(customer: Company, vendor: Company) -> WorkGrant:
    with organization_scope(customer.id):
        queue = WorkQueue.objects.create()
        return WorkGrant.objects.create(vendor_id=vendor.id, work_queue=queue, state="accepted")


def test_a_private_labeler_gets_one_worker_with_a_code_that_says_nothing(acme: Company) -> None:
    labeler = acme.people["labeler"]
    with organization_scope(acme.id, user_id=labeler.pk):
        first = ensure_worker(user_id=labeler.pk, customer_id=acme.id)
        again = ensure_worker(user_id=labeler.pk, customer_id=acme.id)
    assert first == again
    assert first.vendor_id is None
    assert re.fullmatch(r"private\.[0-9a-f]{8}", first.code)


def test_a_vendors_labeler_is_a_worker_of_the_customer_and_an_identity_of_the_vendor(
    acme: Company, globex: Company
) -> None:
    _grant(acme, globex)
    labeler = globex.people["labeler"]
    with organization_scope(globex.id, user_id=labeler.pk, with_grants=True):
        worker = ensure_worker(user_id=labeler.pk, customer_id=acme.id)
        identity = WorkerIdentity.objects.get(worker_id=worker.pk)
    assert (worker.organization_id, worker.vendor_id) == (acme.id, globex.id)
    assert re.fullmatch(r"vendor\.[0-9a-f]{8}", worker.code)
    assert (identity.organization_id, identity.user_id) == (globex.id, labeler.pk)
    with organization_scope(acme.id), connection.cursor() as cursor:
        cursor.execute("SELECT code FROM workforce_worker")
        assert cursor.fetchall() == [(worker.code,)]
        cursor.execute("SELECT user_id FROM workforce_workeridentity")
        assert cursor.fetchall() == []


def test_without_a_live_grant_a_vendor_makes_no_worker(acme: Company, globex: Company) -> None:
    with organization_scope(globex.id, with_grants=True), pytest.raises(NotFound):
        ensure_worker(user_id=globex.people["labeler"].pk, customer_id=acme.id)


def test_a_person_is_another_worker_at_another_customer(acme: Company, initech: Company, globex: Company) -> None:
    _grant(acme, globex)
    _grant(initech, globex)
    labeler = globex.people["labeler"]
    with organization_scope(globex.id, with_grants=True):
        read_grants()
        workers = [ensure_worker(user_id=labeler.pk, customer_id=customer.id) for customer in (acme, initech)]
    assert workers[0].code != workers[1].code


def test_racing_first_calls_make_one_worker(committed: None, acme: Company, as_superuser) -> None:  # type: ignore[no-untyped-def]
    labeler = acme.people["labeler"]
    found: list[object] = []

    def call() -> None:
        with organization_scope(acme.id):
            found.append(ensure_worker(user_id=labeler.pk, customer_id=acme.id).pk)
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6 and len(set(found)) == 1
    assert as_superuser("SELECT count(*) FROM workforce_worker") == [(1,)]
