"""The lives of what evaluation keeps: what may be done in which state."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.evaluation.domain.procedure import STEPS


class ActionRefused(Exception):
    """The state does not allow the action; the message says so in Chinese."""


@dataclass(frozen=True)
class Life:
    """Per state: its label and the actions open to it."""

    subject: str
    labels: Mapping[str, str]
    actions: Mapping[str, tuple[str, ...]]

    def require(self, status: str, action: str) -> None:
        """Raise ActionRefused unless the state allows the action."""
        if action not in self.actions[status]:
            raise ActionRefused(f"{self.labels[status]}的{self.subject}不能执行此操作")


SELF_EVALUATION = Life(
    subject="自评",
    labels={"open": "填报中", "submitted": "已报送", "rechecked": "已复审"},
    actions={
        "open": ("self_evaluation.fill", "self_evaluation.refresh", "self_evaluation.submit"),
        "submitted": ("self_evaluation.recheck", "self_evaluation.return"),
        "rechecked": ("rectification.request",),
    },
)

EVALUATION = Life(
    subject="评价",
    labels=STEPS,
    actions={
        "planned": ("evaluation.notify", "evaluation.reassign"),
        "notified": (
            "evaluation.propose_scheme",
            "evaluation.declare",
            "evaluation.reassign",
        ),
        "scheme": (
            "evaluation.approve_framework",
            "evaluation.begin_fieldwork",
            "evaluation.declare",
            "evaluation.return",
            "evaluation.reassign",
            "working_paper.lay",
        ),
        "fieldwork": (
            "evaluation.declare",
            "evaluation.score",
            "evaluation.close_scoring",
            "evaluation.draft",
            "evaluation.return",
            "evaluation.reassign",
            "working_paper.lay",
        ),
        "draft": (
            "evaluation.dissent",
            "evaluation.report",
            "evaluation.exchange_views",
            "evaluation.return",
            "evaluation.reassign",
            "working_paper.lay",
        ),
        "exchange_of_views": (
            "evaluation.dissent",
            "evaluation.opine",
            "evaluation.reply",
            "evaluation.report",
            "evaluation.finalize",
            "evaluation.return",
            "evaluation.reassign",
        ),
        "final": ("evaluation.feed_back",),
        "fed_back": ("evaluation.disclose",),
        "disclosed": ("evaluation.archive",),
        "archived": (),
    },
)

EX_ANTE = Life(
    subject="事前评估结论",
    labels={"recorded": "待确认", "confirmed": "已确认", "superseded": "已被更正"},
    actions={"recorded": ("ex_ante.confirm",), "confirmed": (), "superseded": ()},
)

RESULT_PROPOSAL = Life(
    subject="结果应用建议",
    labels={"proposed": "待决定", "adopted": "已采纳", "departed": "已偏离"},
    actions={
        "proposed": ("result_proposal.decide",),
        "adopted": ("result_proposal.decide",),
        "departed": ("result_proposal.decide",),
    },
)

ACCOUNTABILITY = Life(
    subject="问责移送",
    labels={"handed": "已移送，待结果", "answered": "已有结果"},
    actions={
        "handed": ("accountability.note_outcome",),
        "answered": ("accountability.note_outcome",),
    },
)
