"""Each service owns its schema, its tables are what its migrations make, and regions come first."""

from importlib import import_module
from itertools import permutations

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, UniqueConstraint, text
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.topology import BY_NAME, SERVICES, Process
from shared.db import sqlalchemy_url
from shared.machinery import DEPLOYMENT_WIDE
from tests.conftest import Databases, service_url

NAMES = [process.name for process in SERVICES]


def metadata_of(name: str) -> MetaData:
    """The tables a service maps."""
    metadata: MetaData = import_module(f"services.{name}.tables").Table.metadata
    return metadata


def regional_tables() -> list[Table]:
    """Every table whose rows belong to a region."""
    return [
        table
        for name in NAMES
        for table in metadata_of(name).sorted_tables
        if table.name not in DEPLOYMENT_WIDE
    ]


@pytest.mark.parametrize(("role", "schema"), list(permutations(NAMES, 2)))
async def test_a_services_role_is_denied_every_other_schema(
    databases: Databases, role: str, schema: str
) -> None:
    connection = await asyncpg.connect(service_url(await databases.new(), role))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"schema {schema}"):
        await connection.fetch(f"select * from {schema}.event")
    await connection.close()


@pytest.mark.parametrize("name", NAMES)
async def test_a_services_role_can_neither_own_nor_alter_its_tables(
    databases: Databases, name: str
) -> None:
    connection = await asyncpg.connect(service_url(await databases.new(), name))
    for statement in (f"drop table {name}.event", f"create table {name}.sly (id int)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


@pytest.mark.parametrize("process", SERVICES, ids=NAMES)
async def test_the_tables_are_what_the_migrations_make(
    databases: Databases, process: Process
) -> None:
    engine = create_async_engine(sqlalchemy_url(await databases.new()))

    def differences(connection: Connection) -> list[object]:
        connection.execute(text(f"set search_path to {process.schema}"))
        connection.dialect.default_schema_name = process.schema
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, _kind, _parents: name != "alembic_version",
            },
        )
        return list(compare_metadata(context, metadata_of(process.name)))

    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


@pytest.mark.parametrize("table", regional_tables(), ids=lambda t: f"{t.metadata.schema}{t.name}")
def test_the_region_comes_first_in_every_key(table: Table) -> None:
    keys = [list(table.primary_key.columns)]
    keys += [list(c.columns) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [list(constraint.columns) for constraint in table.foreign_key_constraints]
    keys += [list(index.columns) for index in table.indexes if index.unique]
    for columns in keys:
        assert columns[0].name == "region_code", f"{table.name}: {[c.name for c in columns]}"
    assert not table.c.region_code.nullable


@pytest.mark.parametrize("table", regional_tables(), ids=lambda t: t.name)
def test_no_foreign_key_leaves_the_schema_and_every_constraint_has_a_name(table: Table) -> None:
    for constraint in table.foreign_key_constraints:
        assert constraint.referred_table.metadata is table.metadata
    assert all(constraint.name for constraint in table.constraints)


@pytest.mark.parametrize("table", regional_tables(), ids=lambda t: t.name)
def test_amounts_are_exact(table: Table) -> None:
    for column in table.columns:
        assert "FLOAT" not in str(column.type).upper(), f"{table.name}.{column.name}"
        assert str(column.type).upper() not in ("REAL", "DOUBLE PRECISION")


def test_every_schema_has_its_own_role() -> None:
    assert len({BY_NAME[name].role for name in NAMES}) == len(NAMES)
