"""The acting organization, its members and its invitations."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.pagination import Page, paged
from maskwright.organizations import selectors
from maskwright.organizations.api import inputs, outputs
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from maskwright.organizations.rights import roles
from maskwright.organizations.services.invitation_file import invite_from_file, read_invitation_file
from maskwright.organizations.services.invitations import (
    create_invitation,
    invitation_link,
    open_invitations,
    revoke_invitation,
)
from maskwright.organizations.services.membership import change_member
from maskwright.organizations.services.passwords import create_password_link


class CurrentOrganizationView(APIView):
    @extend_schema(responses=outputs.OrganizationOutput)
    def get(self, request: Request) -> Response:
        return Response(outputs.OrganizationOutput(selectors.organization_of(actor_of_request(request))).data)


class RolesView(APIView):
    """Each role with what it may do."""

    @extend_schema(responses=outputs.RolesOutput)
    def get(self, request: Request) -> Response:
        found = [
            {
                "role": one.code,
                "name": one.name,
                "permissions": [{"code": each.value, "description": each.label} for each in one.permissions],
            }
            for one in roles()
        ]
        return Response(outputs.RolesOutput({"roles": found}).data)


class MembersView(APIView):
    pagination_class = Page

    @extend_schema(parameters=[inputs.MemberFilter], responses=outputs.MemberOutput(many=True))
    def get(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        wanted = inputs.MemberFilter(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        members = selectors.member_list(is_active=wanted.validated_data["active"])
        return paged(request, members, lambda rows: outputs.MemberOutput(rows, many=True).data)


class MemberView(APIView):
    @extend_schema(request=inputs.ChangeMember, responses=outputs.MemberOutput)
    def patch(self, request: Request, membership_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        given = inputs.ChangeMember(data=request.data)
        given.is_valid(raise_exception=True)
        change_member(membership_id=membership_id, **given.validated_data)
        return Response(outputs.MemberOutput(selectors.member_list().get(pk=membership_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, membership_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        change_member(membership_id=membership_id, is_active=False)
        return Response(status=204)


class PasswordLinkView(APIView):
    """A one-time link by which a member sets a new password; for organizations without mail."""

    @extend_schema(request=None, responses={201: outputs.PasswordLinkOutput})
    def post(self, request: Request, membership_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        link = create_password_link(membership_id=membership_id)
        return Response(outputs.PasswordLinkOutput(link).data, status=201)


class InvitationsView(APIView):
    pagination_class = Page

    @extend_schema(responses=outputs.InvitationOutput(many=True))
    def get(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        return paged(request, open_invitations(), lambda rows: outputs.InvitationOutput(rows, many=True).data)

    @extend_schema(request=inputs.CreateInvitation, responses={201: outputs.NewInvitationOutput})
    def post(self, request: Request) -> Response:
        actor = actor_of_request(request)
        require(actor, Permission.MEMBERS_MANAGE)
        given = inputs.CreateInvitation(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        team, teams, name = values.pop("work_team"), values.pop("work_teams"), values.pop("name")
        invitation, secret = create_invitation(
            created_by=actor.user, work_team_ids=[*([team] if team else []), *teams], display_name=name, **values
        )
        body = {**outputs.InvitationOutput(invitation).data, "link": invitation_link(secret)}
        return Response(body, status=201)


class InvitationPreviewView(APIView):
    """What a CSV file would do, or all that is wrong with it; nothing is made."""

    @extend_schema(request=inputs.InvitationFile, responses=outputs.InvitationPreviewOutput)
    def post(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        given = inputs.InvitationFile(data=request.data)
        given.is_valid(raise_exception=True)
        people = read_invitation_file(given.validated_data["csv"])
        return Response(outputs.InvitationPreviewOutput({"people": people}).data)


class InvitationFileView(APIView):
    """An invitation for each line of a CSV file, or none."""

    @extend_schema(request=inputs.InvitationFile, responses={201: outputs.MadeInvitationsOutput})
    def post(self, request: Request) -> Response:
        actor = actor_of_request(request)
        require(actor, Permission.MEMBERS_MANAGE)
        given = inputs.InvitationFile(data=request.data)
        given.is_valid(raise_exception=True)
        made = invite_from_file(
            text=given.validated_data["csv"], days=given.validated_data["days"], created_by=actor.user
        )
        body = [{**outputs.InvitationOutput(one.invitation).data, "link": invitation_link(one.secret)} for one in made]
        return Response({"invitations": body}, status=201)


class InvitationView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, invitation_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.MEMBERS_MANAGE)
        revoke_invitation(invitation_id=invitation_id)
        return Response(status=204)
