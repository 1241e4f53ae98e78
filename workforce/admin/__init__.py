"""Work teams, and for vendors the work that customers offer, in the managers' admin."""

from workforce.admin.grants import ReceivedGrantAdmin, describe_granted_work
from workforce.admin.teams import WorkTeamAdmin, team_choices

__all__ = ["ReceivedGrantAdmin", "WorkTeamAdmin", "describe_granted_work", "team_choices"]
