"""What the console's API sends about teams and grants."""

from typing import Any

from rest_framework import serializers

from workforce.selectors import GrantRow


class TeamOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    groups = serializers.ListField(child=serializers.CharField())
    member_count = serializers.IntegerField()
    work_queue_count = serializers.IntegerField(source="queue_count")
    created_at = serializers.DateTimeField()


class TeamMemberOutput(serializers.Serializer[Any]):
    user = serializers.UUIDField(source="user_id")
    username = serializers.CharField(source="user.username")
    display_name = serializers.CharField(source="user.display_name")
    added_at = serializers.DateTimeField(source="created_at")


class SideOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()


class GrantOutput(serializers.Serializer[Any]):
    """The same for both sides, except `teams`: whom a vendor gives the work to stays with the vendor."""

    id = serializers.UUIDField(source="grant.id")
    side = serializers.ChoiceField(choices=["given", "received"])
    customer = serializers.SerializerMethodField()
    vendor = serializers.SerializerMethodField()
    work_queue = serializers.UUIDField(source="grant.work_queue_id")
    title = serializers.CharField(source="grant.title")
    state = serializers.CharField(source="grant.state")
    is_live = serializers.BooleanField()
    preview = serializers.BooleanField(source="grant.preview")
    share = serializers.IntegerField(source="grant.share", allow_null=True)
    starts_at = serializers.DateTimeField(source="grant.starts_at", allow_null=True)
    expires_at = serializers.DateTimeField(source="grant.expires_at", allow_null=True)
    accept_by = serializers.DateTimeField(source="grant.accept_by", allow_null=True)
    price_per_object = serializers.DecimalField(14, 4, source="grant.price_per_object", allow_null=True)
    price_per_hour = serializers.DecimalField(14, 4, source="grant.price_per_hour", allow_null=True)
    currency = serializers.CharField(source="grant.currency")
    purchase_cap = serializers.DecimalField(14, 2, source="grant.purchase_cap", allow_null=True)
    quality_terms = serializers.CharField(source="grant.quality_terms")
    minimum_gold_iou = serializers.DecimalField(4, 3, source="grant.minimum_gold_iou", allow_null=True)
    decline_reason = serializers.CharField(source="grant.decline_reason")
    revoked_at = serializers.DateTimeField(source="grant.revoked_at", allow_null=True)
    created_at = serializers.DateTimeField(source="grant.created_at")
    teams = serializers.SerializerMethodField()

    def get_customer(self, row: GrantRow) -> dict[str, str]:
        return {"id": str(row.grant.organization_id), "name": row.customer_name}

    def get_vendor(self, row: GrantRow) -> dict[str, str]:
        return {"id": str(row.grant.vendor_id), "name": row.vendor_name}

    def get_teams(self, row: GrantRow) -> list[dict[str, str]]:
        return [{"id": str(identity), "name": name} for identity, name in row.teams]


class AnswerCounts(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    returned = serializers.IntegerField()
    withdrawn = serializers.IntegerField()


class AgreementOutput(serializers.Serializer[Any]):
    value = serializers.FloatField(help_text="Mean class IoU with the results that the answers went into.")
    answers = serializers.IntegerField(help_text="So many answers were compared.")


class OwnLabelerOutput(serializers.Serializer[Any]):
    worker = serializers.UUIDField(source="worker_id")
    name = serializers.CharField()
    answers = AnswerCounts()
    agreement = AgreementOutput(allow_null=True)


class GrantProgressOutput(serializers.Serializer[Any]):
    """`items`, `done`: data objects of the vendor's part; `missing`: answers to come. Times are a forecast, at the
    real speed of the vendor's people; null while too little is known."""

    items = serializers.IntegerField(source="progress.items")
    done = serializers.IntegerField(source="progress.done")
    missing = serializers.IntegerField(source="progress.missing")
    at_work = serializers.IntegerField(source="progress.at_work")
    answers = AnswerCounts(source="progress.answers")
    expected = serializers.DateTimeField(allow_null=True)
    earliest = serializers.DateTimeField(allow_null=True)
    latest = serializers.DateTimeField(allow_null=True)
    people = OwnLabelerOutput(many=True)
