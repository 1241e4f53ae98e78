"""Topics of withdrawals: applied and undone object by object, however many there are."""

import uuid

from labeling.services.withdrawal import apply_withdrawal, undo_withdrawal
from maskwright.core.outbox import handles


@handles("withdrawal.apply", queue="distribute", transactional=False, heartbeat=True)
def withdrawal_apply(
    *, organization_id: uuid.UUID, message_id: uuid.UUID, withdrawal_id: str, again: bool = False
) -> None:
    apply_withdrawal(organization_id=organization_id, withdrawal_id=uuid.UUID(withdrawal_id), again=again)


@handles("withdrawal.undo", queue="distribute", transactional=False, heartbeat=True)
def withdrawal_undo(*, organization_id: uuid.UUID, message_id: uuid.UUID, withdrawal_id: str) -> None:
    undo_withdrawal(organization_id=organization_id, withdrawal_id=uuid.UUID(withdrawal_id))
