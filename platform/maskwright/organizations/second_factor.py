"""Who needs a second factor to act in an organization. Without it nothing there opens but the page that sets one up.

It binds people however they come, API tokens too: whoever stole a password, or a token made with it, has half of what
is asked for. An account without a password, whose person signs in at the organization's identity provider, counts as
having one: there it is the provider's business.
"""

from django.utils.translation import gettext as _

from maskwright.core.errors import NotAllowed
from maskwright.organizations.permissions import Role, SecondFactor

_MANAGERS = frozenset({Role.OWNER, Role.MANAGER, Role.AUDITOR})


class SecondFactorNeeded(NotAllowed):
    """The organization asks for a second factor that the account has not."""

    code = "second_factor_needed"


def is_needed(role: str, rule: str) -> bool:
    return rule == SecondFactor.EVERYBODY or (rule == SecondFactor.MANAGERS and role in _MANAGERS)


def refusal(organization: str) -> SecondFactorNeeded:
    return SecondFactorNeeded(
        _(
            "%(organization)s asks for a second factor at sign-in. Sign in on the web, open “Second factor” in the "
            "menu with your name, and set one up."
        )
        % {"organization": organization}
    )
