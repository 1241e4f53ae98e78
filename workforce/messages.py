"""What connected labelers are told."""

import uuid
from dataclasses import dataclass

from maskwright.core.messages import Message


@dataclass(frozen=True)
class WorkAvailable(Message, type="work.available"):
    """There may be something to do in a queue, or less than before: it opened, paused, got or gave back a slot."""

    work_queue: uuid.UUID


@dataclass(frozen=True)
class WorkClaimChanged(Message, type="work.claim_changed"):
    """A claim is still live, but its time, its pause or its revision changed."""

    claim: uuid.UUID


@dataclass(frozen=True)
class WorkAnswerReviewed(Message, type="work.answer_reviewed"):
    """An answer of this claim was accepted by a reviewer, or sent back."""

    claim: uuid.UUID


@dataclass(frozen=True)
class WorkClaimEnded(Message, type="work.claim_ended"):
    """A claim ended without its holder: it ran out, was withdrawn, or the job was stopped."""

    claim: uuid.UUID
