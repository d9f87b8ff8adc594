"""The only place that asks what time it is. Instants are UTC; business days are Asia/Shanghai."""

from datetime import UTC, date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Depends

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def business_day(instant: datetime) -> date:
    """The calendar day of an instant where the bureau works."""
    return instant.astimezone(SHANGHAI).date()


async def _now() -> datetime:
    return now()


Now = Annotated[datetime, Depends(_now)]
