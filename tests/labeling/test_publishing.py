"""The output manifest in the end holds every mask, in whatever order runs end and messages get lost."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from labeling.models import ConsolidatedAnnotation, LabelingJob
from labeling.services.consolidation import consolidate_task
from labeling.services.publishing import publish_job
from labeling.services.reconcile import reconcile_organization
from maskwright.core.models import OutboxMessage
from maskwright.core.scope import organization_scope
from tests.factories.jobs import MadeJob, make_job
from tests.factories.work import claim, mask_png, submit
from tests.plugins.cast import Company
from workforce.services.queues import settle_item


@pytest.fixture
def made(acme: Company) -> MadeJob:
    """A job with one consolidated photo, every message of it lost."""
    job = make_job(acme, objects=1)
    for who in ("labeler", "labeler2", "labeler3"):
        client = acme.client(who)
        submit(client, claim(client).json(), mask_png(np.ones((8, 12), dtype=np.uint8)))
    with organization_scope(acme.id):
        settle_item(item_id=job.tasks[0].work_item_id)
    consolidate_task(organization_id=acme.id, task_id=job.tasks[0].pk)
    with organization_scope(acme.id):
        OutboxMessage.objects.all().delete()
        long_ago = timezone.now() - timedelta(minutes=5)
        ConsolidatedAnnotation.objects.update(creation_date=long_ago)
    return job


def _waiting(acme: Company) -> list[str]:
    with organization_scope(acme.id):
        return list(OutboxMessage.objects.filter(topic="job.publish").values_list("key", flat=True))


def _written_at(acme: Company, made: MadeJob, seconds: float) -> None:
    """The manifest's time, relative to the consolidation's."""
    with organization_scope(acme.id):
        created = ConsolidatedAnnotation.objects.get().created_at
        LabelingJob.objects.filter(pk=made.id).update(manifest_written_at=created + timedelta(seconds=seconds))


def test_a_run_that_ends_after_a_newer_one_asks_for_another(acme: Company, made: MadeJob) -> None:
    publish_job(organization_id=acme.id, job_id=made.id)
    assert _waiting(acme) == []
    _written_at(acme, made, 3600)
    publish_job(organization_id=acme.id, job_id=made.id)
    assert _waiting(acme) == [str(made.id)]


@pytest.mark.parametrize(("seconds", "again"), [(-5, True), (5, True), (90, False)])
def test_a_mask_that_the_manifest_may_lack_is_published_again(
    acme: Company, made: MadeJob, seconds: float, again: bool
) -> None:
    _written_at(acme, made, seconds)
    with organization_scope(acme.id):
        reconcile_organization()
    assert (_waiting(acme) == [str(made.id)]) is again
