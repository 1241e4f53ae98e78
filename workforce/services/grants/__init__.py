"""Vendor grants: a customer offers a queue or a share of it, the vendor accepts and staffs it, the customer may revoke.

The grant row is the customer's and is seen by both sides; its staffing is the vendor's alone. `offers` and `ends` act
in the customer's scope, `received` in the vendor's.
"""

from workforce.services.grants.ends import (
    expire_offers,
    return_declined,
    revoke_grant,
    settle_offers,
    withdraw_offer,
    withdraw_revoked,
)
from workforce.services.grants.offers import offer_grant
from workforce.services.grants.received import (
    accept_grant,
    accepted_message,
    decline_grant,
    staff_grant,
    unstaff_grant,
)

__all__ = [
    "accept_grant",
    "accepted_message",
    "decline_grant",
    "expire_offers",
    "offer_grant",
    "return_declined",
    "revoke_grant",
    "settle_offers",
    "staff_grant",
    "unstaff_grant",
    "withdraw_offer",
    "withdraw_revoked",
]
