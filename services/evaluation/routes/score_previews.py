"""试算：不保存任何数据的计分."""

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request

from services.evaluation.queries.score_previews import score_preview
from services.evaluation.schemas.score_previews import ScorePreviewIn, ScorePreviewOut
from shared.auth import Caller, allow
from shared.requests import StrictRoute

router = APIRouter(tags=["score-previews"], route_class=StrictRoute)


@router.post("/score-previews")
def try_score(
    request: Request,
    body: ScorePreviewIn,
    by: Annotated[Caller, allow("score.preview")],
) -> ScorePreviewOut:
    """试算：按规则计分，与所填得分逐项核对，每个得分附计分依据；不读取、不保存任何数据。

    `profile` 为空时按地区、年度与表单选用规则；任何地区的规则都可以试。执行率以百分数填写与返回。
    """
    return score_preview(body, request.app.state.rules)
