"""What those who watch a labeling job are told."""

import uuid
from dataclasses import dataclass

from maskwright.core.messages import Message


@dataclass(frozen=True)
class JobChanged(Message, type="job.changed"):
    """State or settings of a job are others than before."""

    job: uuid.UUID


@dataclass(frozen=True)
class JobProgress(Message, type="job.progress"):
    """Answers or results of a job came in."""

    job: uuid.UUID
