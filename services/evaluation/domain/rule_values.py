"""Reading the values of a rule version strictly: unknown keys and wrong types are refused."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.evaluation.domain.numbers import Rounding
from services.evaluation.domain.receipts import Citation
from shared.rulebook import Source, UnsoundRule, Version


@dataclass(frozen=True)
class Reader:
    """One table of a rule file with its place in the file, for the message when it is unsound."""

    place: str
    entries: Mapping[str, object]

    def only(self, *keys: str, optional: Collection[str] = ()) -> "Reader":
        """Itself, when it has no other key than these and none but `source` and optional is absent."""
        unknown = self.entries.keys() - set(keys) - set(optional)
        absent = set(keys) - self.entries.keys() - {"source"}
        if unknown or absent:
            raise UnsoundRule(f"{self.place}: unknown {sorted(unknown)}, absent {sorted(absent)}")
        return self

    def number(self, key: str, *, low: int = 0, high: int | None = None) -> Decimal:
        value = self.entries.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise UnsoundRule(f"{self.place}.{key}: {value!r} is not a number")
        number = Decimal(value)
        if not number.is_finite() or number < low or (high is not None and number > high):
            raise UnsoundRule(f"{self.place}.{key}: {value} is outside {low}…{high or ''}")
        return number

    def whole(self, key: str, *, low: int = 0) -> int:
        number = self.number(key, low=low)
        if number != int(number):
            raise UnsoundRule(f"{self.place}.{key}: {number} is not a whole number")
        return int(number)

    def whole_or_none(self, key: str) -> int | None:
        return self.whole(key, low=1) if key in self.entries else None

    def text(self, key: str) -> str:
        value = self.entries.get(key)
        if not isinstance(value, str) or not value.strip():
            raise UnsoundRule(f"{self.place}.{key}: {value!r} is not a text")
        return value

    def flag(self, key: str) -> bool:
        value = self.entries.get(key)
        if not isinstance(value, bool):
            raise UnsoundRule(f"{self.place}.{key}: {value!r} is not true or false")
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str:
        value = self.text(key)
        if value not in allowed:
            raise UnsoundRule(f"{self.place}.{key}: {value!r} is not one of {sorted(allowed)}")
        return value

    def choices(self, key: str, allowed: Collection[str]) -> frozenset[str]:
        values = self._list(key)
        chosen = frozenset(value for value in values if isinstance(value, str))
        if not values or len(chosen) != len(values) or not chosen <= set(allowed):
            raise UnsoundRule(f"{self.place}.{key}: {values!r} is not a set of {sorted(allowed)}")
        return chosen

    def texts(self, key: str) -> tuple[str, ...]:
        values = self._list(key)
        texts = tuple(value for value in values if isinstance(value, str) and value.strip())
        if len(texts) != len(values):
            raise UnsoundRule(f"{self.place}.{key}: {values!r} is not a list of texts")
        return texts

    def table(self, key: str) -> "Reader":
        return _reader(f"{self.place}.{key}", self.entries.get(key))

    def tables(self, key: str) -> list["Reader"]:
        items = enumerate(self._list(key))
        return [_reader(f"{self.place}.{key}[{index}]", item) for index, item in items]

    def _list(self, key: str) -> list[object]:
        value = self.entries.get(key)
        if not isinstance(value, list) or not value:
            raise UnsoundRule(f"{self.place}.{key}: a list is needed")
        return value


def read(version: Version) -> Reader:
    return _reader(version.label, version.values)


def citation(version: Version, part: Reader | None = None) -> Citation:
    """What a receipt cites: the source of the part when it has its own, else the version's."""
    source = version.source
    if part is not None and "source" in part.entries:
        source = _source(part.table("source"))
    return Citation(version.rule_id, version.effective_from, source)


def rounding(part: Reader) -> Rounding:
    """Half up is the only mode there is; the file says it so that a reader of the law sees it."""
    part.choice("mode", {"half_up"})
    part.number("places", high=6)
    return Rounding(part.whole("places"))


def distinct_codes(rows: list[Reader], place: str) -> None:
    codes = [row.text("code") for row in rows]
    if len(set(codes)) != len(codes):
        raise UnsoundRule(f"{place}: a code stands twice in {codes}")


def _reader(place: str, value: object) -> Reader:
    if not isinstance(value, Mapping):
        raise UnsoundRule(f"{place}: a table is needed")
    return Reader(place, value)


def _source(part: Reader) -> Source:
    unknown = part.entries.keys() - {"title", "article", "url", "published_on", "verified"}
    verified = part.entries.get("verified")
    if unknown or not isinstance(verified, bool) or "title" not in part.entries:
        raise UnsoundRule(f"{part.place}: a title and verified are needed, {sorted(unknown)} not")
    published_on = part.entries.get("published_on")
    return Source(
        title=part.text("title"),
        article=part.text("article") if "article" in part.entries else None,
        url=part.text("url") if "url" in part.entries else None,
        published_on=published_on if isinstance(published_on, date) else None,
        verified=verified,
    )
