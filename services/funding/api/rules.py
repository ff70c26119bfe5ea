"""Routes of incentive rules."""

from fastapi import APIRouter

from services.funding.api.dependencies import OptionalCode, PathCode, ProgrammeOfficer, UpstreamDep
from services.funding.api.models.rules import (
    IncentiveVersionList,
    IncentiveVersionOut,
    IncentiveVersionWithDocument,
)
from services.funding.use_cases.rules.publish_incentive_rules import (
    IncentiveRulesIn,
    prepare_incentive_rules,
    publish_incentive_rules,
)
from services.funding.use_cases.rules.show_incentive_rules import (
    show_incentive_version,
    show_incentive_versions,
)
from shared.web.auth import SignedIn
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.idempotency import KeyedCommand

router = APIRouter(prefix="/incentive-rules", tags=["incentive-rules"])


@router.post("", status_code=201, summary="发布激励规则 · Publish a version of incentive rules")
async def post_incentive_rules(
    database: DatabaseDep,
    upstream: UpstreamDep,
    principal: ProgrammeOfficer,
    command: KeyedCommand,
    order: IncentiveRulesIn,
    clock: ClockDep,
) -> IncentiveVersionOut:
    """Strict: every problem is named with its path. The same content again is no change.

    For a programme of the own division, as the registry has it.
    """
    return await command.once_with_calls(
        database,
        IncentiveVersionOut,
        lambda: prepare_incentive_rules(upstream, principal, order),
        lambda session, rules: publish_incentive_rules(session, principal, order, rules, clock=clock),
    )


@router.get("", summary="激励规则版本 · Published versions")
async def get_incentive_versions(
    session: Session, _reader: SignedIn, programme: OptionalCode = None
) -> IncentiveVersionList:
    return IncentiveVersionList.model_validate(
        {"versions": await show_incentive_versions(session, programme)}
    )


@router.get("/{incentive}/{version}", summary="激励规则 · A version with its document")
async def get_incentive_version(
    session: Session, _reader: SignedIn, incentive: PathCode, version: PathCode
) -> IncentiveVersionWithDocument:
    return IncentiveVersionWithDocument.model_validate(
        await show_incentive_version(session, incentive, version)
    )
