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


class FeeTiedToResult(Problem):
    """委托费用不得与评价结果挂钩"""

    status = 409
    english = "The fee may not depend on the result"


class EngagementEnded(Problem):
    """委托合同已提前终止"""

    status = 409
    english = "The engagement was terminated"


class ExpertLoginTaken(Problem):
    """该登录名已是另一位专家的"""

    status = 409
    english = "The login belongs to another expert"


class AlreadyEnded(Problem):
    """此项登记已经终止"""

    status = 409
    english = "The entry was ended before"


class DrawExists(Problem):
    """该事项已抽取过专家"""

    status = 409
    english = "Experts were drawn for this purpose before"


class TooFewExperts(Problem):
    """可抽取的专家不足"""

    status = 409
    english = "Too few experts can be drawn"


class InvitationAnswered(Problem):
    """该邀请已经答复"""

    status = 409
    english = "The invitation was answered before"


class EngagementRuns(Problem):
    """委托合同尚未结束，不能评工作质量"""

    status = 409
    english = "The engagement is not over"


class QualityScored(Problem):
    """该合同的工作质量已评分"""

    status = 409
    english = "The work on this engagement has its score"


class RecusalForbids(Problem):
    """应当回避，不能承担此项工作"""

    status = 409
    english = "A recusal forbids this work"


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


class ContradictionsUnseen(Problem):
    """总结中的矛盾或说明尚未逐项看过"""

    status = 409
    english = "The summary has contradictions its issuer did not acknowledge"


class CaseWithoutBasis(Problem):
    """问责移送须依据本单位的整改、评价或自评"""

    status = 409
    english = "A case rests on a rectification, evaluation or self-evaluation of the unit"


class FrameworkNotSound(Problem):
    """指标体系还有必须修改之处"""

    status = 409
    english = "The framework has blocking findings"


class FrameworkNotApproved(Problem):
    """指标体系尚未经财政审定"""

    status = 409
    english = "The framework has not been approved"


class RecusalNotDeclared(Problem):
    """请先作出回避声明"""

    status = 409
    english = "Declare first whether you have an interest"


class EvaluatorRecused(Problem):
    """您已回避这项评价"""

    status = 409
    english = "You keep away from this evaluation"


class EvaluatorDeclared(Problem):
    """您已作出回避声明"""

    status = 409
    english = "You have declared already"


class ScoringNotClosable(Problem):
    """独立评分还不能结束"""

    status = 409
    english = "Blind scoring can't be closed yet"


class ScoringOpen(Problem):
    """独立评分尚未结束"""

    status = 409
    english = "Blind scoring has not been closed"


class OpinionsOutstanding(Problem):
    """交换意见尚未完成"""

    status = 409
    english = "Opinions or replies are outstanding"


class NoFormsToExport(Problem):
    """没有可导出的自评表"""

    status = 404
    english = "There are no forms to export"


class TooManyForms(Problem):
    """自评表过多，不能一次导出"""

    status = 409
    english = "Too many forms for one workbook"


class AlreadyEntrusted(Problem):
    """这项评价已由该合同承担"""

    status = 409
    english = "The evaluation is under this contract already"


class ReportMissing(Problem):
    """尚未报送绩效评价报告"""

    status = 409
    english = "The evaluation report has not been sent in"


class OpinionStateForbids(Problem):
    """该意见已经提出或答复"""

    status = 409
    english = "The opinion was given or answered already"


class ReviewerOfTheUnit(Problem):
    """本单位的人不能复审本单位的自评"""

    status = 409
    english = "Nobody reviews the self-evaluation of the own unit"


class PlannedForAnother(Problem):
    """该自评已列入复审方案，由方案所定的一方复审"""

    status = 409
    english = "A plan gives the re-review of this self-evaluation to another"


class NothingToRecheck(Problem):
    """没有可列入复审方案的自评"""

    status = 409
    english = "No submitted self-evaluation can be planned for re-review"


class PickNotEligible(Problem):
    """指定的自评不能列入复审方案"""

    status = 409
    english = "A picked self-evaluation can't be planned for re-review"


class CircularNoTaken(Problem):
    """通报文号已使用"""

    status = 409
    english = "The circular's number is in use"


class CircularDiffers(Problem):
    """通报名单与建议名单不符且未说明"""

    status = 409
    english = "The circular departs from the proposal without saying so"


class AgencyUnfit(Problem):
    """该机构目前不能承接委托"""

    status = 409
    english = "The register forbids a contract with this agency"


class StaffLoginTaken(Problem):
    """该登录名已是另一位从业人员的"""

    status = 409
    english = "The login belongs to another person of an agency"


class PaperRefused(Problem):
    """该文件不能作为工作底稿"""

    status = 422
    english = "The file can't be taken as a working paper"


class PapersFull(Problem):
    """您在这项评价中的工作底稿已达上限"""

    status = 409
    english = "You have laid as many working papers to the evaluation as you may"


class PaperOfAnother(Problem):
    """工作底稿由报送人本人撤回"""

    status = 409
    english = "A working paper is withdrawn by whoever laid it"


class PaperWithdrawn(Problem):
    """该工作底稿已撤回"""

    status = 409
    english = "The working paper was withdrawn already"


class NoArchiveManifest(Problem):
    """尚无归档清单"""

    status = 409
    english = "There is no manifest of the archive"
