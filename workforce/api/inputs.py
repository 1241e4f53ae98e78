"""What the console's API takes for teams and grants."""

from rest_framework import serializers


class CreateTeam(serializers.Serializer[None]):
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True, default="")
    users = serializers.ListField(child=serializers.UUIDField(), default=list, max_length=1000)
    groups = serializers.ListField(
        child=serializers.CharField(), default=list, help_text="Of the identity provider: who signs in with one is in."
    )


class ChangeTeam(serializers.Serializer[None]):
    name = serializers.CharField(required=False)
    description = serializers.CharField(allow_blank=True, required=False)
    groups = serializers.ListField(child=serializers.CharField(), required=False)


class AddTeamMember(serializers.Serializer[None]):
    user = serializers.UUIDField()


class OfferTermsInput(serializers.Serializer[None]):
    """The terms of an offer; see `OfferTerms`."""

    price_per_object = serializers.DecimalField(14, 4, allow_null=True, default=None)
    price_per_hour = serializers.DecimalField(14, 4, allow_null=True, default=None)
    currency = serializers.CharField(allow_blank=True, default="", max_length=3, help_text="ISO 4217, e.g. EUR.")
    purchase_cap = serializers.DecimalField(14, 2, allow_null=True, default=None)
    accept_by = serializers.DateTimeField(allow_null=True, default=None)
    quality_terms = serializers.CharField(allow_blank=True, default="", max_length=10_000)
    minimum_gold_iou = serializers.DecimalField(4, 3, allow_null=True, default=None)


def share_field() -> serializers.IntegerField:
    return serializers.IntegerField(
        allow_null=True,
        default=None,
        help_text="Percent of the job; it is shared out from then on. Left out: the vendor works on all of it.",
    )


class DeclineGrant(serializers.Serializer[None]):
    reason = serializers.CharField(allow_blank=True, default="", max_length=500)


class OfferGrant(OfferTermsInput):
    work_queue = serializers.UUIDField()
    vendor = serializers.UUIDField(help_text="The vendor's id, from `/api/v1/vendors`.")
    title = serializers.CharField(allow_blank=True, default="", max_length=128)
    preview = serializers.BooleanField(default=False)
    share = share_field()
    starts_at = serializers.DateTimeField(allow_null=True, default=None)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)


class StaffGrant(serializers.Serializer[None]):
    team = serializers.UUIDField()


class GrantFilter(serializers.Serializer[None]):
    side = serializers.ChoiceField(choices=["given", "received"], required=False)
