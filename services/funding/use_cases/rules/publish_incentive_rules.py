"""Publishes incentive rules before a round opens (27号 三(五): rules first); a published version is immutable."""

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.refusals import IncentiveRulesInvalid, VersionAlreadyPublished
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.domain.trials.examples import check_examples
from services.funding.storage.rules import RulesVersion, add_rules, find_rules
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.documents.canonical import Json, canonical_bytes, sha256_of
from shared.errors import Item, OutOfScope
from shared.http.programmes import require_own_programme
from shared.policy.documents import check_public
from shared.policy.places import with_clause
from shared.web.fields import JsonDocument
from shared.web.principals import Principal


class IncentiveRulesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    document: JsonDocument = Field(
        description="`county-clusters/incentive/2` (docs/incentives.md); money in fen, decimals as texts"
    )


async def prepare_incentive_rules(
    upstream: Upstream, principal: Principal, order: IncentiveRulesIn
) -> IncentiveRules:
    """Reads them, and asks the registry whose their programme is: that division alone publishes rules of it."""
    rules, problems = parse_incentive_rules(order.document)
    if rules is None:
        raise IncentiveRulesInvalid([with_clause(order.document, problem) for problem in problems])
    await require_own_programme(upstream.registry, principal, rules.programme)
    return rules


async def publish_incentive_rules(
    session: AsyncSession,
    principal: Principal,
    order: IncentiveRulesIn,
    rules: IncentiveRules,
    *,
    clock: BusinessClock,
) -> RulesVersion:
    """The same content again is no change; another content takes another version. Worked examples must hold.

    What the rules stand on is public by today: their own document, and that of every negative list.
    """
    today = await clock.today(session)
    check_public(rules.documents, today)
    check_examples(rules)
    content = _canonical(order.document)
    added = await add_rules(
        session,
        rules,
        sha256=sha256_of(content),
        document=content,
        division=principal.division,
        published_by=principal.actor,
        published_on=today,
    )
    kept = await find_rules(session, rules.id, rules.version)
    if kept is not None and kept.division_code != principal.division:
        raise OutOfScope(kept.division_code)
    if kept is None or kept.sha256 != sha256_of(content):
        raise VersionAlreadyPublished(
            f"版本 {rules.version} 已发布且内容不同;修改须用新版本号",
            f"Version {rules.version} is published with other content; a change takes a new version",
        )
    if added:
        await append_event(
            session,
            "incentive_rules.published",
            subject=f"{rules.id}/{rules.version}",
            actor=principal.actor,
            data={"sha256": kept.sha256, "programme": rules.programme},
        )
    return kept


def _canonical(document: Json) -> bytes:
    try:
        return canonical_bytes(document)
    except (TypeError, ValueError) as error:  # pragma: no cover - what parsed has a canonical form
        zh, en = "规则含有不能规范化的内容", "the rules hold something that has no canonical form"
        raise IncentiveRulesInvalid([Item("", "not-canonical", zh, en)]) from error
