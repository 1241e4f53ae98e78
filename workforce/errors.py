"""Errors of the task protocol."""

from maskwright.core.errors import Conflict, DomainError


class LeaseLost(Conflict):
    """The claim is over and somebody else may hold the slot; what was sent is kept where that is said."""

    code = "lease_lost"


class ClaimEnded(Conflict):
    """The claim was ended by its own holder (submit, release, decline)."""

    code = "claim_ended"


class WrongMove(Conflict):
    """The state machine has no such move from where the row stands now."""

    code = "wrong_state"


class MissingFencingToken(DomainError):
    code = "missing_fencing_token"
    status = 428
