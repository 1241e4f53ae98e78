"""What can go wrong in labeling, as codes and sentences that say what to do."""

from collections.abc import Mapping
from typing import Any

from maskwright.core.errors import Conflict, Invalid, NotFound, Unavailable


class AddressUnusable(Invalid):
    """A storage address that is malformed, or that no storage connection of the organization covers."""

    code = "address_unusable"


class EndpointRefused(Invalid):
    """A storage endpoint that the operator did not allow, or that leads into a private network."""

    code = "endpoint_refused"


class StorageNotWritable(Conflict):
    code = "storage_not_writable"


class MoveRefused(Conflict):
    """The job's state does not allow this."""

    code = "move_refused"


class UploadCompleted(Conflict):
    code = "upload_completed"


class ChecksumMismatch(Invalid):
    """The bytes that arrived are not those that were sent."""

    code = "checksum_mismatch"


class FileTooLarge(Invalid):
    code = "too_large"
    status = 413


class LabelsInUse(Conflict):
    """A change of categories that answers already given would contradict."""

    code = "labels_in_use"


class InputChanged(Conflict):
    """The manifest changed while it was read."""

    code = "input_changed"


class NoFrame(NotFound):
    """A task that has no page of its own."""

    code = "no_frame"


class NotConsolidated(NotFound):
    code = "not_consolidated"


class NoImage(NotFound):
    code = "no_image"


class IntakeInterrupted(Unavailable):
    """Another run of the same intake went on; this one stops."""

    code = "intake_interrupted"


class NoDraft(NotFound):
    code = "no_draft"


class StaleDraft(Conflict):
    """Another window or device has saved a draft meanwhile; `stored` is that one."""

    code = "stale_draft"

    def __init__(self, message: str, *, stored: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.stored = stored

    @property
    def details(self) -> Mapping[str, Any]:
        return {"draft": self.stored}


class WrongAnswer(Invalid):
    """An answer that the task does not allow, or a mask that does not fit; nothing is stored."""

    code = "wrong_answer"


class KeyReused(Invalid):
    """The idempotency key was used for another answer."""

    code = "idempotency_key_reused"


class WrongPrompt(Invalid):
    """Points or a box that auto-segmentation cannot use."""

    code = "wrong_prompt"
