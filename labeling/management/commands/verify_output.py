"""`manage.py verify_output FOLDER_OR_ADDRESS`: is a finished output tree what its format promises?"""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from labeling.output_check import Summary, Tree, check_tree
from labeling.selectors.output_trees import FolderTree, StoreTree
from labeling.storage import Resolver, parse_address
from maskwright.core.errors import DomainError
from maskwright.core.objects.factory import open_store
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization

#: The exit code of a tree that could not be read to its end.
_UNREADABLE = 2


class Command(BaseCommand):
    help = (
        "Check a job's output tree, of this installation or of Ground Truth: records, masks, answers. Prints each "
        "finding with its file and line. Exit code 0: no error; 1: errors were found; 2: the tree cannot be read."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("place", help="the job's folder, or its address: s3://bucket/labels/my-job/")
        parser.add_argument(
            "--organization",
            help="name, slug or account id of the organization whose storage connections open the address; without it "
            "the environment's own credentials do",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object a line instead of text")
        parser.add_argument("--strict", action="store_true", help="warnings count as errors")
        parser.add_argument("--limit", type=int, default=1000, help="findings that are printed (0: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        tree, summary, printed = self._tree(options["place"], options["organization"]), Summary(), 0
        try:
            for finding in check_tree(tree, summary):
                if options["limit"] and printed >= options["limit"]:
                    continue
                printed += 1
                self.stdout.write(finding.as_json() if options["json"] else str(finding))
        except (DomainError, OSError) as error:
            raise CommandError(f"The tree cannot be read: {error}", returncode=_UNREADABLE) from error
        self._tell(summary, printed)
        if summary.errors or (options["strict"] and summary.warnings):
            sys.exit(1)

    def _tell(self, summary: Summary, printed: int) -> None:
        unprinted = summary.errors + summary.warnings - printed
        more = f" ({unprinted} more findings than are printed)" if unprinted else ""
        self.stderr.write(
            f"{summary.lines} lines, {summary.labels} labels, {summary.masks} masks, {summary.files} files: "
            f"{summary.errors} errors, {summary.warnings} warnings{more}."
        )

    def _tree(self, place: str, organization: str | None) -> Tree:
        if "://" not in place:
            folder = Path(place)
            if not folder.is_dir():
                raise CommandError(f"{place} is no folder.", returncode=_UNREADABLE)
            return FolderTree(folder)
        try:
            address = parse_address(place if place.endswith("/") else place + "/")
            if organization is None and address.scheme == "file":
                return FolderTree(Path(address.key))
            if organization is None and address.scheme in ("s3", "gs", "azure"):
                return StoreTree(open_store(f"{address.scheme}://{quote(address.container)}"), address.key)
            if organization is None:
                raise CommandError("Say whose it is: --organization NAME.", returncode=_UNREADABLE)
            with organization_scope(_organization(organization).pk):
                return StoreTree.at(Resolver().resolve(str(address)))
        except DomainError as error:
            raise CommandError(error.message, returncode=_UNREADABLE) from error


def _organization(text: str) -> Organization:
    wanted = Q(name__iexact=text) | Q(slug=text) | Q(account_id=text)
    found: Organization | None = Organization.objects.filter(wanted).first()
    if found is None:
        raise CommandError(f"There is no organization {text}.", returncode=_UNREADABLE)
    return found
