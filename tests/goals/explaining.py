"""Reads that keep the plan of what they read."""

from collections.abc import Mapping, Sequence
from typing import Any

from shared.db import Reads


class Explaining(Reads):
    """Every statement is explained before it is run."""

    plan = ""

    async def all(self, sql: str, *args: object) -> Sequence[Mapping[str, Any]]:
        """The rows; the plan is remembered."""
        rows = await super().all(f"explain {sql}", *args)
        self.plan = "\n".join(row["QUERY PLAN"] for row in rows)
        return await super().all(sql, *args)
