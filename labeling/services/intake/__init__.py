"""Intake: from a job's input to data objects, and from usable photos to tasks.

Two passes, each committed in chunks that carry their own place, so that a killed run goes on where it was:
1. `reading`: every line of the manifest, or every photo below a prefix, becomes a data object, also those that cannot
   be used, with the reason.
2. `photos`: bytes are fetched and judged; a usable object gets its work item and task in the transaction of its chunk.
"""

from labeling.services.intake.run import fail_intake, run_intake

__all__ = ["fail_intake", "run_intake"]
