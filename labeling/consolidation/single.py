"""Single: the only answer is the result."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from labeling.masks import MaskRaster, histogram
from labeling.wording import gettext_noop as _

from .base import Answer, Consolidated, ConsolidationError, check_answers, check_classes


@dataclass(frozen=True)
class Single:
    """For jobs with one labeler per data object.

    Confidence is 0.0, as in Ground Truth: nothing was compared.
    """

    name: str = "single"
    version: str = "1"

    def consolidate(self, answers: Sequence[Answer], classes: Collection[int]) -> Consolidated:
        shape = check_answers(answers)
        if len(answers) > 1:
            message = _("There are %(count)s answers. Use the rule 'majority' for more than one.") % {
                "count": len(answers)
            }
            raise ConsolidationError("several_answers", message)
        indices = answers[0].raster.indices
        check_classes(np.array(histogram(indices), dtype=np.int64), classes)
        return Consolidated(
            raster=MaskRaster(indices.copy()),
            confidence=0.0,
            class_agreement={},
            disputed_share=0.0,
            disagreement=np.zeros(shape, dtype=np.uint8),
        )
