"""Projects in files: the columns of a table and what its rows mean, for import as a job."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.vocabulary import (
    CATEGORIES,
    FUND_LEVELS,
    FUND_SOURCES,
    KINDS,
    SECTORS,
    SPENDING_KINDS,
)
from services.goals.schemas.directory import ProjectRow
from services.goals.usecases.imports import import_projects
from shared.auth import Caller
from shared.bulk import Rows
from shared.jobs import Importer
from shared.jobs_files import Column

#: One column a fund level for 当年财政拨款, and one more for each other source of it.
_FUNDS = {
    f"{level}_amount" if source == "appropriation" else f"{level}_{source}_amount": (level, source)
    for source in FUND_SOURCES
    for level in FUND_LEVELS
}
_YES = {"是": "true", "1": "true", "否": "false", "0": "false"}


def _codes(labels: Mapping[str, str]) -> dict[str, str]:
    return {label: code for code, label in labels.items()}


def _fund_label(level: str, source: str) -> str:
    name = "" if source == "appropriation" else f"（{FUND_SOURCES[source]}）"
    return f"{FUND_LEVELS[level]}资金{name}（元）"


_COLUMNS = (
    Column("code", "项目编码"),
    Column("name", "项目名称"),
    Column("unit_code", "单位编码"),
    Column("category", "项目类别", words=_codes(CATEGORIES)),
    Column("kind", "项目性质", words=_codes(KINDS) | {"新增": "new", "延续": "continuing"}),
    Column("fiscal_year", "年度"),
    *(Column(code, _fund_label(*fund), required=False) for code, fund in _FUNDS.items()),
    Column("annual_total", "年度资金总额（元）", required=False),
    Column("spending_kind", "支出性质", words=_codes(SPENDING_KINDS), required=False),
    Column("sector", "行业领域", words=_codes(SECTORS), required=False),
    Column("period_start", "开始日期", required=False),
    Column("period_end", "结束日期", required=False),
    Column("is_key", "重点项目", words=_YES, required=False),
    Column("synthetic", "合成数据", words=_YES, required=False),
)
_WORDS = {column.code: column.words for column in _COLUMNS}
_FLAGS = ("is_key", "synthetic")


def _project_from_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """A table's row as NDJSON would have it: one fund for each level and source that is filled."""
    item: dict[str, Any] = {
        code: _WORDS[code].get(cell, cell) for code, cell in cells.items() if code not in _FUNDS
    }
    if cells.get("fiscal_year", "").isdecimal():
        item["fiscal_year"] = int(cells["fiscal_year"])
    for flag in _FLAGS:
        if item.get(flag) in ("true", "false"):
            item[flag] = item[flag] == "true"
    item["funds"] = [
        {"fund_level": level, "source": source, "amount": cells[code].replace(",", "")}
        for code, (level, source) in _FUNDS.items()
        if code in cells
    ]
    return item


async def _store_projects(
    session: AsyncSession, rows: Rows[ProjectRow], by: Caller, at: datetime
) -> None:
    await import_projects(session, rows, by=by, at=at)


PROJECTS = Importer(
    kind="projects",
    model=ProjectRow,
    key_field="code",
    columns=_COLUMNS,
    shape=_project_from_cells,
    store=_store_projects,
)
