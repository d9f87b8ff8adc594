"""事前绩效评估: what its report speaks about and how it may end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.evaluation.domain.findings import Finding
from services.evaluation.domain.receipts import Citation
from services.evaluation.domain.rule_values import Reader, citation, distinct_codes, read
from shared.rulebook import UnsoundRule, Version

#: What a conclusion means is fixed; the rule gives it its words.
CONCLUSIONS = frozenset({"support", "partial_support", "not_support"})


@dataclass(frozen=True)
class ExAnteRule:
    """Dimensions (评估维度) in the order of the report, and conclusions (评估结论), by code."""

    citation: Citation
    dimensions: Mapping[str, str]
    conclusions: Mapping[str, str]

    def findings(self, dimensions: Sequence[str]) -> list[Finding]:
        """What is wrong with the dimensions of a report: each of the rule's stands there once."""
        return [
            *self._missing(dimensions),
            *(
                found
                for index, code in enumerate(dimensions)
                for found in self._misplaced(index, code, dimensions)
            ),
        ]

    def _missing(self, dimensions: Sequence[str]) -> list[Finding]:
        missing = [label for code, label in self.dimensions.items() if code not in dimensions]
        if not missing:
            return []
        message = f"缺少{'、'.join(missing)}的评估意见"
        return [Finding("dimension_missing", "/dimensions", message, "请逐项填写评估意见")]

    def _misplaced(self, index: int, code: str, dimensions: Sequence[str]) -> list[Finding]:
        pointer = f"/dimensions/{index}/dimension"
        if code not in self.dimensions:
            mend = f"请使用：{'、'.join(self.dimensions)}"
            return [Finding("dimension_unknown", pointer, f"没有评估维度“{code}”", mend)]
        if code in dimensions[:index]:
            message = f"{self.dimensions[code]}出现两次"
            return [Finding("dimension_twice", pointer, message, "请只保留一条")]
        return []


def ex_ante_rule(version: Version) -> ExAnteRule:
    """The rule of a version. Raises UnsoundRule with the place and the reason."""
    values = read(version).only("kind", "dimensions", "conclusions")
    conclusions = _labels(values, "conclusions")
    if conclusions.keys() != CONCLUSIONS:
        raise UnsoundRule(f"{values.place}.conclusions: they must be {sorted(CONCLUSIONS)}")
    return ExAnteRule(citation(version), _labels(values, "dimensions"), conclusions)


def _labels(values: Reader, key: str) -> dict[str, str]:
    rows = [row.only("code", "label") for row in values.tables(key)]
    distinct_codes(rows, f"{values.place}.{key}")
    return {row.text("code"): row.text("label") for row in rows}
