"""The rows of a form: as the checks read them, and as people do."""

from collections.abc import Mapping
from typing import Any

import orjson

from services.monitoring.domain.facts import Band, Likelihood, Operator
from services.monitoring.domain.form_checks import FormContent
from services.monitoring.domain.form_rows import TYPED, RowContent, row_of, year_gone
from services.monitoring.domain.vocabulary import DEVIATION_CAUSES, LEVEL1, LEVEL2
from services.monitoring.schemas.forms import FormRowOut


def content_of(row: Mapping[str, Any]) -> FormContent:
    """A form as one statement brings it: money, period, rows as JSON."""
    return FormContent(
        budget=row["budget"],
        executed_to_date=row["executed_to_date"],
        executed_forecast=row["executed_forecast"],
        rows=[row_of(entry) for entry in orjson.loads(row["rows"])],
        gone=year_gone(row["period_to"]),
    )


def row_outs(row: Mapping[str, Any], content: FormContent) -> list[FormRowOut]:
    """The rows with labels, what is left to type, and the remarks of the last return."""
    remarks = _latest_remarks(row["steps"])
    entries = orjson.loads(row["rows"])
    return [
        _row_out(entry, one, content, remarks.get(one.position))
        for entry, one in zip(entries, content.rows, strict=True)
    ]


def _row_out(
    entry: Mapping[str, Any], row: RowContent, content: FormContent, remark: str | None
) -> FormRowOut:
    said = {name: getattr(row, name) for name in TYPED}
    return FormRowOut.model_validate(
        {
            **entry,
            **said,
            "level1_label": LEVEL1[entry["level1"]],
            "level2_label": LEVEL2[entry["level2"]],
            "operator_label": Operator(row.operator).label,
            "band_label": Band(row.band).label if row.band else None,
            "deviation_causes": list(row.deviation_causes),
            "deviation_cause_labels": [DEVIATION_CAUSES[c] for c in row.deviation_causes],
            "likelihood_label": Likelihood(row.likelihood).label if row.likelihood else None,
            "defaulted": sorted(row.defaulted),
            "to_type": row.to_type(),
            "asks_deviation": row.asks_deviation(content.gone),
            "returned_remark": remark,
        }
    )


def _latest_remarks(steps: str) -> dict[int, str]:
    returns = [step for step in orjson.loads(steps) if step["step"] == "return"]
    remarks = (returns[-1]["remarks"] or []) if returns else []
    return {one["position"]: one["remark"] for one in remarks}
