"""A correction of accepted values after the cut-off: a restatement with its reason, never an edit."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.registry.domain.filings.checks.figures import FilingHasErrors, Finding
from services.registry.domain.filings.content import Content, FiledValue
from services.registry.domain.filings.filing import Filing, Step, check_step
from shared.errors import Item


def restated_content(before: Content, values: Iterable[FiledValue], facts: Mapping[str, str]) -> Content:
    """The content with single values and facts replaced; waivers stay."""
    merged = {value.key: value for value in before.values} | {value.key: value for value in values}
    return Content(
        values=tuple(merged[key] for key in sorted(merged)),
        facts={**before.facts, **facts},
        waivers=before.waivers,
    )


def restated(filing: Filing, content: Content, findings: Iterable[Finding]) -> Filing:
    """With the new content; refuses errors that nobody could waive."""
    check_step(filing, Step.RESTATED)
    errors = [finding for finding in findings if finding.stops and not finding.waivable]
    if errors:
        raise FilingHasErrors(
            f"更正后的 {filing.code} 有 {len(errors)} 处错误",
            f"The restated {filing.code} has {len(errors)} error(s)",
            items=[Item(field=f"{e.indicator}.{e.data_year}", rule=e.rule, zh=e.zh, en=e.en) for e in errors],
        )
    return replace(
        filing,
        version=filing.version + 1,
        content_hash=content.hash(cluster=filing.cluster_code, round_code=filing.round_code),
    )
