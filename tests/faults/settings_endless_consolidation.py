from maskwright.config.settings import *  # noqa: F403  # the settings module is its names
from maskwright.config.settings import INSTALLED_APPS as _APPS

INSTALLED_APPS = [*_APPS, "tests.faults.sabotage.EndlessConsolidation"]
