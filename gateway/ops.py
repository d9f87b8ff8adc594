"""How the services look from the entrance, for those who run them."""

import asyncio

from fastapi import APIRouter
from starlette.requests import Request

from gateway.sign_in import SignedIn
from gateway.upstream import Upstream
from shared.auth import Role
from shared.fields import Out
from shared.http import Peers
from shared.problems import Forbidden, Problem
from shared.requests import StrictRoute

router = APIRouter(prefix="/ops", tags=["ops"], route_class=StrictRoute)


class UpstreamOut(Out):
    """One service: whether it is ready, and how busy the way to it is."""

    service: str
    ready: bool
    reason: str | None
    inside: int
    waiting: int
    idle_connections: int


class UpstreamsOut(Out):
    """Every service behind the gateway."""

    items: list[UpstreamOut]


@router.get("/upstreams")
async def list_upstreams(request: Request, principal: SignedIn) -> UpstreamsOut:
    """各服务是否就绪、在途与排队的请求数（运维人员）。"""
    if Role.OPERATOR not in principal.roles:
        raise Forbidden("仅运维人员可查看")
    state = request.app.state
    checks = (_look(state.peers, upstream) for upstream in state.upstreams.values())
    return UpstreamsOut(items=await asyncio.gather(*checks))


async def _look(peers: Peers, upstream: Upstream) -> UpstreamOut:
    reason = None
    try:
        await peers.get(upstream.name, "/readyz", timeout=2)
    except Problem as problem:
        reason = problem.detail or problem.title()
    return UpstreamOut(
        service=upstream.name,
        ready=reason is None,
        reason=reason,
        inside=upstream.bulkhead.inside,
        waiting=upstream.bulkhead.waiting,
        idle_connections=upstream.idle,
    )
