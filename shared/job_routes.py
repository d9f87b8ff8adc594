"""The routes of a service that takes files: its jobs, their outcomes line by line, an end to them."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query
from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import Response

from shared import jobs_ledger
from shared.auth import Caller, allow
from shared.db import Reader, Session, TransactionReads
from shared.etags import IfMatch, etag
from shared.idempotency import Once
from shared.jobs import (
    JOB_COLUMNS,
    LETTERS,
    OPEN_STATES,
    STATES,
    WORDS,
    JobOut,
    JobRow,
    job_out,
    starter_of,
)
from shared.pages import Page, Paging
from shared.problems import NotFound, StateConflict
from shared.requests import StrictRoute

JobReader = Annotated[Caller, allow("job.read")]

_VISIBLE = "region_code = $1 and ($2::text is null or created_by = $2) and state <> 'receiving'"
_JOBS = f"""
    select {JOB_COLUMNS} from job where {_VISIBLE} and ($3::uuid is null or id < $3)
    order by id desc limit $4
"""
_JOB = f"select {JOB_COLUMNS} from job where {_VISIBLE} and id = $3"
_ROWS = """
    select c.first_line + l.position::int - 1 as line, l.letter,
           (string_to_array(c.keys, E'\\n'))[l.position::int] as key,
           (c.errors -> (l.position - 1)::text)::text as errors
    from (select * from job_chunk
          where region_code = $1 and job_id = $2 and last_line > coalesce($3::bigint, 0)
            and statuses is not null and ($4::text is null or strpos(statuses, $4) > 0)
          order by number limit $5) c,
         lateral unnest(string_to_array(c.statuses, null)) with ordinality as l(letter, position)
    where c.first_line + l.position::int - 1 > coalesce($3::bigint, 0)
      and l.letter <> '-' and ($4::text is null or l.letter = $4)
    order by line limit $5
"""
_LOCK = text("""
    select id, state, atomic, dry_run, done_count, total_count, row_version from job
    where region_code = :region_code and id = :id and state <> 'receiving'
      and (cast(:starter as text) is null or created_by = :starter) for update
""")


def job_routes() -> APIRouter:
    """`/jobs` and what belongs to one."""
    router = APIRouter(tags=["jobs"], route_class=StrictRoute)
    router.add_api_route("/jobs", list_jobs, methods=["GET"])
    router.add_api_route("/jobs/{job_id}", get_job, methods=["GET"], response_model=JobOut)
    router.add_api_route("/jobs/{job_id}/rows", list_job_rows, methods=["GET"])
    router.add_api_route(
        "/jobs/{job_id}/cancellations",
        cancel_job,
        methods=["POST"],
        status_code=201,
        response_model=JobOut,
    )
    return router


async def list_jobs(
    request: Request, caller: JobReader, reads: Reader, paging: Paging
) -> Page[JobOut]:
    """导入任务，最近的在前：预算系统看到本地区全部，其他人只看到自己的。"""
    rows = await reads.all(
        _JOBS, caller.region_code, starter_of(caller), *paging.after(UUID), paging.limit + 1
    )
    policy = request.app.state.policy
    return paging.page(rows, lambda row: job_out(row, policy, caller), lambda row: [row["id"]])


async def get_job(request: Request, job_id: UUID, caller: JobReader, reads: Reader) -> Response:
    """一个导入任务的进度与结果；ETag 只随状态变化，不随进度变化，以便在处理中取消。"""
    row = await reads.one(_JOB, caller.region_code, starter_of(caller), job_id)
    out = job_out(row, request.app.state.policy, caller)
    headers = {"ETag": etag(out.version), "Cache-Control": "no-store"}
    return Response(out.model_dump_json(), media_type="application/json", headers=headers)


async def list_job_rows(
    job_id: UUID,
    caller: JobReader,
    reads: Reader,
    paging: Paging,
    status: Annotated[
        Literal["created", "updated", "unchanged", "failed", "skipped"] | None,
        Query(description="只看这种结果的行，如 failed"),
    ] = None,
) -> Page[JobRow]:
    """逐行结果，按文件行号；尚未处理的行不在其中。`skipped`：此行无误，但因别的行有误而未入库。"""
    await reads.one(_JOB, caller.region_code, starter_of(caller), job_id)
    letter = None if status is None else LETTERS[status]
    rows = await reads.all(
        _ROWS, caller.region_code, job_id, *paging.after(int), letter, paging.limit + 1
    )
    return paging.page(rows, _job_row, lambda row: [row["line"]])


async def cancel_job(
    request: Request,
    job_id: UUID,
    caller: Annotated[Caller, allow("job.cancel")],
    session: Session,
    expected: IfMatch,
    once: Once,
) -> Response:
    """取消：正在入库的一块完整保留或完整放弃，之后的行不再处理；atomic=all 的任务不留下任何行。"""
    key = {"region_code": caller.region_code, "id": job_id}
    found = await session.execute(_LOCK, {**key, "starter": starter_of(caller)})
    row = found.mappings().one_or_none()
    if row is None:
        raise NotFound
    job = dict(row)
    expected.check(job["row_version"])
    if job["state"] not in OPEN_STATES:
        raise StateConflict(f"任务{STATES[job['state']]}，不能再取消")
    await jobs_ledger.end(session, key, state="cancelled", reason=_left_behind(job))
    after = await TransactionReads(session).one(_JOB, caller.region_code, None, job_id)
    out = job_out(after, request.app.state.policy, caller)
    return await once.answer(out, row_version=out.version)


def _left_behind(job: Mapping[str, Any]) -> str:
    if job["dry_run"]:
        return "检查已取消"
    if job["atomic"] == "all":
        return "已取消，未入库任何行"
    return f"已取消：前 {job['done_count']} 行已处理，其余 {job['total_count'] - job['done_count']} 行未处理"


def _job_row(row: Mapping[str, Any]) -> JobRow:
    return JobRow(
        line=row["line"],
        key=row["key"] or None,
        status=WORDS[row["letter"]],
        errors=orjson.loads(row["errors"]) if row["errors"] else [],
    )
