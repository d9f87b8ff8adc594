"""整改函 as a Word document, from a template the bureau can replace."""

from services.monitoring.schemas.letters import LetterOut, LetterProblem
from shared.documents import Content, Layout, written_day

NAME = "rectification-letter.docx"
LAYOUT = Layout(
    fields=frozenset(
        {"letter_no", "unit", "fiscal_year", "origin", "issued_on", "due_on", "problem_count"}
    ),
    rows={"problems": frozenset({"no", "project", "problem"})},
)


def letter_content(letter: LetterOut) -> Content:
    """What goes into the template of one letter."""
    return Content(
        values={
            "letter_no": letter.letter_no,
            "unit": letter.unit_name,
            "fiscal_year": str(letter.fiscal_year),
            "origin": letter.origin_label,
            "issued_on": written_day(letter.issued_on),
            "due_on": written_day(letter.due_on),
            "problem_count": str(len(letter.problems)),
        },
        items={"problems": [_problem(problem) for problem in letter.problems]},
    )


def _problem(problem: LetterProblem) -> dict[str, str]:
    project = problem.project_name or problem.project_code or "单位整体"
    return {"no": str(problem.no), "project": project, "problem": problem.text}
