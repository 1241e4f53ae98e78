"""The operations, one file for a family; importing this registers them all."""

from labeling.sagemaker.operations import job_reads, labeling_jobs, tags, task_uis, workforces, workteams

__all__ = ["job_reads", "labeling_jobs", "tags", "task_uis", "workforces", "workteams"]
