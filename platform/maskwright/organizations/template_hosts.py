"""From which hosts the pages of an organization's task templates may load: none, unless an owner allows them.

A template is HTML that whoever makes jobs brings along; it is shown to labelers in a frame that reaches nothing by
itself. What it loads from elsewhere (a chart library, pictures) tells that place who works here and when, so an owner
decides.
"""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from maskwright.core.errors import FieldProblem

#: More would be no list that a person can check.
MOST = 50
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
#: The last label begins with a letter: addresses in numbers are no hosts to load from.
_HOST = re.compile(rf"(?:\*\.)?(?:{_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}(?::[1-9][0-9]{{0,4}})?")


def read_hosts(lines: Iterable[str]) -> tuple[list[str], list[FieldProblem]]:
    """The hosts, each once and in order, and what is wrong, each with its place."""
    found: dict[str, None] = {}
    problems = []
    for place, line in enumerate(lines):
        host = line.strip().lower().removeprefix("https://").rstrip("/")
        if not host:
            continue
        if len(host) > 253 or not _HOST.fullmatch(host):
            message = _(
                "'%(line)s' is no host. Write it as cdn.example.org, cdn.example.org:8443 or *.example.org."
            ) % {"line": line.strip()[:100]}
            problems.append(FieldProblem(f"hosts.{place}", "host", message))
        else:
            found[host] = None
    if len(found) > MOST:
        problems.append(FieldProblem("hosts", "too_many", _("At most %(most)d hosts.") % {"most": MOST}))
    return list(found), problems


def allows(hosts: Iterable[str], host: str) -> bool:
    """Whether a page may load from a host, as the content security policy will have it."""
    return any(host == one or (one.startswith("*.") and host.endswith(one[1:])) for one in hosts)
