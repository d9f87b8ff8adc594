"""Published goal tables entered as printed: exactly what the coach says about each."""

from decimal import Decimal
from typing import Any

import pytest

from services.goals.domain.coach import Context, check
from services.goals.domain.goal_content import GoalContent
from tests.goals.coach_report import entered, published_rows
from tests.goals.drafts import COACH, DAY, RULES, cases

TABLES = cases("published-goal-tables.toml")["table"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table["name"])
def test_a_published_table_gets_these_findings_and_no_others(table: dict[str, Any]) -> None:
    rows = published_rows()[slice(*table["rows"])]
    content = GoalContent(
        indicators=[entered(row, Decimal(row["weight"]) if row["weight"] else None) for row in rows]
    )
    amount = Decimal(table["annual_amount"]) if "annual_amount" in table else None
    context = Context(project_name=rows[0]["project_example"], annual_amount=amount)
    found = check(content, context, form=RULES[table["form"]].on(DAY), coach=COACH)
    assert [[one.rule_id, one.pointer] for one in found] == table["findings"]
