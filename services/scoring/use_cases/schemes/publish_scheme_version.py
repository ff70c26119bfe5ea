"""A draft becomes the published, immutable version (27号 三(五): rules first). Its author may not publish it;
its document must be public and its worked examples must hold, and what it computes from a cohort must be frozen.
"""

import json

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.comparing.worked_examples import check_examples
from services.scoring.domain.reading.problems import invalid_scheme
from services.scoring.domain.reading.stored import read_scheme
from services.scoring.domain.refusals import SchemeNotFrozen, SchemeVersionNotInState
from services.scoring.domain.scheme.frozen import not_frozen
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.storage.schemes import StoredScheme, mark_published
from services.scoring.use_cases.schemes.show_scheme_versions import known_scheme, own_scheme_version
from shared.data.business_clock import BusinessClock
from shared.data.events import append_event
from shared.errors import MakerCannotCheck
from shared.policy.documents import check_public
from shared.web.principals import Principal


async def publish_scheme_version(
    session: AsyncSession, principal: Principal, clock: BusinessClock, *, scheme: str, version: str
) -> StoredScheme:
    stored = await own_scheme_version(session, principal, scheme, version)
    if stored.state != "draft":
        raise SchemeVersionNotInState(f"该版本已{stored.state}", f"This version is {stored.state} already")
    if stored.drafted_by == principal.person:
        raise MakerCannotCheck("起草人不能发布自己的方案", "Who drafted a scheme cannot publish it")
    read = read_scheme(stored.source)
    _refuse_unfrozen(read, json.loads(stored.document))
    today = await clock.today(session)
    if read.document is not None:
        check_public([read.document], today)
    check_examples(read)
    await mark_published(session, scheme, version, published_by=principal.person, published_on=today)
    await append_event(
        session,
        "scheme_version.published",
        subject=f"{scheme}/{version}",
        actor=principal.actor,
        data={"sha256": stored.sha256, "published_on": today.isoformat()},
    )
    return await known_scheme(session, scheme, version)


def _refuse_unfrozen(scheme: Scheme, document: object) -> None:
    """What is computed from those who take part would let one more unit change everybody's score."""
    found = not_frozen(scheme)
    if found:
        items = invalid_scheme(found, document).items
        raise SchemeNotFrozen("方案含有未冻结的参数", "The scheme holds what is not frozen", items=items)
