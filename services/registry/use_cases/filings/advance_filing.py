"""The steps of a filing after its preparation: sign off, recommend, send back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import (
    Filing,
    FilingHasErrors,
    FilingKind,
    FilingState,
    SignOffVoid,
    Step,
    check_signer,
    check_step,
    state_after_sign_off,
    unconfirmed_departments,
)
from services.registry.storage.filings import filings
from services.registry.use_cases.filings.load_filing import FilingWithContent, lock_filing
from shared.data.events import append_event
from shared.documents.canonical import Json
from shared.errors import Item, Kind, Refusal, RoleNotPermitted
from shared.web.principals import Principal, Role


class FieldNotFiled(Refusal):
    """A reason for sending back names a field that the filing does not have."""

    kind = Kind.INVALID
    code = "field-not-filed"


async def sign_off_filing(
    session: AsyncSession, code: str, *, kind: FilingKind, content_hash: str, today: date, actor: Principal
) -> FilingWithContent:
    """A second person of the county answers for exactly this content; all rules run again."""
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_county_may_work(today, sent_back=await filings.was_sent_back(session, code))
    check_step(seen.filing, Step.SIGNED_OFF)
    check_signer(seen.filing, actor.person)
    if content_hash != seen.filing.content_hash:
        raise SignOffVoid(
            "内容已改动,请核对后重新盖章", "The content has changed; read it again before signing off"
        )
    errors = [finding for finding in seen.findings if finding.stops]
    if errors:
        raise FilingHasErrors(
            f"{code} 有 {len(errors)} 处错误,改正或说明理由后才能盖章",
            f"{code} has {len(errors)} error(s); correct or waive them before signing off",
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
    changed = replace(
        seen.filing,
        state=_skip_what_is_confirmed(seen, state_after_sign_off(seen.filing)),
        version=seen.filing.version + 1,
        signed_off_by=actor.person,
        signed_off_hash=content_hash,
    )
    return await _save(session, seen, changed, Step.SIGNED_OFF, today=today, actor=actor)


async def recommend_filing(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    note: str,
    content_hash: str | None,
    today: date,
    actor: Principal,
) -> FilingWithContent:
    """The city has verified the content and endorses it; ``content_hash`` says which, if it is given."""
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_before_cut_off(today)
    check_step(seen.filing, Step.RECOMMENDED)
    if content_hash is not None and content_hash != seen.filing.content_hash:
        raise SignOffVoid(
            "内容已改动,请核对后再推荐", "The content has changed; read it again before recommending"
        )
    changed = replace(
        seen.filing,
        state=_skip_what_is_confirmed(seen, FilingState.RECOMMENDED),
        version=seen.filing.version + 1,
    )
    return await _save(session, seen, changed, Step.RECOMMENDED, today=today, actor=actor, note=note)


#: Who may send a filing back, by where it lies.
_MAY_SEND_BACK: Mapping[FilingState, frozenset[Role]] = {
    FilingState.SIGNED_OFF: frozenset({Role.CITY_REVIEWER}),
    FilingState.RECOMMENDED: frozenset({Role.SOURCE_DEPARTMENT, Role.PROVINCE_OFFICER}),
    FilingState.CONFIRMED: frozenset({Role.PROVINCE_OFFICER}),
}


async def send_back_filing(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    note: str,
    reasons: Sequence[Mapping[str, Json]],
    today: date,
    actor: Principal,
) -> FilingWithContent:
    """Whoever has it on the desk sends it back to the county, with a reason for each field; voids the sign-off."""
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_before_cut_off(today)
    check_step(seen.filing, Step.SENT_BACK)
    if not actor.has(*_MAY_SEND_BACK[seen.filing.state]):
        raise RoleNotPermitted(
            "现在不由您办理,不能退回", "It does not lie with you now; you cannot send it back"
        )
    keys = {value.key for value in seen.content.values}
    wrong = [
        Item(
            field=f"reasons.{index}",
            rule="field-not-filed",
            zh=f"没有填报 {reason['indicator']} {reason['data_year']}",
            en=f"{reason['indicator']} of {reason['data_year']} is not filed",
            row=index + 1,
        )
        for index, reason in enumerate(reasons)
        if (reason["indicator"], reason["data_year"]) not in keys
    ]
    if wrong:
        raise FieldNotFiled(
            "退回理由所指的字段不存在", "A reason names a field that is not filed", items=wrong
        )
    changed = replace(
        seen.filing,
        state=FilingState.DRAFT,
        version=seen.filing.version + 1,
        signed_off_by=None,
        signed_off_hash=None,
    )
    return await _save(
        session, seen, changed, Step.SENT_BACK, today=today, actor=actor, note=note, reasons=reasons
    )


def _skip_what_is_confirmed(seen: FilingWithContent, state: FilingState) -> FilingState:
    """After a correction only what changed is confirmed again; if nothing is left to confirm, that step is done."""
    if state is not FilingState.RECOMMENDED:
        return state
    left = unconfirmed_departments(seen.round.indicators(), seen.confirmed.keys(), seen.content.values)
    return state if left else FilingState.CONFIRMED


async def _save(
    session: AsyncSession,
    seen: FilingWithContent,
    changed: Filing,
    step: Step,
    *,
    today: date,
    actor: Principal,
    note: str | None = None,
    reasons: Sequence[Mapping[str, Json]] = (),
) -> FilingWithContent:
    await filings.save_filing(session, changed)
    await filings.add_step(
        session,
        changed,
        step,
        actor=actor.actor,
        unit=actor.unit,
        business_date=today,
        note=note,
        reasons=reasons,
    )
    await append_event(
        session,
        f"{changed.kind.value}.{step.value}",
        subject=changed.code,
        actor=actor.actor,
        data={"content_hash": changed.content_hash, "version": changed.version, "reasons": len(reasons)},
    )
    return replace(seen, filing=changed)
