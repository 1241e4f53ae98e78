"""Many labelers at once on few objects, over HTTP, with real commits: the invariants hold in the history."""

import random
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections

from maskwright.accounts.models import User
from maskwright.accounts.services.tokens import create_token
from maskwright.core.scope import organization_scope
from maskwright.organizations.services.membership import add_member
from tests.factories.jobs import make_job, make_team
from tests.factories.work import act, claim, flat_mask, submit
from tests.plugins.cast import Company
from workforce.services.expiry import expire_due

Rows = Callable[[str], list[tuple[Any, ...]]]


def _labelers(company: Company, count: int) -> list[User]:
    people = []
    for number in range(count):
        user = User.objects.create_user(f"racer-{number}", f"racer-{number}@acme.example", "x" * 12)
        with organization_scope(company.id):
            add_member(user=user, role="labeler")
        company.tokens[user.username] = create_token(user=user, organization_id=company.id, name="race")[1]
        people.append(user)
    return people


def _run(workers: list[Callable[[], None]]) -> None:
    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(workers)) as pool:
        for future in [pool.submit(guarded, work) for work in workers]:
            future.result()


def test_a_slot_is_never_held_by_two_and_an_object_never_over_assigned(
    committed: None, acme: Company, as_superuser: Rows
) -> None:
    people = _labelers(acme, 8)
    make_job(acme, team=make_team(acme, people), objects=3, labelers=2, lease_seconds=1)

    def labeler(person: User) -> Callable[[], None]:
        def work() -> None:
            client, dice = acme.client(person.username), random.Random(person.username)
            for _ in range(12):
                response = claim(client)
                if response.status_code not in (200, 201):
                    continue
                body, choice = response.json(), dice.random()
                if choice < 0.4:
                    act(client, body, "release")
                elif choice < 0.6:
                    with organization_scope(acme.id):
                        expire_due()
                elif choice < 0.8:
                    reply = submit(client, body, flat_mask(1))
                    assert reply.status_code in (200, 409), reply.content

        return work

    _run([labeler(person) for person in people])
    held = as_superuser(
        "SELECT work_item_id, count(*) FROM workforce_slot WHERE state IN ('claimed', 'accepted') GROUP BY 1"
    )
    assert all(count <= 2 for _, count in held)
    assert not as_superuser(
        "SELECT slot_id FROM workforce_claim WHERE state IN ('live', 'submitted') GROUP BY slot_id HAVING count(*) > 1"
    )
    tokens = as_superuser("SELECT slot_id, fencing_token FROM workforce_claim")
    assert len(set(tokens)) == len(tokens)
    accepted = Counter(as_superuser("SELECT slot_id FROM labeling_annotation WHERE state = 'accepted'"))
    assert set(accepted.values()) <= {1}
    submitted = as_superuser("SELECT slot_id FROM workforce_claim WHERE state = 'submitted'")
    assert Counter(submitted) == accepted


def test_the_same_submit_twenty_times_at_once_is_one_answer(committed: None, acme: Company, as_superuser: Rows) -> None:
    make_job(acme, objects=1, labelers=1)
    body, key = claim(acme.client("labeler")).json(), uuid.uuid4()
    replies: list[Any] = []
    _run([lambda: replies.append(submit(acme.client("labeler"), body, flat_mask(1), key)) for _ in range(20)])
    assert {reply.status_code for reply in replies} == {200}
    assert len({reply.content for reply in replies}) == 1
    assert as_superuser("SELECT count(*) FROM labeling_annotation") == [(1,)]


def test_asking_at_the_same_moment_gives_one_claim(committed: None, acme: Company, as_superuser: Rows) -> None:
    make_job(acme, objects=5, labelers=2)
    replies: list[Any] = []
    _run([lambda: replies.append(claim(acme.client("labeler"))) for _ in range(8)])
    assert {reply.status_code for reply in replies} <= {200, 201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert as_superuser("SELECT count(*) FROM workforce_slot WHERE state = 'claimed'") == [(1,)]
