"""The demo's work: a label set, a template, an upload of free photos, one job for each workforce."""

import uuid
from io import BytesIO

from labeling.demo_photos import demo_photos
from labeling.models import LabelingJob, LabelSet, TaskTemplate, Upload
from labeling.services.jobs import create_job
from labeling.services.label_sets import save_label_set
from labeling.services.task_templates import save_task_template
from labeling.services.uploads import complete_upload, create_upload, store_file
from maskwright.config.demo.people import CUSTOMER, VENDOR, labelers_of, user_id
from maskwright.core.errors import Unavailable
from maskwright.core.scope import organization_scope
from maskwright.organizations.models import Organization
from workforce.services.grants import accept_grant, offer_grant, staff_grant
from workforce.services.teams import create_work_team

CATEGORIES = [
    ("person", "#2ca02c", "1", "People, with clothes and everything they wear"),
    ("cat", "#ff7f0e", "2", "Head and body; not the whiskers"),
    ("cup", "#1f77b4", "3", "Cup with its handle and what is in it; not saucer and spoon"),
    ("flower", "#d62728", "4", "The blossom, petals and centre"),
    ("rocket", "#9467bd", "5", "The rocket, without smoke and fire"),
    ("motorcycle", "#8c564b", "6", "Wheels, frame, seat and handlebar"),
    ("building", "#17becf", "7", "Buildings with roofs and stairs"),
]

INSTRUCTIONS = """\
Paint every object of the categories on the right.

1. Choose a category (click it, or press its key).
2. Paint with the **brush**, draw a **polygon**, or click the four outermost points of an object with *extreme points*.
3. Leave everything else unlabeled.

Edges within two pixels are good enough. When a photo shows none of these things, choose *Nothing to label here*.
"""


def create_work(organizations: dict[str, Organization]) -> list[LabelingJob]:
    """Make the demo's two jobs; they start by themselves once a worker has checked their photos."""
    customer, vendor = organizations[CUSTOMER], organizations[VENDOR]
    manager, vendor_manager = user_id("acme-manager"), user_id("globex-manager")
    with organization_scope(customer.pk, user_id=manager):
        team = create_work_team(name="Acme labelers", user_ids=[user_id(one) for one in labelers_of(CUSTOMER)])
        labels, template, upload = _label_set(), _template(), _upload(manager)
        own = _job("first-photos", labels, template, upload, manager, team=team.pk, labelers=3)
        lent = _job("photos-for-globex", labels, template, upload, manager, team=None, labelers=2)
        grant = offer_grant(queue_id=lent.work_queue_id, vendor_id=vendor.pk, title="Objects in everyday photos")
    with organization_scope(vendor.pk, user_id=vendor_manager, with_grants=True):
        crew = create_work_team(name="Globex crew", user_ids=[user_id(one) for one in labelers_of(VENDOR)])
        accept_grant(grant_id=grant.pk)
        staff_grant(grant_id=grant.pk, work_team_id=crew.pk)
    return [own, lent]


def _job(
    name: str,
    labels: LabelSet,
    template: TaskTemplate,
    upload: Upload,
    manager: uuid.UUID,
    *,
    team: uuid.UUID | None,
    labelers: int,
) -> LabelingJob:
    return create_job(
        actor_user_id=manager,
        name=name,
        input_uri=f"upload://{upload.pk}/",
        label_set_id=labels.pk,
        task_template_id=template.pk,
        work_team_id=team,
        number_of_labelers=labelers,
        start_when_ready=True,
        for_vendor=team is None,
    )


def _label_set() -> LabelSet:
    categories = [
        {"name": name, "color": color, "key": key, "description": description}
        for name, color, key, description in CATEGORIES
    ]
    return save_label_set(name="Everyday things", description="What the demo's photos show", categories=categories)


def _template() -> TaskTemplate:
    return save_task_template(
        name="Paint objects", title="Paint the objects in the photo", instructions=INSTRUCTIONS, time_limit_seconds=3600
    )


def _upload(manager: uuid.UUID) -> Upload:
    """The photos as an upload, as if the manager had dropped a folder into the browser."""
    photos = list(demo_photos())
    if not photos:
        raise Unavailable("The demo's photos are missing. Install scikit-image and scikit-learn, or set DEMO=0.")
    upload = create_upload(name="Demo photos", user_id=manager)
    for photo in photos:
        store_file(upload_id=upload.pk, name=photo.filename, source=BytesIO(photo.data))
    return complete_upload(upload_id=upload.pk)
