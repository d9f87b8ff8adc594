"""What all tables of the schema share."""

from sqlalchemy.orm import DeclarativeBase

from shared.db import service_metadata
from shared.machinery import add_jobs


class Table(DeclarativeBase):
    """Base of the goals tables."""

    metadata = service_metadata()


add_jobs(Table.metadata)
