"""Why there is no figure, no projection or no comparison; and why a unit is not counted."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    zh: str
    en: str


NOT_MEASURED: Final = Reason(
    "not-measured", "计划文件没有写明如何计算", "The programme does not say how it is measured"
)
NO_CLUSTERS: Final = Reason(
    "no-clusters", "当日没有已认定的集群", "No cluster holds a designation on that day"
)
NO_COUNTIES: Final = Reason("no-counties", "没有参加本计划的县", "No county takes part in the programme")
NO_FIGURES: Final = Reason("no-figures", "没有任何登记或填报", "Nothing is registered or returned")
NO_DENOMINATOR: Final = Reason(
    "no-denominator", "分母为零或没有登记", "The denominator is zero or not registered"
)
IS_BASE_YEAR: Final = Reason(
    "is-base-year", "基期年份及以前没有年均增长", "There is no growth in the base year or before"
)
NO_BASE: Final = Reason("no-base", "基期没有数据或为零", "The base year has no figure, or zero")
TOO_LARGE: Final = Reason("too-large", "数值超出允许范围", "The figure is larger than any can be")
TOO_FEW_YEARS: Final = Reason("too-few-years", "有数据的年份不足两年", "Fewer than two years have a figure")
NO_BASE_YEAR: Final = Reason("no-base-year", "没有规定基期", "There is no base year")
EVERY_YEAR: Final = Reason(
    "every-year", "每年都应达到，不作预测", "It holds in every year; nothing is projected"
)
OF_THE_WHOLE: Final = Reason(
    "of-the-whole-programme",
    "目标属于全计划，不分解到市县",
    "The target is the whole programme's, not a division's",
)
NO_STEP: Final = Reason(
    "no-step", "计划没有该年度的进度要求", "The programme expects nothing of this year on the way"
)
TOO_FEW_UNITS: Final = Reason(
    "too-few-units",
    "涉及的企业或园区不足三个，不予公开",
    "Fewer than three firms or parks are behind it: not public",
)
NO_TOLERANCE: Final = Reason("no-tolerance", "“左右”没有规定允许偏差", "About (左右) has no tolerance")

#: Why a unit is not counted, or nothing is known of it, by the code that the statements give.
OF_UNITS: Final = {
    reason.code: reason
    for reason in (
        Reason("no-figure", "该年度没有数据", "There is no figure of the year"),
        Reason("nothing-registered", "没有登记", "Nothing is registered"),
        Reason("not-above", "未超过门槛", "Not above the threshold"),
        Reason("higher-tier", "已计入更高梯队", "Counted in a higher tier"),
        Reason("not-qualified", "没有所要求的资质", "Without any of the qualifications"),
        Reason("not-filled", "该项没有登记", "The field is not filled"),
        Reason("not-wanted", "不属于所计类别", "Of another kind than those counted"),
        Reason("too-few", "少于要求数量", "Fewer than asked for"),
        Reason("above-cap", "超过上限", "Above the cap"),
        Reason("waived", "超过上限，已说明理由", "Above the cap, with a reason"),
        Reason("outside", "未达到目标", "Outside of the target"),
    )
}
