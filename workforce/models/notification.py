"""Who is told what, how: choices of each person, what he was told, and when his teams work."""

from django.db import models

from maskwright.accounts.models import User
from maskwright.core.models import TenantForeignKey, TenantModel
from workforce.models.workforce import WorkTeam
from workforce.states import NoticeKind


class TeamSchedule(TenantModel):
    """When a work team works; outside of it its people are told nothing. No row: always.

    `hours`: [weekday (Monday 0), "HH:MM", "HH:MM"] each, in `time_zone` (IANA); an end of "24:00" is midnight.
    """

    work_team = TenantForeignKey(WorkTeam, on_delete=models.CASCADE, related_name="schedules")
    time_zone = models.CharField(max_length=60, default="UTC")
    hours = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "work_team"], name="team_schedule_once")]

    def __str__(self) -> str:
        return f"{self.time_zone} {self.hours}"


class NoticeChoice(TenantModel):
    """How a person wants to hear of one kind of thing in this organization. No row: in the app only."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    in_app = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=False)
    by_webhook = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "user", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return self.kind


class NoticeHook(TenantModel):
    """Where a person's notices are posted, signed with `secret` (encrypted). `problem`: why the last did not come."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    url = models.CharField(max_length=500)
    secret = models.TextField()
    problem = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "user"], name="notice_hook_once")]

    def __str__(self) -> str:
        return self.url


class Notice(TenantModel):
    """Something a person was told once; `key` says what, so that telling it again adds nothing.

    `mailed_at`, `posted_at`: when it went out that way; null while it waits for the next digest, or is not to go.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=NoticeKind)
    key = models.CharField(max_length=80)
    work_queue_id = models.UUIDField()
    title = models.CharField(max_length=200)
    is_shown = models.BooleanField(default=True)
    to_mail = models.BooleanField(default=False)
    to_post = models.BooleanField(default=False)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "user", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["organization_id", "user", "-created_at"], name="notice_latest"),
            models.Index(
                fields=["organization_id", "user"],
                condition=models.Q(to_mail=True, mailed_at__isnull=True)
                | models.Q(to_post=True, posted_at__isnull=True),
                name="notice_waiting",
            ),
        ]

    def __str__(self) -> str:
        return self.title
