"""Files below a job's prefix that were left out, since they are no photos: all of them, as the storage has them now."""

import csv
import io
import uuid
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from labeling.services.intake.sources import is_photo
from labeling.services.jobs import own_job
from labeling.storage import Found, Resolver, parse_address
from maskwright.core.errors import NotFound

_ROWS_AT_ONCE = 500


def left_out_stream(job_id: uuid.UUID) -> Iterator[bytes]:
    """CSV of address and bytes; asks the database before it begins only. NotFound for a job that reads a manifest."""
    job = own_job(job_id)
    if not parse_address(job.input_uri).is_prefix:
        raise NotFound(_("This job reads a manifest: every line of it is a photo of the job, nothing is left out."))
    return _rows(Resolver().list_objects(job.input_uri), job.output_uri)


def _rows(found: Iterable[Found], results: str) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["address", "bytes"])
    waiting = 0
    for item in found:
        if is_photo(item.uri) or item.uri.startswith(results):
            continue
        writer.writerow([item.uri, item.size])
        waiting += 1
        if waiting == _ROWS_AT_ONCE:
            yield _taken(text)
            waiting = 0
    yield _taken(text)


def _taken(text: io.StringIO) -> bytes:
    part = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return part
