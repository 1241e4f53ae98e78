"""People and queues. Knows nothing about pixels or labeling."""

from workforce.models.claim import Claim
from workforce.models.skill import PersonSkill
from workforce.models.work_grant import GrantStaffing, WorkGrant
from workforce.models.work_queue import Slot, WorkItem, WorkQueue
from workforce.models.worker import Worker, WorkerIdentity
from workforce.models.workforce import TeamMember, Workforce, WorkTeam

__all__ = [
    "Claim",
    "GrantStaffing",
    "PersonSkill",
    "Slot",
    "TeamMember",
    "WorkGrant",
    "WorkItem",
    "WorkQueue",
    "WorkTeam",
    "Worker",
    "WorkerIdentity",
    "Workforce",
]
