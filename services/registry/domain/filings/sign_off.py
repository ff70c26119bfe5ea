"""The county answers for its content, the city recommends it; any edit voids both.

A sign-off is bound to the hash of the content that was read. After a correction only what changed is confirmed
again by the source departments: where nothing is left to confirm, that step is done.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from services.registry.domain.filings.checks.figures import FilingHasErrors, Finding
from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import Filing, FilingState, Step, check_step
from shared.errors import Item, Kind, MakerCannotCheck, Refusal


class SignOffVoid(Refusal):
    """The content is not the one that was signed off."""

    kind = Kind.CONFLICT
    code = "sign-off-void"


def signed_off(
    filing: Filing,
    *,
    signer: str,
    content_hash: str,
    findings: Iterable[Finding],
    unconfirmed: Collection[str],
) -> Filing:
    """Signed off by a second person of the county; an error that is not waived stops it."""
    check_step(filing, Step.SIGNED_OFF)
    if signer == filing.prepared_by:
        raise MakerCannotCheck(
            "填报人不能审核盖章,须由另一人办理", "The preparer may not sign off; another person must"
        )
    if content_hash != filing.content_hash:
        raise SignOffVoid(
            "内容已改动,请核对后重新盖章", "The content has changed; read it again before signing off"
        )
    errors = [finding for finding in findings if finding.stops]
    if errors:
        raise FilingHasErrors(
            f"{filing.code} 有 {len(errors)} 处错误,改正或说明理由后才能盖章",
            f"{filing.code} has {len(errors)} error(s); correct or waive them before signing off",
            items=[
                Item(
                    field=f"{error.indicator}.{error.data_year}" if error.data_year else error.indicator,
                    rule=error.rule,
                    zh=error.zh,
                    en=error.en,
                )
                for error in errors
            ],
        )
    return replace(
        filing,
        state=_recommended_or_confirmed(unconfirmed) if has_no_city(filing) else FilingState.SIGNED_OFF,
        version=filing.version + 1,
        signed_off_by=signer,
        signed_off_hash=content_hash,
    )


def recommended(filing: Filing, *, content_hash: str | None, unconfirmed: Collection[str]) -> Filing:
    """Recommended by the city, which may say what content it has read."""
    check_step(filing, Step.RECOMMENDED)
    if content_hash is not None and content_hash != filing.content_hash:
        raise SignOffVoid(
            "内容已改动,请核对后再推荐", "The content has changed; read it again before recommending"
        )
    return replace(filing, state=_recommended_or_confirmed(unconfirmed), version=filing.version + 1)


def revised(filing: Filing, content: Content, *, preparer: str) -> Filing:
    """A draft again, with new content and without a sign-off."""
    check_step(filing, Step.REVISED)
    return replace(
        filing,
        state=FilingState.DRAFT,
        version=filing.version + 1,
        content_hash=content.hash(cluster=filing.cluster_code, round_code=filing.round_code),
        prepared_by=preparer,
        signed_off_by=None,
        signed_off_hash=None,
    )


def has_no_city(filing: Filing) -> bool:
    """A unit that the province runs directly (path of two) has no city to recommend it."""
    return len(filing.division_path) == 2


def _recommended_or_confirmed(unconfirmed: Collection[str]) -> FilingState:
    return FilingState.RECOMMENDED if unconfirmed else FilingState.CONFIRMED
