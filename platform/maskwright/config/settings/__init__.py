"""Settings, from the environment only (`maskwright.config.env`). One file: what differs is an address, not code."""

from maskwright.config.settings.base import *  # noqa: F403  # the settings module is its names
