"""The demo: two organizations at work on a few free photos, made once per data folder."""

from maskwright.config.demo.ensure import ensure_demo

__all__ = ["ensure_demo"]
