"""Gold tasks are work that is paid; what a job has done and when it will be finished is counted without them."""

import uuid

from django.db import connection

from labeling.selectors.reports import report
from maskwright.core.scope import organization_scope
from tests.factories.jobs import make_job
from tests.factories.work import flat_mask
from tests.labeling.test_gold import golds_among, pool_of_golds, set_rate, work
from tests.plugins.cast import Company
from workforce.queue_view import _BUCKETS, queue_view
from workforce.share_view import people_of


def test_reports_shares_and_the_forecast_count_the_jobs_own_photos(acme: Company) -> None:
    made = make_job(acme, objects=20, labelers=1)
    pool_of_golds(acme, made, 5)
    set_rate(acme, made, 0.5)
    tasks = work(acme, "labeler", made, 12, lambda given: flat_mask(1))
    golds = golds_among(acme, tasks)
    assert len(golds) >= 3, "the control: gold was among them"
    own = len(tasks) - len(golds)
    with organization_scope(acme.id):
        found = report(start=made.job.created_at, end=made.job.created_at.replace(year=2099))
        assert (found.whole.answers, found.whole.accepted) == (own, own)
        assert [one.answers for one in found.labelers] == [own]
        assert [person.answers.accepted for person in people_of([made.queue.pk])] == [own]
        assert queue_view(made.queue).missing == 20 - own
        assert _counted(made.queue.pk) == own


def _counted(queue_id: uuid.UUID) -> int:
    """What the forecast takes for the team's speed."""
    with connection.cursor() as cursor:
        cursor.execute(_BUCKETS, {"queue": queue_id, "bucket": 600, "window": 3600})
        return sum(count for _, count in cursor.fetchall())
