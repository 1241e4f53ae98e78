"""Queues of work: one queue per labeling job, one item per data object, one slot per wanted answer."""

import uuid
from typing import ClassVar, Self

from django.db import models

from maskwright.core.models import TenantForeignKey, TenantManager, TenantModel
from workforce.models.worker import Worker
from workforce.models.workforce import WorkTeam
from workforce.states import ItemState, QueueState, SlotState, Stage

SHARDS = 16
#: The audience of a slot that everybody may take who works on the queue.
EVERYBODY = uuid.UUID(int=0)


class WorkQueue(TenantModel):
    """What a team works through. Times are seconds.

    `window`: at most so many items are open at once; refilled as answers come in. `revision` is what a new claim
    records. `lease_seconds`: how long a silent claim lives; `time_limit_seconds`: how long a claim can be renewed.
    `work_team` labels, `review_team` reviews. `is_shared`: each slot belongs to one grant or to the own team.
    `policy` (workforce.distribution) orders its slots; `required_skills` maps a skill's name in lower case to the least
    level of who labels. `hold_seconds`: how long a place is kept for who stops and resumes later. Who has
    `max_open_claims` in all jobs gets none here. After `max_declines` (null: as many as answers are wanted) an item
    needs a manager's attention. Between two signs of activity at most `idle_seconds` count as worked.
    An item is offered for `availability_seconds` at most (null: for as long as it takes; `services.availability`).
    """

    work_team = TenantForeignKey(WorkTeam, null=True, blank=True, related_name="work_queues")
    review_team = TenantForeignKey(WorkTeam, null=True, blank=True, related_name="review_queues")
    is_shared = models.BooleanField(default=False, db_default=False)
    policy = models.CharField(max_length=20, default="first_in", db_default="first_in")
    required_skills = models.JSONField(default=dict, db_default={}, blank=True)
    hold_seconds = models.PositiveIntegerField(default=28800, db_default=28800)
    max_open_claims = models.PositiveSmallIntegerField(default=3, db_default=3)
    max_declines = models.PositiveSmallIntegerField(null=True, blank=True)
    idle_seconds = models.PositiveSmallIntegerField(default=60, db_default=60)
    availability_seconds = models.PositiveIntegerField(null=True, blank=True)
    # Its own items wait for nobody: everybody gets each of its gold items once (`services.gold.keep_all`).
    is_qualification = models.BooleanField(default=False, db_default=False)
    state = models.CharField(max_length=10, choices=QueueState, default=QueueState.DRAFT)
    window = models.PositiveIntegerField(default=1000)
    labelers_wanted = models.PositiveSmallIntegerField(default=3)
    priority = models.IntegerField(default=0)
    lease_seconds = models.PositiveIntegerField(default=600)
    time_limit_seconds = models.PositiveIntegerField(default=3600)
    revision = models.PositiveIntegerField(default=1)
    deadline = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True)
    stop_at = models.DateTimeField(null=True)  # while stopping: when live claims end
    version = models.PositiveIntegerField(default=1)  # rises with each move; sockets compare it

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="id")

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "work_team", "state"], name="work_queue_team"),
            models.Index(
                fields=["organization_id", "review_team"],
                condition=models.Q(review_team__isnull=False),
                name="work_queue_review_team",
            ),
            models.Index(fields=["stop_at"], condition=models.Q(state="stopping"), name="work_queue_stopping"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class WorkItem(TenantModel):
    """One thing to be answered `labelers_wanted` times, then reviewed once if its owner wants that.

    `position` is its place in the queue. `stage` and `round` are where it stands now: labeling in round 1, review in
    round 1, and, when the reviewer sends answers back, labeling in round 2, with slots for those answers only.
    An item that needs attention (too many declined it) is offered to nobody until a manager decides. `audience_id`:
    whose part it is in a shared queue (`WorkShare`); its slots are made for the same.
    """

    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="work_items")
    position = models.PositiveIntegerField()
    labelers_wanted = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.LABEL)
    round = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=ItemState, default=ItemState.WAITING)
    audience_id = models.UUIDField(default=EVERYBODY, db_default=EVERYBODY)
    attention_at = models.DateTimeField(null=True)
    attention_reason = models.CharField(max_length=1000, default="", db_default="", blank=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "work_queue", "position"], name="work_item_position_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["work_queue", "position"], condition=models.Q(state="waiting"), name="work_item_waiting"
            ),
            models.Index(fields=["work_queue"], condition=models.Q(state="open"), name="work_item_open"),
            models.Index(fields=["work_queue"], condition=models.Q(state="attention"), name="work_item_attention"),
            models.Index(
                fields=["work_queue", "audience_id"], condition=~models.Q(audience_id=EVERYBODY), name="work_item_part"
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.position}"


