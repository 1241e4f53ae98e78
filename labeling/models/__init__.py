"""What is labeled, and how."""

from labeling.models.annotation import Annotation, ConsolidatedAnnotation, Draft, DraftVersion
from labeling.models.function import FunctionCall, JobFunctions, LabelingFunction
from labeling.models.job import DataObject, JobCount, JobRevision, LabelingJob, Task
from labeling.models.label_set import LabelSet, LabelSetVersion
from labeling.models.quality import AnswerScore, GoldTask, Qualification, QualityEvent, QualityRule
from labeling.models.sagemaker import (
    LabelingRequest,
    ResourceTag,
    SageMakerCall,
    TagOf,
    TaskUi,
    TeamDetail,
    WorkforceDetail,
)
from labeling.models.storage_connection import StorageConnection
from labeling.models.task_template import TaskTemplate, TaskTemplateVersion
from labeling.models.upload import Upload, UploadedFile
from labeling.models.withdrawal import Withdrawal, WithdrawnAnswer

__all__ = [
    "Annotation",
    "AnswerScore",
    "ConsolidatedAnnotation",
    "DataObject",
    "Draft",
    "DraftVersion",
    "FunctionCall",
    "GoldTask",
    "JobCount",
    "JobFunctions",
    "JobRevision",
    "LabelSet",
    "LabelSetVersion",
    "LabelingFunction",
    "LabelingJob",
    "LabelingRequest",
    "Qualification",
    "QualityEvent",
    "QualityRule",
    "ResourceTag",
    "SageMakerCall",
    "StorageConnection",
    "TagOf",
    "Task",
    "TaskTemplate",
    "TaskTemplateVersion",
    "TaskUi",
    "TeamDetail",
    "Upload",
    "UploadedFile",
    "Withdrawal",
    "WithdrawnAnswer",
    "WorkforceDetail",
]
