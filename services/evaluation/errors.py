"""Every "no" of the evaluation service."""

from shared.problems import Problem


class NothingToSelfEvaluate(Problem):
    """没有待布置自评的项目"""

    status = 409
    english = "No approved goal of the year waits for a self-evaluation"


class RuleNotInForce(Problem):
    """该年度没有适用的规则"""

    status = 409
    english = "No rule was in force for that year"


class SelfEvaluationStateForbids(Problem):
    """自评的当前状态不允许此操作"""

    status = 409
    english = "The self-evaluation's state does not allow this"


class SelfEvaluationNotSubmittable(Problem):
    """自评表还有必须修改之处"""

    status = 409
    english = "The self-evaluation has blocking findings"


class FourEyes(Problem):
    """同一人不能既经办又审批"""

    status = 409
    english = "One person can't both do and approve"


class AgencyExists(Problem):
    """该统一社会信用代码的机构已登记"""

    status = 409
    english = "An agency with this credit code is registered"


class ContractNoTaken(Problem):
    """合同编号已使用"""

    status = 409
    english = "The contract number is in use"


class EngagementScopeForbidden(Problem):
    """此项工作不得委托第三方机构"""

    status = 409
    english = "This work may not be entrusted to a third party"


class EngagementUnsuited(Problem):
    """委托内容或年度与此项工作不符"""

    status = 409
    english = "The engagement is for other work or another year"


class LetterNoTaken(Problem):
    """整改函文号已使用"""

    status = 409
    english = "The letter number is in use"


class NotRechecked(Problem):
    """整改须依据本单位已复审的自评"""

    status = 409
    english = "A rectification rests on the unit's re-reviewed self-evaluations"


class SubjectNotEligible(Problem):
    """评价对象不符合条件"""

    status = 409
    english = "A subject can't be evaluated"


class EvaluationStateForbids(Problem):
    """评价的当前状态不允许此操作"""

    status = 409
    english = "The evaluation's state does not allow this"


class ExAnteStateForbids(Problem):
    """事前评估结论的当前状态不允许此操作"""

    status = 409
    english = "The ex-ante result's state does not allow this"


class GroupScored(Problem):
    """该组已经评分"""

    status = 409
    english = "The group has its score"


class SheetNotAcceptable(Problem):
    """评分表还有必须修改之处"""

    status = 409
    english = "The scoring sheet has blocking findings"


class CircularNoTaken(Problem):
    """通报文号已使用"""

    status = 409
    english = "The circular's number is in use"


class CircularDiffers(Problem):
    """通报名单与建议名单不符且未说明"""

    status = 409
    english = "The circular departs from the proposal without saying so"
