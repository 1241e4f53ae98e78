"""What the API sends about an organization and its people."""

from typing import Any

from rest_framework import serializers


class PermissionOutput(serializers.Serializer[Any]):
    code = serializers.CharField()
    description = serializers.CharField()


class OrganizationOutput(serializers.Serializer[Any]):
    """The acting organization, and what the acting member may do in it, in words."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    slug = serializers.CharField()
    account_id = serializers.CharField()
    is_vendor = serializers.BooleanField()
    user = serializers.UUIDField()
    username = serializers.CharField()
    role = serializers.CharField()
    role_name = serializers.CharField()
    permissions = PermissionOutput(many=True)


class RoleOutput(serializers.Serializer[Any]):
    role = serializers.CharField()
    name = serializers.CharField()
    permissions = PermissionOutput(many=True)


class RolesOutput(serializers.Serializer[Any]):
    roles = RoleOutput(many=True)


class MemberOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    user = serializers.UUIDField(source="user_id")
    username = serializers.CharField(source="user.username")
    display_name = serializers.CharField(source="user.display_name")
    email = serializers.CharField(source="user.email")
    role = serializers.CharField()
    is_active = serializers.BooleanField()
    has_second_factor = serializers.BooleanField()
    since = serializers.DateTimeField(source="created_at")


class PasswordLinkOutput(serializers.Serializer[Any]):
    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class SkillOutput(serializers.Serializer[Any]):
    name = serializers.CharField()
    level = serializers.IntegerField()


class InvitationOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    role = serializers.CharField()
    email = serializers.CharField()
    name = serializers.CharField(source="display_name")
    work_teams = serializers.ListField(source="team_ids", child=serializers.UUIDField())
    skills = SkillOutput(many=True)
    seats = serializers.IntegerField()
    used = serializers.IntegerField()
    created_by = serializers.CharField(source="created_by.username", default=None)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class NewInvitationOutput(InvitationOutput):
    link = serializers.CharField(help_text="Shown in this answer only.")


class InvitedPersonOutput(serializers.Serializer[Any]):
    """A line of a file as it was understood."""

    line = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()
    role = serializers.CharField()
    work_teams = serializers.ListField(source="team_ids", child=serializers.UUIDField())
    skills = SkillOutput(many=True)
    replaces = serializers.BooleanField(help_text="An open invitation of the same address ends.")


class InvitationPreviewOutput(serializers.Serializer[Any]):
    people = InvitedPersonOutput(many=True)


class MadeInvitationsOutput(serializers.Serializer[Any]):
    invitations = NewInvitationOutput(many=True)


class TokenOutput(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="null: all that the owner's role may."
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class NewTokenOutput(TokenOutput):
    secret = serializers.CharField(help_text="Shown in this answer only.")
