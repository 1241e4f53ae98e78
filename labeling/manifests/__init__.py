"""Manifests and the other JSON files of a job, in Ground Truth's formats.

Pure; README.md has worked examples.
"""

from .answers import (
    ELEMENT,
    WorkerAnswer,
    consolidation_item,
    consolidation_request,
    consolidation_response,
    other_content,
    segmentation_content,
    worker_response,
)
from .attributes import (
    Attributes,
    DuplicateKeyError,
    JsonValue,
    NotJsonError,
    join_attributes,
    split_attributes,
)
from .errors import LabelConfigError, ManifestProblem, OutputProblem, ProblemCode
from .label_config import ConfiguredLabel, LabelConfig, read_label_config
from .output import ConsolidationFacts, Label, LabelClass, creation_date, write_record, write_unlabeled
from .output_keys import OutputKeys
from .prior import PriorLabel, PriorLabelError, prior_attributes, prior_label, prior_raster
from .reader import ManifestLine, bounded_lines, read_line, read_manifest
from .subset import Subset, read_patterns
from .verification import Verification, verification_content, write_verification
from .verify import verify_output

__all__ = [
    "ELEMENT",
    "Attributes",
    "ConfiguredLabel",
    "ConsolidationFacts",
    "DuplicateKeyError",
    "JsonValue",
    "Label",
    "LabelClass",
    "LabelConfig",
    "LabelConfigError",
    "ManifestLine",
    "ManifestProblem",
    "NotJsonError",
    "OutputKeys",
    "OutputProblem",
    "PriorLabel",
    "PriorLabelError",
    "ProblemCode",
    "Subset",
    "Verification",
    "WorkerAnswer",
    "bounded_lines",
    "consolidation_item",
    "consolidation_request",
    "consolidation_response",
    "creation_date",
    "join_attributes",
    "other_content",
    "prior_attributes",
    "prior_label",
    "prior_raster",
    "read_label_config",
    "read_line",
    "read_manifest",
    "read_patterns",
    "segmentation_content",
    "split_attributes",
    "verification_content",
    "verify_output",
    "worker_response",
    "write_record",
    "write_unlabeled",
    "write_verification",
]
