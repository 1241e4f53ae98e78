"""Work teams and who is in them."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from maskwright.core.api.pagination import Page, paged
from maskwright.organizations.api.authentication import actor_of_request
from maskwright.organizations.permissions import Permission, require
from workforce import selectors
from workforce.api import inputs, outputs
from workforce.services import teams


def _team(team_id: uuid.UUID, status: int = 200) -> Response:
    return Response(outputs.TeamOutput(selectors.team_detail(team_id)).data, status=status)


class TeamsView(APIView):
    pagination_class = Page

    @extend_schema(responses=outputs.TeamOutput(many=True))
    def get(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.JOBS_READ)
        return paged(request, selectors.team_list(), lambda rows: outputs.TeamOutput(rows, many=True).data)

    @extend_schema(request=inputs.CreateTeam, responses={201: outputs.TeamOutput})
    def post(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        given = inputs.CreateTeam(data=request.data)
        given.is_valid(raise_exception=True)
        team = teams.create_work_team(
            name=given.validated_data["name"],
            description=given.validated_data["description"],
            user_ids=given.validated_data["users"],
            groups=given.validated_data["groups"],
        )
        return _team(team.pk, 201)


class TeamView(APIView):
    @extend_schema(responses=outputs.TeamOutput)
    def get(self, request: Request, team_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.JOBS_READ)
        return _team(team_id)

    @extend_schema(request=inputs.ChangeTeam, responses=outputs.TeamOutput)
    def patch(self, request: Request, team_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        given = inputs.ChangeTeam(data=request.data)
        given.is_valid(raise_exception=True)
        teams.change_work_team(work_team_id=team_id, **given.validated_data)
        return _team(team_id)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, team_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        teams.delete_work_team(work_team_id=team_id)
        return Response(status=204)


class TeamMembersView(APIView):
    pagination_class = Page

    @extend_schema(responses=outputs.TeamMemberOutput(many=True))
    def get(self, request: Request, team_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        members = selectors.team_member_list(team_id)
        return paged(request, members, lambda rows: outputs.TeamMemberOutput(rows, many=True).data)

    @extend_schema(request=inputs.AddTeamMember, responses={201: outputs.TeamMemberOutput})
    def post(self, request: Request, team_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        given = inputs.AddTeamMember(data=request.data)
        given.is_valid(raise_exception=True)
        member = teams.add_team_member(work_team_id=team_id, user_id=given.validated_data["user"])
        return Response(outputs.TeamMemberOutput(member).data, status=201)


class TeamMemberView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, team_id: uuid.UUID, user_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        teams.remove_team_member(work_team_id=team_id, user_id=user_id)
        return Response(status=204)
