"""官方表格与填报说明."""

from typing import Annotated

from fastapi import APIRouter
from starlette.requests import Request

from services.goals.schemas.forms import FormCode, FormHelpOut, Forms, FormSummary
from services.goals.usecases.forms import OfficialForms
from shared.auth import Caller, allow
from shared.problems import NotFound
from shared.requests import StrictRoute

router = APIRouter(tags=["forms"], route_class=StrictRoute)

FormReader = Annotated[Caller, allow("form.read")]


@router.get("/forms")
async def list_forms(request: Request, by: FormReader) -> Forms:
    """目标管理的官方表格，各附填报说明的地址。"""
    official: OfficialForms = request.app.state.forms
    return Forms(
        items=[
            FormSummary(
                form=code,
                title=layout.title,
                purpose=official.help[code].purpose,
                layout_version=layout.version,
                verified=layout.verified,
                help_href=f"/api/v1/goals/forms/{code}/help",
            )
            for code, layout in official.layouts.items()
        ]
    )


@router.get("/forms/{form}/help")
async def get_form_help(request: Request, form: FormCode, by: FormReader) -> FormHelpOut:
    """一张表每一栏的填报说明：怎样填、是否必填、好的和不好的例子、相关的检查规则。"""
    official: OfficialForms = request.app.state.forms
    if form not in official.help:
        raise NotFound(f"没有代码为 {form[:60]} 的表格，可用的有：{'、'.join(official.help)}")
    return FormHelpOut.model_validate(official.help[form])
