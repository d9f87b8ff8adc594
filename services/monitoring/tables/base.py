"""What all tables of the schema share."""

from sqlalchemy import DateTime
from sqlalchemy.orm import DeclarativeBase

from shared.db import service_metadata

#: The check of every column that names a fund level (资金级次).
FUND_LEVEL = "fund_level in ('central', 'provincial', 'municipal', 'county')"

INSTANT = DateTime(timezone=True)


class Table(DeclarativeBase):
    """Base of the monitoring tables."""

    metadata = service_metadata()
