"""Are a job's input and output where they are said to be? Asked before a job is made, answered as field problems."""

import uuid
from collections.abc import Iterator

from django.utils.translation import gettext as _

from labeling.models import Upload
from labeling.storage import OWN_OUTPUT, Resolver, parse_address
from maskwright.core.errors import DomainError, FieldProblem
from maskwright.core.objects import ObjectMissing

_PHOTOS = (".jpg", ".jpeg", ".png")
_PROBE = ".maskwright-write-test"


def output_or_default(output_uri: str) -> str:
    """The output prefix, with its closing slash; the installation's own storage where none is named."""
    uri = output_uri.strip() or OWN_OUTPUT
    return uri if uri.endswith("/") else uri + "/"


def input_problems(resolver: Resolver, uri: str) -> Iterator[FieldProblem]:
    """The manifest must exist; below a prefix there must be something."""
    try:
        address = parse_address(uri)
        if address.scheme == "upload":
            yield from _upload_problems(address.container)
        if address.is_prefix:
            if next(iter(resolver.list_objects(uri)), None) is None:
                message = _("There are no photos below %(uri)s. Check the address, or upload photos first.") % {
                    "uri": uri
                }
                yield FieldProblem("input_uri", "input_empty", message)
            return
        location = resolver.resolve(uri)
        if address.key.lower().endswith(_PHOTOS):
            message = _(
                "This is the address of a photo. Name a manifest, or the folder of the photos with a slash at its end."
            )
            yield FieldProblem("input_uri", "not_a_manifest", message)
            return
        if not location.store.exists(location.key):
            raise ObjectMissing(
                _("There is no manifest at %(uri)s. A folder of photos ends with a slash.") % {"uri": uri}
            )
    except DomainError as error:
        yield FieldProblem("input_uri", error.error_code, error.message)


def _upload_problems(container: str) -> Iterator[FieldProblem]:
    try:
        identity = uuid.UUID(container)
    except ValueError:
        return  # the resolver says so
    if Upload.objects.filter(pk=identity, completed_at=None).exists():
        message = _("The upload is not complete yet. Finish it, then create the job.")
        yield FieldProblem("input_uri", "upload_not_complete", message)


def output_problems(resolver: Resolver, uri: str) -> Iterator[FieldProblem]:
    """Writes and removes a small object, because only that shows that results can be kept there."""
    try:
        location = resolver.resolve_output(str(parse_address(uri).join(_PROBE)))
        location.put(b"Written to test this location; may be deleted.\n", content_type="text/plain")
        location.store.delete(location.key)
    except DomainError as error:
        yield FieldProblem("output_uri", error.error_code, error.message)
