"""What all tables of the schema share."""

from sqlalchemy.orm import DeclarativeBase

from shared.db import service_metadata


class Table(DeclarativeBase):
    """Base of the evaluation tables."""

    metadata = service_metadata()
