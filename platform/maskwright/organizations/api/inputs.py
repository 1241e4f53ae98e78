"""What the API takes about an organization's people."""

from rest_framework import serializers

from maskwright.organizations.permissions import Permission, Role


class ChangeMember(serializers.Serializer[None]):
    role = serializers.ChoiceField(choices=Role.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class MemberFilter(serializers.Serializer[None]):
    active = serializers.BooleanField(required=False, allow_null=True, default=None)


class SkillInput(serializers.Serializer[None]):
    name = serializers.CharField(max_length=63)
    level = serializers.IntegerField(min_value=0, max_value=100, default=100)


class CreateInvitation(serializers.Serializer[None]):
    role = serializers.CharField()
    email = serializers.CharField(allow_blank=True, default="")
    seats = serializers.IntegerField(default=1)
    days = serializers.IntegerField(default=14)
    name = serializers.CharField(allow_blank=True, default="", help_text="What a new account is called at first.")
    work_team = serializers.UUIDField(allow_null=True, default=None)
    work_teams = serializers.ListField(
        child=serializers.UUIDField(), max_length=50, default=list, help_text="Several, in place of `work_team`."
    )
    skills = SkillInput(many=True, default=list)


class InvitationFile(serializers.Serializer[None]):
    csv = serializers.CharField(
        trim_whitespace=False,
        max_length=1_000_000,
        help_text="First line: email, and any of name, role, teams, skills. Teams and skills are separated by bars, a "
        "skill's level stands behind a colon: `roads:80|trees`.",
    )
    days = serializers.IntegerField(min_value=1, max_value=90, default=14)


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
