"""`make simulate`: 200 labelers of different speed and quality over a working day, three of them spammers.

`python benchmarks/simulate.py [LABELERS HOURS MINUTES SEED]` (200 8 8 1). Ends with 1 when a slot was held by two, when
somebody idled while there was work for him, when a spammer was not found within 25 tasks or 1 % of honest people were
stopped.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks import environment

environment.start()

from benchmarks.simulation import figures  # noqa: E402
from benchmarks.simulation.prepare import make_day  # noqa: E402


def main() -> int:
    given = [float(value) for value in sys.argv[1:]]
    labelers, hours, minutes, seed = [*given, *(200.0, 8.0, 8.0, 1.0)[len(given) :]]
    # Somewhat fewer than are done in the time: the day ends with people who wait for what others hold.
    photos = int(labelers * hours * 60 / minutes / 3 * 0.7)
    began = time.monotonic()
    day = make_day(labelers=int(labelers), hours=hours, photos=photos, minutes=minutes, seed=int(seed))
    day.run()
    found = figures.read(day, day.queue_id)
    day.clock.close()
    print(f"{hours:g} hours in {time.monotonic() - began:.0f} s\n{found}")
    print(f"refused calls                       {day.refused}")
    for miss in found.misses:
        print(f"MISSED: {miss}")
    return int(bool(found.misses))


if __name__ == "__main__":
    sys.exit(main())
