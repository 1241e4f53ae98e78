"""Vendor grants, for both sides: a customer offers and revokes, a vendor accepts, declines and staffs."""

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
from workforce.services import grants
from workforce.services.terms import OfferTerms
from workforce.vendor_console import received_progress


def _grant(grant_id: uuid.UUID, status: int = 200) -> Response:
    return Response(outputs.GrantOutput(selectors.grant_detail(grant_id)).data, status=status)


class GrantsView(APIView):
    pagination_class = Page

    @extend_schema(parameters=[inputs.GrantFilter], responses=outputs.GrantOutput(many=True))
    def get(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.JOBS_READ)
        wanted = inputs.GrantFilter(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        found = selectors.grant_list(side=wanted.validated_data.get("side", ""))
        return paged(request, found, lambda rows: outputs.GrantOutput(selectors.grant_rows(rows), many=True).data)

    @extend_schema(request=inputs.OfferGrant, responses={201: outputs.GrantOutput})
    def post(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.JOBS_MANAGE)
        given = inputs.OfferGrant(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        grant = grants.offer_grant(
            queue_id=values["work_queue"],
            vendor_id=values["vendor"],
            title=values["title"],
            preview=values["preview"],
            starts_at=values["starts_at"],
            expires_at=values["expires_at"],
            share=values["share"],
            terms=OfferTerms.of(values),
        )
        return _grant(grant.pk, 201)


class GrantView(APIView):
    @extend_schema(responses=outputs.GrantOutput)
    def get(self, request: Request, grant_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.JOBS_READ)
        return _grant(grant_id)


class GrantProgressView(APIView):
    """How far a vendor is with its part of a live grant, until when, and how good its people are."""

    @extend_schema(responses=outputs.GrantProgressOutput)
    def get(self, request: Request, grant_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.JOBS_READ)
        return Response(outputs.GrantProgressOutput(received_progress(grant_id)).data)


class WithdrawOfferView(APIView):
    @extend_schema(request=None, responses=outputs.GrantOutput)
    def post(self, request: Request, grant_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.JOBS_MANAGE)
        grants.withdraw_offer(grant_id=grant_id)
        return _grant(grant_id)


class RevokeGrantView(APIView):
    @extend_schema(request=None, responses=outputs.GrantOutput)
    def post(self, request: Request, grant_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.JOBS_MANAGE)
        grants.revoke_grant(grant_id=grant_id)
        return _grant(grant_id)


class AcceptGrantView(APIView):
    @extend_schema(request=None, responses=outputs.GrantOutput)
    def post(self, request: Request, grant_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.JOBS_MANAGE)
        grants.accept_grant(grant_id=grant_id)
        return _grant(grant_id)


class DeclineGrantView(APIView):
    @extend_schema(request=inputs.DeclineGrant, responses=outputs.GrantOutput)
    def post(self, request: Request, grant_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.JOBS_MANAGE)
        given = inputs.DeclineGrant(data=request.data)
        given.is_valid(raise_exception=True)
        grants.decline_grant(grant_id=grant_id, reason=given.validated_data["reason"])
        return _grant(grant_id)


class StaffingView(APIView):
    @extend_schema(request=inputs.StaffGrant, responses={201: outputs.GrantOutput})
    def post(self, request: Request, grant_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        given = inputs.StaffGrant(data=request.data)
        given.is_valid(raise_exception=True)
        grants.staff_grant(grant_id=grant_id, work_team_id=given.validated_data["team"])
        return _grant(grant_id, 201)


class StaffedTeamView(APIView):
    @extend_schema(responses={204: None})
    def delete(self, request: Request, grant_id: uuid.UUID, team_id: uuid.UUID) -> Response:
        require(actor_of_request(request), Permission.TEAMS_MANAGE)
        grants.unstaff_grant(grant_id=grant_id, work_team_id=team_id)
        return Response(status=204)


class VendorsView(APIView):
    """The vendors of this installation that work can be offered to."""

    pagination_class = Page

    @extend_schema(responses=outputs.SideOutput(many=True))
    def get(self, request: Request) -> Response:
        require(actor_of_request(request), Permission.JOBS_MANAGE)
        return paged(request, selectors.vendor_list(), lambda rows: outputs.SideOutput(rows, many=True).data)
