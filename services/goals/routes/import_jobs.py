"""Files of any length for import, as jobs."""

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.goals.usecases import project_files
from shared.auth import Caller, allow
from shared.bulk import Atomic, DryRun
from shared.db import Session
from shared.idempotency import OnceUploaded
from shared.jobs import JobOut
from shared.jobs_intake import UPLOAD_BODY, start_job
from shared.requests import StrictRoute

router = APIRouter(tags=["jobs"], route_class=StrictRoute)


@router.post(
    "/project-import-jobs", status_code=202, response_model=JobOut, openapi_extra=UPLOAD_BODY
)
async def create_project_import_job(
    request: Request,
    by: Annotated[Caller, allow("project.import")],
    session: Session,
    once: OnceUploaded,
    dry_run: DryRun = False,
    atomic: Atomic = "row",
) -> Response:
    """以文件批量推送项目及其某一年度的预算：NDJSON、CSV（UTF-8 或 GB18030）或 xlsx，至多 100 MB。

    立即返回任务，随后在后台入库，进度与逐行结果见 `Location` 所指。各行按文件顺序生效，同一项目后行覆盖前行。
    CSV 与 xlsx 的第一行是表头，写字段代码或中文列名；各资金级次一列，金额单位为元，空格表示没有该级次资金。
    """
    return await start_job(
        request, project_files.PROJECTS, session, once, by=by, dry_run=dry_run, atomic=atomic
    )
