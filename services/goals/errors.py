"""Every "no" of the goals service."""

from shared.problems import Problem


class GoalExists(Problem):
    """该项目本年度已有绩效目标"""

    status = 409
    english = "The project already has a goal for this year"


class GoalStateForbids(Problem):
    """目标的当前状态不允许此操作"""

    status = 409
    english = "The goal's state does not allow this"


class GoalNotSubmittable(Problem):
    """目标还有必须修改之处"""

    status = 409
    english = "The goal has blocking findings"


class FourEyes(Problem):
    """同一人不能既经办又审批"""

    status = 409
    english = "One person can't both do and approve"


class ReasonRequired(Problem):
    """退回或不予通过须说明理由"""

    status = 422
    english = "A return or rejection needs a reason"


class DocumentNoTaken(Problem):
    """批复文号已使用"""

    status = 409
    english = "The document number is in use"


class NothingToApprove(Problem):
    """没有可批复的目标"""

    status = 409
    english = "No goal is ready for approval"


class NothingToDisclose(Problem):
    """没有待公开的目标"""

    status = 409
    english = "No goal waits for disclosure"


class IndicatorNameTaken(Problem):
    """指标库中已有同名指标"""

    status = 409
    english = "The library has an indicator of this name"


class EntryStateForbids(Problem):
    """指标的当前状态不允许此操作"""

    status = 409
    english = "The entry's state does not allow this"


class SharedEntry(Problem):
    """公共指标库的条目不能在本地改动"""

    status = 409
    english = "Entries of the common library can't be changed locally"


class NotTheProposer(Problem):
    """只有提出人能修改待确认的指标"""

    status = 409
    english = "Only its proposer may revise a proposed indicator"
