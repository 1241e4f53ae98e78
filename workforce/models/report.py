"""What reports are about."""

from workforce.models.work_queue import WorkQueue


class WorkReport(WorkQueue):
    """A work queue as the subject of reports."""

    class Meta:
        proxy = True
