#!/usr/bin/env python
"""Django's command line, with `platform/` as a source root (it is not a package itself)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "platform"))


def main() -> None:
    from maskwright.supervise.local_environment import adopt

    # A command in a second terminal means the installation that `make run` keeps in this data folder. The doctor
    # judges the environment itself, as it is.
    if sys.argv[1:2] != ["doctor"]:
        adopt(os.environ, ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maskwright.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
