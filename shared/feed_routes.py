"""The routes every service has for its feed: reading it, and mending what could not be applied."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, FastAPI, Query
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from shared.auth import Caller, Policy, Reach, Role, allow
from shared.db import Reader, Session
from shared.feed import START, Consumer, Fact, apply, read_feed, rebuild
from shared.fields import Out
from shared.idempotency import Once
from shared.pages import Page, Paging
from shared.problems import NotFound, StateConflict
from shared.requests import StrictRoute

_BATCH = "application/cloudevents-batch+json"

FeedReader = Annotated[Caller, allow("feed.read")]
Operator = Annotated[Caller, allow("feed.operate")]


class ParkedEvent(Out):
    """An event this service could not apply."""

    source: str
    event_id: UUID
    type: str
    error: str
    parked_at: datetime


class Replayed(Out):
    """What was put back into work."""

    source: str
    detail: str


def feed_routes() -> APIRouter:
    """`/events` and the operations on what is followed."""
    router = APIRouter(tags=["feed"], route_class=StrictRoute)
    router.add_api_route("/events", list_events, methods=["GET"], response_class=Response)
    router.add_api_route("/ops/parked-events", list_parked_events, methods=["GET"])
    router.add_api_route(
        "/ops/parked-events/{event_id}/replays",
        replay_parked_event,
        methods=["POST"],
        status_code=201,
    )
    router.add_api_route(
        "/ops/feeds/{source}/rebuilds", rebuild_projection, methods=["POST"], status_code=201
    )
    return router


async def list_events(
    request: Request,
    caller: FeedReader,
    reads: Reader,
    after: Annotated[str, Query(max_length=40)] = START,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    wait: Annotated[float, Query(ge=0, le=30)] = 0,
) -> Response:
    """变更流：游标之后的事实（CloudEvents 批），最早的在前；`wait` 秒内没有新事实则返回空批。

    下一次请求以最后一条的 `feedcursor` 为 `after`。
    """
    events = await read_feed(
        reads,
        request.app.state.bell,
        process=request.app.state.process,
        region_code=caller.region_code,
        after=after,
        limit=limit,
        wait=wait,
        poll=request.app.state.settings.feed_poll_seconds,
    )
    return Response(orjson.dumps(events), media_type=_BATCH)


async def list_parked_events(caller: Operator, reads: Reader, paging: Paging) -> Page[ParkedEvent]:
    """本服务未能处理而搁置的事件。"""
    rows = await reads.all(
        """select source, event_id, type, error, parked_at from parked_event
           where region_code = $1 and ($2::uuid is null or event_id > $2)
           order by event_id limit $3""",
        caller.region_code,
        *paging.after(UUID),
        paging.limit + 1,
    )
    return paging.page(rows, lambda row: ParkedEvent(**row), lambda row: [row["event_id"]])


async def replay_parked_event(
    request: Request, event_id: UUID, caller: Operator, session: Session, once: Once
) -> Response:
    """重放一条搁置的事件；成功后它不再搁置。"""
    parked = (
        await session.execute(_TAKE, {"region_code": caller.region_code, "event_id": event_id})
    ).one_or_none()
    if parked is None:
        raise NotFound
    try:
        await apply(session, _consumer(request, parked.source), parked.event)
    except Exception as error:
        raise StateConflict(f"仍不能处理：{type(error).__name__}: {error}"[:500]) from error
    return await once.answer(Replayed(source=parked.source, detail=f"已重放 {event_id}"))


async def rebuild_projection(
    request: Request, source: str, caller: Operator, session: Session, once: Once
) -> Response:
    """清空来自某服务的投影并从头重读它的变更流。"""
    await rebuild(session, _consumer(request, source))
    return await once.answer(Replayed(source=source, detail="已从头重读"))


def _consumer(request: Request, source: str) -> Consumer:
    consumer: Consumer | None = request.app.state.consumers.get(source)
    if consumer is None:
        raise NotFound
    return consumer


_TAKE = text("""
    delete from parked_event where region_code = :region_code and event_id = :event_id
    returning source, event
""")


def declare_facts(app: FastAPI, facts: Sequence[type[Fact]]) -> None:
    """Document each event type as an OpenAPI webhook named after it."""
    for fact in facts:
        app.webhooks.add_api_route(
            fact.type, _webhook(fact), methods=["POST"], name=fact.__name__, summary=fact.__doc__
        )


def _webhook(fact: type[Fact]) -> Any:
    async def receive(data: fact) -> None:  # type: ignore[valid-type]
        """Documentation only."""

    return receive


def feed_policy() -> Policy:
    """Who may read feeds and mend them: the same in every service."""
    return {
        "feed.read": dict.fromkeys((Role.SERVICE, Role.INTEGRATION, Role.AUDITOR), Reach.REGION),
        "feed.operate": {Role.OPERATOR: Reach.REGION},
    }
