"""What the goals service reads of the other services' facts."""

from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel


class ResultSubject(BaseModel):
    """A project and unit a score stands for; whole departments have no project."""

    project_code: str | None
    unit_code: str


class PublishedResult(BaseModel):
    """评价结果 as evaluation published it."""

    evaluation_id: UUID
    group_no: int
    version: int
    fiscal_year: int
    score: Decimal
    grade: str
    subjects: list[ResultSubject]
