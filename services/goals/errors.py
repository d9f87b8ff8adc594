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


class FormUnknown(Problem):
    """没有这种绩效目标申报表"""

    status = 422
    english = "There is no such goal form"


class FormInUse(Problem):
    """该年度已有报送的目标，不能再换申报表"""

    status = 409
    english = "Goals of the year were submitted on the present form"


class BudgetChangeNotPending(Problem):
    """预算调整已批复或已撤回"""

    status = 409
    english = "The budget change is no longer pending"


class BudgetChangeInUse(Problem):
    """绩效目标正在按此预算调整办理"""

    status = 409
    english = "A goal is being adjusted to this budget change"


class BudgetBelowZero(Problem):
    """预算调整后有资金小于零"""

    status = 409
    english = "The budget change takes more than there is"
