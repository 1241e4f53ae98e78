"""The managers' pages of labeling: one file per model."""

from labeling.admin import label_sets, task_templates

__all__ = ["label_sets", "task_templates"]
