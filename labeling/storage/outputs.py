"""Addresses in a job's output location."""

from labeling.manifests import OutputKeys
from labeling.models import LabelingJob


def output_address(output_uri: str, key: str) -> str:
    return f"{output_uri.rstrip('/')}/{key}"


def output_manifest_uri(job: LabelingJob) -> str:
    return output_address(job.output_uri, OutputKeys(job.name).output_manifest())


def intermediate_manifest_uri(job: LabelingJob) -> str:
    return output_address(job.output_uri, OutputKeys(job.name).intermediate())
