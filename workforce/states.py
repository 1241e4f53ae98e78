"""States and the moves between them. Only the services named here make a move."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class QueueState(TextChoices):
    """Of a work queue; moved by `services.queues.move_queue` alone."""

    DRAFT = "draft", _("not started")
    OPEN = "open", _("open")
    PAUSED = "paused", _("paused")
    STOPPING = "stopping", _("stopping")
    CLOSED = "closed", _("closed")


QUEUE_MOVES: dict[str, frozenset[str]] = {
    QueueState.DRAFT: frozenset({QueueState.OPEN, QueueState.CLOSED}),
    QueueState.OPEN: frozenset({QueueState.PAUSED, QueueState.STOPPING, QueueState.CLOSED}),
    QueueState.PAUSED: frozenset({QueueState.OPEN, QueueState.STOPPING}),
    QueueState.STOPPING: frozenset({QueueState.CLOSED}),
    QueueState.CLOSED: frozenset({QueueState.OPEN}),  # only when an object of a completed job is tried again
}


class ItemState(TextChoices):
    """Of a work item (one per data object)."""

    WAITING = "waiting", _("waiting for its turn")
    OPEN = "open", _("being worked on")
    DONE = "done", _("all answers are in")
    FAILED = "failed", _("cannot be finished")
    ATTENTION = "attention", _("needs attention")
    GOLD = "gold", _("gold task")  # beside the queue: wants nothing, counts nowhere


class SlotState(TextChoices):
    """Of a slot (one wanted answer)."""

    READY = "ready", _("ready")
    CLAIMED = "claimed", _("claimed")
    ACCEPTED = "accepted", _("accepted")
    VOID = "void", _("void")


class ClaimState(TextChoices):
    """Of a claim (a person's lease of a slot); everything but `live` is an end."""

    LIVE = "live", _("live")
    SUBMITTED = "submitted", _("submitted")
    RELEASED = "released", _("released")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")
    VOID = "void", _("void")


class Stage(TextChoices):
    """What a slot asks for. An item goes from one stage to the next, and back with a new round."""

    LABEL = "label", _("labeling")
    REVIEW = "review", _("review")


class GrantState(TextChoices):
    """Of a work grant (a vendor's right to work on a queue)."""

    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")
    REVOKED = "revoked", _("revoked")


class EntryKind(TextChoices):
    """Of a ledger entry."""

    TIME = "time", _("active seconds")
    OBJECT = "object", _("answers that count")


class EntryReason(TextChoices):
    """Why a ledger entry was added."""

    WORKED = "worked", _("worked")
    ACCEPTED = "accepted", _("answer accepted")
    TAKEN_BACK = "taken_back", _("answer counts no more")
    WITHDRAWN = "withdrawn", _("work withdrawn")
    RESTORED = "restored", _("withdrawal undone")
    CORRECTED = "corrected", _("corrected by a manager")


class NoticeKind(TextChoices):
    """What people are told of."""

    AVAILABLE = "available", _("work is available")
    RETURNED = "returned", _("an answer came back")
    PAUSED = "paused", _("somebody was paused in a job")
    QUALITY = "quality", _("a quality rule acted")


class SkillSource(TextChoices):
    """Where a person's skill comes from."""

    HAND = "hand", _("given by hand")
    QUALIFICATION = "qualification", _("earned by a qualification")
    GOLD = "gold", _("computed from gold tasks")


class StatementKind(TextChoices):
    """Whom a statement is for."""

    VENDOR = "vendor", _("vendor")
    LABELER = "labeler", _("labeler")
