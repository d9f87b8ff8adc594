"""Filters of a list: only those that were asked for stand in the statement, so that each has its
own plan and its own index."""

from collections.abc import Mapping, Sequence


def narrowed(
    sql: str, args: Sequence[object], filters: Mapping[str, object | None]
) -> tuple[str, list[object]]:
    """The statement with a condition (`… = {}`) for each filter that has a value, and all values."""
    given = {condition: value for condition, value in filters.items() if value is not None}
    conditions = [
        condition.replace("{}", f"${place}")
        for place, condition in enumerate(given, start=len(args) + 1)
    ]
    return "\n      and ".join([sql, *conditions]), [*args, *given.values()]
