"""What all tables of the schema share."""

from sqlalchemy import DateTime
from sqlalchemy.orm import DeclarativeBase

from shared.db import service_metadata
from shared.machinery import add_jobs

#: The check of every column that names a fund level (资金级次).
FUND_LEVEL = "fund_level in ('central', 'provincial', 'municipal', 'county')"

#: The check of every column that names a source of funds (资金来源); facts of the years before
#: sources were told apart say `unspecified`.
FUND_SOURCE = (
    "source in ('appropriation', 'carry_over', 'special_account', 'unit', 'other', 'unspecified')"
)

INSTANT = DateTime(timezone=True)


class Table(DeclarativeBase):
    """Base of the monitoring tables."""

    metadata = service_metadata()


add_jobs(Table.metadata)
