"""Where a job's output stands, as Ground Truth lays it out.

Keys are relative to the job's output location.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

_SECONDS = "%Y-%m-%d_%H:%M:%S"


@dataclass(frozen=True)
class OutputKeys:
    """The keys of one labeling job. Times must be aware and are written in UTC.

    Ground Truth's keys contain `:`, which some file systems refuse; with `colons` off it is written as `_`.
    `iteration` counts the batches of automated labeling from 1 and is 1 otherwise.
    """

    job_name: str
    colons: bool = True

    def worker_response(self, object_index: int, at: datetime, iteration: int = 1) -> str:
        """All answers of a data object."""
        return self._key(f"annotations/worker-response/iteration-{iteration}/{object_index}/{_utc(at):{_SECONDS}}.json")

    def consolidation_request(self, at: datetime, iteration: int = 1) -> str:
        return self._consolidation("consolidation-request", at, iteration)

    def consolidation_response(self, at: datetime, iteration: int = 1) -> str:
        return self._consolidation("consolidation-response", at, iteration)

    def mask(self, object_index: int, at: datetime) -> str:
        """The consolidated mask; `at` is its creation time, to the microsecond."""
        stamp = _utc(at).replace(tzinfo=None).isoformat(timespec="microseconds")
        return self._key(f"annotations/consolidated-annotation/output/{object_index}_{stamp}.png")

    def intermediate(self, iteration: int = 1) -> str:
        """The batch manifest that grows while the job runs."""
        return self._key(f"annotations/intermediate/{iteration}/annotations.manifest")

    def output_manifest(self) -> str:
        return self._key("manifests/output/output.manifest")

    def _consolidation(self, kind: str, at: datetime, iteration: int) -> str:
        # Microseconds, unlike the sample: several objects are consolidated within one second.
        stamp = f"{_utc(at):{_SECONDS}}.{at.microsecond:06d}"
        return self._key(f"annotations/consolidated-annotation/{kind}/iteration-{iteration}/{stamp}.json")

    def _key(self, tail: str) -> str:
        return f"{self.job_name}/{tail if self.colons else tail.replace(':', '_')}"


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("output keys need times with a time zone")
    return moment.astimezone(UTC)
