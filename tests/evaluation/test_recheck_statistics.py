"""复审一致性: how far reviewers and units agree, counted by hand; behind each row stands its list."""

from typing import Any

from shared.auth import Role
from tests.evaluation.builders import (
    AGENCY,
    FORMS,
    YEAR,
    engagement,
    finding,
    recheck,
    review,
    submitted_form,
)
from tests.world import Person, World, created

STATISTICS = "/evaluation/recheck-statistics"


async def statistics(person: Person, by: str) -> list[dict[str, Any]]:
    """The groups of the year; behind each there are as many re-reviews as it counts forms."""
    groups = (await person.get(STATISTICS, fiscal_year=YEAR, by=by)).json()["items"]
    for group in groups:
        listed = await person.send("GET", group["rows_href"].removeprefix("/api/v1"))
        assert len(listed.json()["items"]) == group["form_count"]
    return list(groups)


async def three_reviews(world: World) -> None:
    """219001 by the agency as it is and lowered by 10.5, 219002 by the bureau one point higher.

    Each form came to 84.5 (良): 47.5 + 27 + 10.
    """
    same, lowered = await submitted_form(world), await submitted_form(world)
    raised = await submitted_form(world, unit="219002")
    contract = await engagement(world)
    plain = finding(code="evidence_missing", rectification_advised=False)
    created(await recheck(world, same, review(contract["id"], findings=[plain])))
    rows = [
        {"position": 1, "review_score": "40.00", "note": "清点九十六盏"},
        {"position": 2, "review_score": "24.00", "note": "两处路口偏暗"},
    ]
    found = [plain, plain | {"row_position": 2}, finding()]
    created(await recheck(world, lowered, review(contract["id"], *rows, findings=found)))
    row = {"position": 2, "review_score": "28.00", "note": "路口已补装"}
    body = review(None, row, findings=[])
    path = f"{FORMS}/{raised['id']}/rechecks"
    created(await world.reviewer.post(path, body, version=raised["version"]))


async def test_the_counts_by_unit_and_by_reviewer_are_those_counted_by_hand(
    world: World, other_world: World
) -> None:
    await three_reviews(world)
    of_one, of_two = await statistics(world.officer, "unit")
    assert (of_one["key"], of_two["key"]) == ("219001", "219002")
    good = {"self_grade": "good", "self_grade_label": "良"}
    counted = {
        "form_count": 2,
        "equal_total_count": 1,
        "total_difference_sum": "10.50",
        "mean_total_difference": "5.25",
        "row_count": 6,
        "equal_row_count": 4,
        "row_difference_sum": "10.50",
        "mean_row_difference": "1.75",
        "graded_form_count": 2,
        "changed_grade_count": 1,
        "grade_changes": [
            {**good, "review_grade": "fair", "review_grade_label": "中", "form_count": 1},
            {**good, "review_grade": "good", "review_grade_label": "良", "form_count": 1},
        ],
        "finding_count": 4,
        "findings": [
            {
                "code": "evidence_missing",
                "label": "佐证材料缺失或不足",
                "finding_count": 3,
                "form_count": 2,
                "rectification_advised_count": 0,
            },
            {
                "code": "implementation_late",
                "label": "实施迟滞",
                "finding_count": 1,
                "form_count": 1,
                "rectification_advised_count": 1,
            },
        ],
    }
    assert {field: of_one[field] for field in counted} == counted
    assert (of_two["total_difference_sum"], of_two["row_difference_sum"]) == ("-1.00", "1.00")
    assert (of_two["mean_row_difference"], of_two["equal_row_count"]) == ("0.33", 2)
    assert (of_two["changed_grade_count"], of_two["finding_count"]) == (0, 0)
    by_agency, by_bureau = await statistics(world.person(Role.AUDITOR), "agency")
    assert (by_agency["key"], by_bureau["key"], by_bureau["name"]) == (AGENCY, "bureau", "财政部门")
    assert {field: by_agency[field] for field in counted} == counted
    late = {"fiscal_year": YEAR, "finding_code": "implementation_late"}
    [reviewed] = (await world.officer.get("/evaluation/rechecks", **late)).json()["items"]
    assert (reviewed["total"], reviewed["review_total"]) == ("84.50", "74.00")
    page = (await world.officer.get(STATISTICS, fiscal_year=YEAR, limit=1)).json()
    rest = await world.officer.get(STATISTICS, fiscal_year=YEAR, cursor=page["next_cursor"])
    assert [each["key"] for each in (*page["items"], *rest.json()["items"])] == ["219001", "219002"]
    assert await statistics(other_world.officer, "unit") == []
    await the_summary_tells_both_apart(world)


async def the_summary_tells_both_apart(world: World) -> None:
    """第三方复审 two forms, the bureau itself one."""
    summary = (await world.officer.get(f"/evaluation/annual-summaries/{YEAR}")).json()
    figures = {figure["code"]: figure["value"] for figure in summary["figures"]}
    assert figures["self_evaluation_rechecked"] == "2"
    assert figures["self_evaluation_rechecked_by_bureau"] == "1"
    text = "".join(paragraph for part in summary["sections"] for paragraph in part["paragraphs"])
    assert "第三方复审 2 个自评，财政自行复审 1 个自评，根据复审结果" in text


async def test_a_year_without_reviews_has_no_statistics(world: World) -> None:
    await submitted_form(world)
    assert (
        await statistics(world.officer, "unit") == await statistics(world.officer, "agency") == []
    )
    answer = await world.officer.get(STATISTICS, fiscal_year=YEAR, by="project")
    assert answer.status_code == 400
