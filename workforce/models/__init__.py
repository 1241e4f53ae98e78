"""People and queues. Knows nothing about pixels or labeling."""

from workforce.models.claim import Claim
from workforce.models.ledger import ActivityClock, LedgerEntry
from workforce.models.notification import Notice, NoticeChoice, NoticeHook, TeamSchedule
from workforce.models.report import WorkReport
from workforce.models.skill import PersonSkill
from workforce.models.statement import PayRate, Statement, StatementLine
from workforce.models.work_grant import GrantStaffing, WorkGrant
from workforce.models.work_pause import WorkPause
from workforce.models.work_queue import Slot, WorkItem, WorkQueue
from workforce.models.work_share import WorkShare
from workforce.models.worker import Worker, WorkerIdentity
from workforce.models.workforce import TeamMember, Workforce, WorkTeam

__all__ = [
    "ActivityClock",
    "Claim",
    "GrantStaffing",
    "LedgerEntry",
    "Notice",
    "NoticeChoice",
    "NoticeHook",
    "PayRate",
    "PersonSkill",
    "Slot",
    "Statement",
    "StatementLine",
    "TeamMember",
    "TeamSchedule",
    "WorkGrant",
    "WorkItem",
    "WorkPause",
    "WorkQueue",
    "WorkReport",
    "WorkShare",
    "WorkTeam",
    "Worker",
    "WorkerIdentity",
    "Workforce",
]
