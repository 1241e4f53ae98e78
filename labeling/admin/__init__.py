"""The managers' pages of labeling: one file per model, and the first page."""

from labeling.admin import (
    dashboard,
    data_objects,
    functions,
    granted,
    jobs,
    label_sets,
    labelers,
    reports,
    storage_connections,
    task_templates,
    uploads,
)

__all__ = [
    "dashboard",
    "data_objects",
    "functions",
    "granted",
    "jobs",
    "label_sets",
    "labelers",
    "reports",
    "storage_connections",
    "task_templates",
    "uploads",
]
