"""Rewrites the demo tables: ``python -m deploy.demo.generate [folder]``."""

import sys
from pathlib import Path

from deploy.demo import generate_evaluations as evaluations
from deploy.demo import generate_goals as goals
from deploy.demo import generate_monitoring as monitoring
from deploy.demo import generate_payments as payments
from deploy.demo import generate_people as people
from deploy.demo import generate_projects as projects
from deploy.demo import generate_rechecks as rechecks
from deploy.demo import generate_self_evaluations as self_evaluations
from deploy.demo import generate_units as units
from deploy.demo.generate_files import DATA, write_csv


def write_demo_data(folder: Path) -> None:
    """Writes every generated file; the same bytes on every machine and every run."""
    all_units = units.build_units()
    all_projects = projects.build_projects(all_units)
    all_goals = goals.build_goals(all_projects)
    _write_registry(folder, all_units, all_projects)
    _write_goals(folder, all_goals)
    _write_year(folder, all_projects, all_goals)
    _write_evaluations(folder, all_units, all_projects)


def _write_registry(
    folder: Path, all_units: list[units.Unit], all_projects: list[projects.Project]
) -> None:
    write_csv(folder, "units.csv", units.UNIT_COLUMNS, units.unit_rows(all_units))
    write_csv(folder, "projects.csv", projects.PROJECT_COLUMNS, projects.project_rows(all_projects))
    write_csv(folder, "funds.csv", projects.FUND_COLUMNS, projects.fund_rows(all_projects))
    write_csv(folder, "users.csv", people.USER_COLUMNS, people.user_rows(all_units))
    write_csv(folder, "agencies.csv", people.AGENCY_COLUMNS, people.agency_rows())
    write_csv(folder, "engagements.csv", people.ENGAGEMENT_COLUMNS, people.engagement_rows())
    write_csv(folder, "training.csv", people.TRAINING_COLUMNS, people.training_rows())


def _write_goals(folder: Path, all_goals: list[goals.Goal]) -> None:
    returned = goals.returned_goals(all_goals)
    write_csv(folder, "goals.csv", goals.GOAL_COLUMNS, goals.goal_rows(all_goals, returned))
    write_csv(folder, "indicators.csv", goals.INDICATOR_COLUMNS, goals.indicator_rows(all_goals))
    write_csv(folder, "returned_goals.csv", goals.RETURNED_GOAL_COLUMNS, returned)


def _write_year(
    folder: Path, all_projects: list[projects.Project], all_goals: list[goals.Goal]
) -> None:
    paces = payments.build_paces(all_projects)
    vouchers = payments.build_payments(all_projects, paces)
    paid = payments.paid_by(vouchers, payments.YEAR_END)
    answers = self_evaluations.build_answers(all_goals, paces)
    reviews = rechecks.build_reviews(answers)
    tables = {
        "payments.csv": (payments.PAYMENT_COLUMNS, payments.payment_rows(vouchers)),
        "monitoring_forms.csv": (
            monitoring.FORM_COLUMNS,
            monitoring.form_rows(all_goals, paces, paid),
        ),
        "monitoring_rows.csv": (
            monitoring.FORM_ROW_COLUMNS,
            monitoring.monitoring_rows(all_goals, paces),
        ),
        "returned_forms.csv": (
            monitoring.RETURNED_FORM_COLUMNS,
            monitoring.returned_forms(all_goals, paces),
        ),
        "monitoring_letters.csv": (
            monitoring.LETTER_COLUMNS,
            monitoring.monitoring_letters(all_goals, paces),
        ),
        "self_evaluations.csv": (
            self_evaluations.SELF_EVALUATION_COLUMNS,
            self_evaluations.self_evaluation_rows(all_goals, answers, paid),
        ),
        "self_evaluation_rows.csv": (
            self_evaluations.SELF_EVALUATION_ROW_COLUMNS,
            self_evaluations.answer_rows(answers),
        ),
        "rechecks.csv": (
            rechecks.RECHECK_COLUMNS,
            rechecks.recheck_rows(all_goals, reviews, paces),
        ),
        "recheck_rows.csv": (rechecks.RECHECK_ROW_COLUMNS, rechecks.review_rows(reviews)),
        "rectification_letters.csv": (
            rechecks.LETTER_COLUMNS,
            rechecks.rectification_letters(all_goals, paces),
        ),
    }
    for name, (columns, rows) in tables.items():
        write_csv(folder, name, columns, rows)


def _write_evaluations(
    folder: Path, all_units: list[units.Unit], all_projects: list[projects.Project]
) -> None:
    sheets = evaluations.build_sheets()
    text = evaluations.evaluations_toml(sheets, all_units, all_projects)
    (folder / "evaluations.toml").write_bytes(text.encode())
    write_csv(
        folder, "scoring_rows.csv", evaluations.SCORING_COLUMNS, evaluations.scoring_rows(sheets)
    )


if __name__ == "__main__":
    write_demo_data(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