class Slot(TenantModel):
    """One wanted answer. Over-assignment is impossible: an item has exactly as many slots as answers are wanted.

    `fencing_token` rises with each claim; an end that names an older token has no effect. `audience_id` says who may
    take it: `EVERYBODY`, or, in a shared queue, one grant's vendor (the grant's id) or the own team (the
    organization's id). A ready slot that is reserved is offered to `reserved_worker` alone until `reserved_until`.
    With `reserved_claim_id` (his live claim) it is kept softly, as what he gets next: others get it when nothing else
    is left. `is_begun`: somebody has held a slot of its item.
    """

    work_queue = TenantForeignKey(WorkQueue, on_delete=models.CASCADE, related_name="slots")
    work_item = TenantForeignKey(WorkItem, on_delete=models.CASCADE, related_name="slots")
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.LABEL)
    round = models.PositiveSmallIntegerField(default=1)
    audience_id = models.UUIDField(default=EVERYBODY, db_default=EVERYBODY)
    reserved_worker = TenantForeignKey(Worker, null=True, related_name="reserved_slots")
    reserved_until = models.DateTimeField(null=True)
    reserved_claim_id = models.UUIDField(null=True)
    is_begun = models.BooleanField(default=False, db_default=False)
    number = models.PositiveSmallIntegerField()
    shard = models.PositiveSmallIntegerField()
    position = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=SlotState, default=SlotState.READY)
    worker = TenantForeignKey(Worker, null=True, related_name="slots")
    fencing_token = models.BigIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    deadline_at = models.DateTimeField(null=True)

    objects: ClassVar[TenantManager[Self]] = TenantManager(granted_queue="work_queue_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization_id", "work_item", "stage", "round", "number"], name="slot_number_once"
            ),
            models.UniqueConstraint(
                fields=["organization_id", "work_item", "stage", "round", "worker"],
                condition=models.Q(state__in=["claimed", "accepted"]),
                name="slot_worker_once",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["ready", "void"])
                | models.Q(worker__isnull=False, state__in=["claimed", "accepted"]),
                name="slot_held_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(reserved_worker__isnull=True, reserved_until__isnull=True)
                | models.Q(reserved_worker__isnull=False, reserved_until__isnull=False, state="ready"),
                name="slot_reserved_while_ready",
            ),
        ]
        indexes = [
            models.Index(
                fields=["work_queue", "stage", "audience_id", "shard", "position"],
                condition=models.Q(state="ready"),
                name="slot_takeable",
            ),
            models.Index(
                fields=["work_queue", "stage", "audience_id", "number", "position"],
                condition=models.Q(state="ready"),
                name="slot_breadth",
            ),
            models.Index(
                fields=["work_queue", "stage", "audience_id", "is_begun", "position"],
                condition=models.Q(state="ready"),
                name="slot_depth",
            ),
            models.Index(
                fields=["work_queue", "created_at"], condition=models.Q(state="ready"), name="slot_oldest_ready"
            ),
            models.Index(
                fields=["reserved_claim_id"],
                condition=models.Q(state="ready", reserved_claim_id__isnull=False),
                name="slot_reserved_claim",
            ),
            models.Index(
                fields=["work_queue", "stage", "audience_id"],
                condition=models.Q(state="ready", reserved_claim_id__isnull=False),
                name="slot_kept_softly",
            ),
            models.Index(
                fields=["reserved_worker"],
                condition=models.Q(state="ready", reserved_worker__isnull=False),
                name="slot_reserved",
            ),
            models.Index(fields=["expires_at"], condition=models.Q(state="claimed"), name="slot_expiring"),
        ]

    def __str__(self) -> str:
        return f"slot {self.number} of {self.work_item_id}"
