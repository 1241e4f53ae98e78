"""Work teams, and for vendors the work that customers offer, in the managers' admin."""

from workforce.admin.grants import ReceivedGrantAdmin, describe_granted_work, withdrawals_by
from workforce.admin.ledger_entries import LedgerEntryAdmin
from workforce.admin.pay_rates import PayRateAdmin
from workforce.admin.skills import PersonSkillAdmin
from workforce.admin.statements import StatementAdmin
from workforce.admin.teams import WorkTeamAdmin, team_choices

__all__ = [
    "LedgerEntryAdmin",
    "PayRateAdmin",
    "PersonSkillAdmin",
    "ReceivedGrantAdmin",
    "StatementAdmin",
    "WorkTeamAdmin",
    "describe_granted_work",
    "team_choices",
    "withdrawals_by",
]
