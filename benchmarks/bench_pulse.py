"""What the once-a-second comparison of open sockets with the database costs, by organizations in the process.

`python benchmarks/bench_pulse.py`: a labeler's and a manager's socket in each of 1, 300 and 1,000 organizations, each
with a team and three work queues. The pulses of all of them are read in turn.
"""

import hashlib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

from django.db import connection, connections  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from maskwright.accounts.models import User  # noqa: E402
from maskwright.core.scope import organization_scope  # noqa: E402
from maskwright.core.socket import Watch  # noqa: E402
from maskwright.organizations.services.membership import add_member, create_organization  # noqa: E402
from workforce.models import TeamMember, Workforce, WorkQueue, WorkTeam  # noqa: E402
from workforce.services.pulse import read_pulses  # noqa: E402
from workforce.states import QueueState  # noqa: E402

SIZES, ROUNDS, QUEUES = (1, 300, 1000), 60, 3


def sockets_of(number: int) -> list[Watch]:
    """The two sockets of one more organization."""
    organization = create_organization(name=f"Company {number}")
    watches = []
    for role in ("labeler", "manager"):
        user = User(username=f"{role}-{number}", password="x")
        user.save()
        with organization_scope(organization.pk):
            membership = add_member(user=user, role=role)
            if role == "labeler":
                team = WorkTeam.objects.create(workforce=Workforce.objects.create(name="own"), name="team")
                TeamMember.objects.create(work_team=team, user=user)
                queues = [WorkQueue.objects.create(work_team=team, state=QueueState.OPEN) for _ in range(QUEUES)]
        subject = None if role == "labeler" else queues[0].pk
        credential = hashlib.sha256(b"x").hexdigest()
        watches.append(Watch(user.pk, organization.pk, role, membership.version, credential, subject=subject))
    return watches


def main() -> None:
    watches = [watch for number in range(max(SIZES)) for watch in sockets_of(number)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    for count in SIZES:
        chosen = watches[: 2 * count]
        read_pulses(chosen)
        seconds = []
        for _ in range(ROUNDS):
            before = time.perf_counter()
            pulses = read_pulses(chosen)
            seconds.append(time.perf_counter() - before)
        assert all(pulse.close is None and pulse.versions for pulse in pulses)
        with CaptureQueriesContext(connection) as queries:
            read_pulses(chosen)
        print(environment.row(f"{count} organizations, {2 * count} sockets, {len(queries)} query", seconds))


if __name__ == "__main__":
    main()
