"""What is labeled, and how."""

from labeling.models.annotation import Annotation, ConsolidatedAnnotation, Draft
from labeling.models.job import DataObject, JobRevision, LabelingJob, Task
from labeling.models.label_set import LabelSet, LabelSetVersion
from labeling.models.storage_connection import StorageConnection
from labeling.models.task_template import TaskTemplate, TaskTemplateVersion
from labeling.models.upload import Upload, UploadedFile

__all__ = [
    "Annotation",
    "ConsolidatedAnnotation",
    "DataObject",
    "Draft",
    "JobRevision",
    "LabelSet",
    "LabelSetVersion",
    "LabelingJob",
    "StorageConnection",
    "Task",
    "TaskTemplate",
    "TaskTemplateVersion",
    "Upload",
    "UploadedFile",
]
