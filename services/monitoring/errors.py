"""Every "no" of the monitoring service."""

from shared.problems import Problem


class RoundExists(Problem):
    """该年度已有同名的监控"""

    status = 409
    english = "The year already has a monitoring round of this name"


class NothingToMonitor(Problem):
    """该年度没有已批复的绩效目标"""

    status = 409
    english = "The year has no approved goal yet"


class FormStateForbids(Problem):
    """监控表的当前状态不允许此操作"""

    status = 409
    english = "The form's state does not allow this"


class FormIncomplete(Problem):
    """监控表还有未填之处"""

    status = 409
    english = "The form has gaps"


class FourEyes(Problem):
    """同一人不能既经办又审核"""

    status = 409
    english = "One person can't both do and approve"


class ReasonRequired(Problem):
    """退回须说明理由"""

    status = 422
    english = "A return needs a reason"


class RunInProgress(Problem):
    """该监控正在进行系统判断"""

    status = 409
    english = "The round is being judged by another run"


class RulesNotInForce(Problem):
    """该日没有施行中的预警规则"""

    status = 409
    english = "No warning rule was in force on that day"


class LetterNoTaken(Problem):
    """该年度已有此文号的整改函"""

    status = 409
    english = "The letter number is in use for this year"


class WarningsUnfit(Problem):
    """所列预警不能列入此整改函"""

    status = 409
    english = "These warnings can't go into this letter"


class RectificationStateForbids(Problem):
    """整改的当前状态不允许此操作"""

    status = 409
    english = "The rectification's state does not allow this"


class RoundClosed(Problem):
    """这次监控已经结束"""

    status = 409
    english = "The monitoring round has ended"


class NoFormsToExport(Problem):
    """没有可导出的监控表"""

    status = 404
    english = "There is no monitoring form to export"


class TooManyForms(Problem):
    """一次导出的表太多"""

    status = 409
    english = "Too many forms for one workbook"


class CalendarNotEntered(Problem):
    """该年度的节假日安排尚未录入"""

    status = 409
    english = "The holidays of that year have not been entered yet"


class EvidenceRefused(Problem):
    """该文件不能作为佐证材料"""

    status = 422
    english = "The file can't be taken as evidence"


class EvidenceFull(Problem):
    """佐证材料的数量或总大小已达上限"""

    status = 409
    english = "The rectification carries as many files as it may"


class ControlStateForbids(Problem):
    """暂停拨付的当前状态不允许此操作"""

    status = 409
    english = "The payment control's state does not allow this"


class ControlExists(Problem):
    """该项目已有未了结的同类建议或暂停"""

    status = 409
    english = "The project already has an open control of this kind"


class RuleRunStateForbids(Problem):
    """这次系统判断的当前状态不允许此操作"""

    status = 409
    english = "The rule run's state does not allow this"


class WarningStateForbids(Problem):
    """预警的当前状态不允许此操作"""

    status = 409
    english = "The warning's state does not allow this"


class UnsoundDraftPack(Problem):
    """试运行的规则不能使用"""

    status = 422
    english = "The draft rules can't be used"
