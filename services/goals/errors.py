"""Every "no" of the goals service."""

from shared.problems import Problem


class GoalExists(Problem):
    """该项目或部门本年度已有绩效目标"""

    status = 409
    english = "There already is a goal for this year"


class GoalStateForbids(Problem):
    """目标的当前状态不允许此操作"""

    status = 409
    english = "The goal's state does not allow this"


class GoalNotSubmittable(Problem):
    """目标还有必须修改之处"""

    status = 409
    english = "The goal has blocking findings"


class NothingImproved(Problem):
    """待完善的目标还没有修改"""

    status = 409
    english = "The goal has not been improved since its review"


class FourEyes(Problem):
    """同一人不能既经办又审批"""

    status = 409
    english = "One person can't both do and approve"


class ReasonRequired(Problem):
    """良、中、差的结论须说明理由"""

    status = 422
    english = "Such a conclusion needs a reason"


class ReviewNotSound(Problem):
    """审核意见不能成立"""

    status = 422
    english = "The review can't stand as given"


class RowTwice(Problem):
    """同一行出现两次"""

    status = 422
    english = "A row appears twice"


class RuleNotInForce(Problem):
    """该年度没有适用的规则"""

    status = 409
    english = "No rule is in force for that year"


class DocumentNoTaken(Problem):
    """批复文号已使用"""

    status = 409
    english = "The document number is in use"


class NothingToApprove(Problem):
    """没有可批复的目标"""

    status = 409
    english = "No goal is ready for approval"


class BudgetMissing(Problem):
    """有项目没有本年度预算"""

    status = 409
    english = "A project has no budget for the year"


class ExAnteMissing(Problem):
    """新增重大项目没有可安排预算的事前绩效评估结论"""

    status = 409
    english = "A new major project lacks an ex-ante result"


class AmountDiffers(Problem):
    """批复金额与系统内合计不一致"""

    status = 409
    english = "The amount differs from the sum of the budgets"


class BudgetChangeUnfit(Problem):
    """预算调整不能用于此目标"""

    status = 409
    english = "The budget change does not fit this goal"


class DisclosedTooEarly(Problem):
    """公开日期早于批复日期"""

    status = 409
    english = "The goals were approved after that day"


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


class TooManyForms(Problem):
    """要导出的表太多"""

    status = 409
    english = "Too many forms for one workbook"


class NothingToExport(Problem):
    """没有可导出的目标"""

    status = 404
    english = "There is no goal to export"
