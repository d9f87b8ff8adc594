"""The conditions of a list: only those asked for, so that each combination has a plan of its own
and every list can go by the index that suits it."""

from collections.abc import Sequence


class Where:
    """Conditions and their arguments, numbered in the order they are added."""

    def __init__(self, *fixed: object) -> None:
        """`fixed` are $1, $2, … of the statement the conditions go into."""
        self.arguments: list[object] = list(fixed)
        self._conditions: list[str] = []

    def add(self, condition: str, value: object) -> "Where":
        """Add a condition on one argument, wherever `{}` stands; none if there is no value."""
        if value is not None:
            self.arguments.append(value)
            self._conditions.append(condition.replace("{}", f"${len(self.arguments)}"))
        return self

    def add_fixed(self, condition: str, *, when: bool | None) -> "Where":
        """Add a condition as it stands, so that a partial index of the same words can serve it."""
        if when:
            self._conditions.append(condition)
        return self

    def add_after(self, condition: str, keys: Sequence[object]) -> "Where":
        """Add where the page begins: `(a, b) > ({}, {})`, unless it is the first page."""
        if keys and keys[0] is not None:
            numbers = [f"${len(self.arguments) + n}" for n in range(1, len(keys) + 1)]
            self.arguments += keys
            self._conditions.append(condition.format(*numbers))
        return self

    def limit(self, rows: int) -> str:
        """The limit clause."""
        self.arguments.append(rows)
        return f" limit ${len(self.arguments)}"

    def __str__(self) -> str:
        return "".join(f" and {condition}" for condition in self._conditions)
