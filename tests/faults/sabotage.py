"""The product with one of its safeguards taken out, to see that the checks of this folder notice.

Only the settings modules beside this file install these apps; the product has no switch for it.
"""

from django.apps import AppConfig


class WithoutFencing(AppConfig):
    """A submit is taken whoever holds the slot by now."""

    name = "tests.faults"
    label = "without_fencing"

    def ready(self) -> None:
        from workforce.services import acceptance
        from workforce.services.claims import MINE

        acceptance._ACCEPT = f"""
            WITH accepted AS (
              UPDATE workforce_slot s SET state = 'accepted', worker_id = c.worker_id, expires_at = NULL,
                deadline_at = NULL
              FROM workforce_claim c, workforce_workitem w
              WHERE c.id = %(claim)s AND {MINE} AND w.id = c.work_item_id AND s.id = c.slot_id
                AND c.state IN ('live', 'expired') AND s.state IN ('ready', 'claimed')
              RETURNING s.id
            )
            UPDATE workforce_claim c SET state = 'submitted', ended_at = clock_timestamp()
            FROM accepted a WHERE c.id = %(claim)s
            RETURNING c.ended_at
        """


class WithoutReconciler(AppConfig):
    """What a lost message should have started is never found."""

    name = "tests.faults"
    label = "without_reconciler"

    def ready(self) -> None:
        from maskwright.config import operations

        operations.reconcile_all = lambda: 0


class EndlessConsolidation(AppConfig):
    """A consolidation that takes for ever: the worker that runs it can be killed in its middle."""

    name = "tests.faults"
    label = "endless_consolidation"

    def ready(self) -> None:
        import time
        from typing import Any

        import labeling.services.consolidation

        consolidation: Any = labeling.services.consolidation

        def endless(name: str) -> None:
            time.sleep(3600)

        consolidation.get_rule = endless
