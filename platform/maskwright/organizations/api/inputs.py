"""What the API takes about an organization's people."""

from rest_framework import serializers

from maskwright.organizations.permissions import Permission, Role


class ChangeMember(serializers.Serializer[None]):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class MemberFilter(serializers.Serializer[None]):
    active = serializers.BooleanField(required=False, allow_null=True, default=None)


class CreateInvitation(serializers.Serializer[None]):
    role = serializers.CharField()
    email = serializers.CharField(allow_blank=True, default="")
    seats = serializers.IntegerField(default=1)
    days = serializers.IntegerField(default=14)
    work_team = serializers.UUIDField(allow_null=True, default=None)


class CreateToken(serializers.Serializer[None]):
    name = serializers.CharField(max_length=100)
    days = serializers.IntegerField(min_value=1, max_value=365, default=365)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Permission.choices),
        allow_empty=False,
        allow_null=True,
        default=None,
        help_text="The permissions it is limited to; without them it may do all that your role may.",
    )
