"""Why a line, its correction, a list's number or finance's codes cannot be recorded: every reason at once."""

from collections import Counter
from collections.abc import Iterator

from services.funding.domain.orders.facts import OrderFacts, Register
from services.funding.domain.orders.opening_orders import (
    EarlierListing,
    EarlierListings,
    EarlierListingsReversal,
    OpenedAward,
    Opening,
    OpeningOrder,
)
from services.funding.domain.orders.quota_path import next_division
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceCodes,
    FinanceDivisionCodes,
    LineChanges,
    NewAppropriation,
)
from shared.errors import Item
from shared.text.money import show_wan

#: What a line keeps once something rests on it.
_FIXED_IN_USE = ("programme", "fiscal_year", "amount_fen", "effective_at")
_SHOWN = 10


def new_appropriation(order: NewAppropriation, facts: OrderFacts) -> Iterator[Item]:
    if facts.once_recorded:
        zh = f"预算安排 {order.appropriation} 已登记或正在审核"
        en = f"the appropriation {order.appropriation} is recorded or proposed already"
        yield Item("appropriation", "appropriation-once", zh, en)
    yield from _approved_by_today(order, facts, at="budget_approved_on")
    yield from _by_the_register(order.programme, order.fiscal_year, order.codes, facts.register, at="")


def correction(order: AppropriationCorrection, facts: OrderFacts) -> Iterator[Item]:
    line = facts.line
    if line is None:  # pragma: no cover - a correction is made of a line that is there
        return
    changes = order.changes
    given = changes.model_dump(exclude_none=True)
    if all(getattr(line, name) == value for name, value in given.items()):
        yield Item("changes", "something-changes", "与现有登记完全相同", "the line says so already")
    for name in _FIXED_IN_USE:
        if facts.in_use and given.get(name) not in (None, getattr(line, name)):
            names = ", ".join(facts.in_use)
            zh = f"预算安排已被使用({names}),不能更正;金额有变的,用追加或追减办理"
            en = f"the line is in use ({names}); more or less money is a change with its document"
            yield Item(f"changes.{name}", "line-in-use", zh, en)
    yield from _approved_by_today(changes, facts, at="changes.budget_approved_on")
    yield from _by_the_register(
        changes.programme or line.programme,
        changes.fiscal_year or line.fiscal_year,
        changes.codes,
        facts.register,
        at="changes.",
    )


def award_list_number(order: AwardListNumber, facts: OrderFacts) -> Iterator[Item]:
    named = facts.award_list
    if named is None:  # pragma: no cover - the list was found when the order was made
        return
    if order.document_date < named.issued_on:
        zh = f"文件日期早于名单生成日 {named.issued_on}"
        en = f"the document is older than the list, which is of {named.issued_on}"
        yield Item("document_date", "document-date-impossible", zh, en)
    known = named.document_number
    if known is None and order.replaces is not None:
        zh, en = "名单尚无文号,没有可更正的", "the list has no document number yet: nothing is replaced"
        yield Item("replaces", "nothing-to-replace", zh, en)
    elif known is not None and order.replaces != known:
        zh = f"名单 {named.list_number} 的文号已登记为 {known};如系误登,请在 replaces 写明 {known}"
        en = f"the list {named.list_number} has the number {known}; if that is a mistake, say so in replaces: {known}"
        yield Item("document_number", "document-number-already-written-back", zh, en)
    elif (known, named.issued_by_office_on) == (order.document_number, order.document_date):
        yield Item("document_number", "something-changes", "与现有登记完全相同", "the list says so already")


def opening(order: OpeningOrder, facts: OrderFacts) -> Iterator[Item]:
    """A line is opened once, before anything rests on it, and that is reversed as a whole, while nothing does."""
    for name in facts.in_use:
        zh, en = f"预算安排已被 {name} 使用", f"{name} rests on the line already"
        yield Item("appropriation", "line-in-use", zh, en)
    if isinstance(order, Opening):
        yield from _opening(order, facts)
    elif order.opening not in facts.openings:
        zh, en = f"{order.opening} 已冲销", f"{order.opening} is reversed already"
        yield Item("opening", "opening-reversed-once", zh, en)


def _opening(order: Opening, facts: OrderFacts) -> Iterator[Item]:
    """Each award once, with parts that add up to it."""
    for number in facts.openings:
        zh = f"预算安排 {order.appropriation} 的期初余额已由 {number} 录入；有误的，先冲销再重新录入"
        en = f"{number} opens {order.appropriation} already; a mistake is reversed, then the line is opened anew"
        yield Item("appropriation", "opening-once", zh, en)
    if not order.total_fen:
        zh, en = "没有任何金额", "there is no amount at all"
        yield Item("awards", "opening-not-empty", zh, en)
    times = Counter(award.cluster for award in order.awards)
    for award in order.awards:
        yield from _opened_award(order, award, facts)
        if times[award.cluster] > 1:
            zh, en = f"{award.cluster} 重复", f"{award.cluster} is listed twice"
            yield Item("cluster", "cluster-once", zh, en, award.row)


def _opened_award(order: Opening, award: OpenedAward, facts: OrderFacts) -> Iterator[Item]:
    row = award.row
    if award.parts_fen != award.awarded_fen:
        zh = f"{award.cluster} 各项合计 {show_wan(award.parts_fen)}，奖励金额为 {show_wan(award.awarded_fen)}"
        en = (
            f"the parts of {award.cluster} add up to {show_wan(award.parts_fen)}, "
            f"the award is {show_wan(award.awarded_fen)}"
        )
        yield Item("awarded_fen", "parts-add-up", zh, en, row)
    if (
        award.with_city_fen
        and next_division(award.division_path, facts.asked.desk, kept=facts.kept) != award.city
    ):
        zh = f"{award.county_name}的指标由省直接下达，不经市级"
        en = f"quota of {award.county_name} goes down directly, not through a city"
        yield Item("with_city_fen", "city-between", zh, en, row)
    if award.document_date > order.document_date:
        zh, en = "奖励文件晚于余额截止日", "the award's document is later than the day of the balances"
        yield Item("document_date", "award-before-balances", zh, en, row)
    if (award.document_number, award.cluster) in facts.opened_before:
        zh = f"{award.document_number} 对 {award.cluster} 的奖励已在另一预算安排录入"
        en = f"the award of {award.cluster} by {award.document_number} was entered with another line"
        yield Item("document_number", "award-once", zh, en, row)


def earlier_listings(order: EarlierListings, facts: OrderFacts) -> Iterator[Item]:
    """A project is listed once for an instrument, before the system or by it, and by an instrument of the rules."""
    is_known = facts.register is None or facts.register.known_programme
    if not is_known:
        zh, en = f"登记服务中没有计划 {order.programme}", f"the registry has no programme {order.programme}"
        yield Item("programme", "known-programme", zh, en)
    times = Counter(listing.key for listing in order.listings)
    instruments = sorted(facts.listings.instruments.get(order.programme, ()))
    for listing in order.listings:
        row, (project, instrument) = listing.row, listing.key
        if is_known and instrument not in instruments:
            listed = ", ".join(instruments) or "—"
            zh = f"{order.programme} 已发布的激励规则没有支持方式 {instrument}（有：{listed}）"
            en = f"no published rules of {order.programme} have the instrument {instrument} ({listed})"
            yield Item("instrument", "known-instrument", zh, en, row)
        if times[listing.key] > 1:
            zh, en = f"项目 {project} 重复", f"the project {project} is listed twice"
            yield Item("project_code", "project-once", zh, en, row)
        if facts.listings.entered.get(listing.key, frozenset()) - {facts.asked.number}:
            zh = f"项目 {project} 已作为系统启用前的清单录入，或正在审核"
            en = f"the project {project} was entered as listed before the system, or is proposed"
            yield Item("project_code", "listed-once", zh, en, row)
        if listing.key in facts.listings.tested:
            zh = f"项目 {project} 已在本系统的优先支持清单中"
            en = f"the project {project} is on a priority list of the system"
            yield Item("project_code", "listed-by-the-system", zh, en, row)
        yield from _days_of(listing, facts)


def _days_of(listing: EarlierListing, facts: OrderFacts) -> Iterator[Item]:
    """Listed by a document of before, valid from that day or a later one on."""
    for name, day in (("document_date", listing.document_date), ("valid_from", listing.valid_from)):
        if day > facts.today:
            zh, en = f"{day} 晚于今天", f"{day} is yet to come"
            yield Item(name, "date-to-come", zh, en, listing.row)
    if listing.valid_from < listing.document_date:
        zh = f"有效期起早于列入日期 {listing.document_date}"
        en = f"it is valid before it was listed on {listing.document_date}"
        yield Item("valid_from", "dates-in-order", zh, en, listing.row)
    if listing.valid_to < listing.valid_from:
        zh = f"有效期止早于有效期起 {listing.valid_from}"
        en = f"its validity ends before it begins on {listing.valid_from}"
        yield Item("valid_to", "dates-in-order", zh, en, listing.row)


def listings_reversal(order: EarlierListingsReversal, facts: OrderFacts) -> Iterator[Item]:
    if not any(order.opening in orders for orders in facts.listings.entered.values()):
        zh, en = f"{order.opening} 已撤销", f"{order.opening} is reversed already"
        yield Item("opening", "listings-reversed-once", zh, en)


def finance_divisions(order: FinanceDivisionCodes, facts: OrderFacts) -> Iterator[Item]:
    """A division has one code, and a code is one division's; a desk names the divisions of its own area."""
    holders = facts.code_holders or {}
    named = {entry.division_code for entry in order.divisions}
    divisions = Counter(entry.division_code for entry in order.divisions)
    codes = Counter(entry.finance_code for entry in order.divisions)
    for index, entry in enumerate(order.divisions):
        at, row = f"divisions[{index}]", index + 1
        division, code = entry.division_code, entry.finance_code
        if divisions[division] > 1:
            zh, en = f"区划 {division} 重复", f"the division {division} is listed twice"
            yield Item(f"{at}.division_code", "division-once", zh, en, row=row)
        holder = holders.get(code)
        if codes[code] > 1 or (holder is not None and holder != division and holder not in named):
            zh, en = f"财政编码 {code} 重复", f"{code} is listed twice"
            if codes[code] == 1:
                named_zh, named_en = _holder(holder, facts)
                zh, en = f"财政编码 {code} 已用于{named_zh}", f"{code} is the code of {named_en}"
            yield Item(f"{at}.finance_code", "finance-code-taken", zh, en, row=row)
        if facts.register is not None and facts.register.divisions is not None:
            path = facts.register.divisions.get(division, ())
            if facts.asked.desk not in path:
                zh = f"区划 {division} 不在登记簿中,或不在 {facts.asked.desk} 之内"
                en = f"the register has no division {division}, or not within {facts.asked.desk}"
                yield Item(f"{at}.division_code", "own-division", zh, en, row=row)


def _holder(holder: str | None, facts: OrderFacts) -> tuple[str, str]:
    """A division is named to a desk in whose area it lies, as the register says."""
    desk = facts.asked.desk
    known = facts.register.divisions if facts.register is not None else None
    if holder is not None and (holder == desk or desk in (known or {}).get(holder, ())):
        return f"区划 {holder}", holder
    return "另一区划", "another division"


def _approved_by_today(
    given: NewAppropriation | LineChanges, facts: OrderFacts, *, at: str
) -> Iterator[Item]:
    if given.budget_approved_on is not None and given.budget_approved_on > facts.today:
        yield Item(at, "date-to-come", "预算批准日晚于今天", "the day of approval is yet to come")


def _by_the_register(
    programme: str, fiscal_year: int, codes: FinanceCodes | None, register: Register | None, *, at: str
) -> Iterator[Item]:
    if register is None:
        return
    if not register.known_programme:
        zh, en = f"登记簿中没有计划 {programme}", f"the registry has no programme {programme}"
        yield Item(f"{at}programme", "known-programme", zh, en)
    years = register.fiscal_years
    if years is not None and not years[0] <= fiscal_year <= years[1]:
        zh = f"预算年度 {fiscal_year} 不在项目的 {years[0]} 至 {years[1]} 之内"
        en = f"the fiscal year {fiscal_year} is not one of the programme's, {years[0]} to {years[1]}"
        yield Item(f"{at}fiscal_year", "fiscal-year-of-programme", zh, en)
    classes = register.functional_classes
    if codes is not None and classes is not None and codes.functional_class not in classes:
        some = [f"{code} {name}" for code, name in sorted(classes.items())[:_SHOWN]]
        zh = f"功能分类科目 {codes.functional_class} 不在项目的科目表中({'、'.join(some)})"
        en = (
            f"the functional class {codes.functional_class} is not one of the programme's ({', '.join(some)})"
        )
        yield Item(f"{at}codes.functional_class", "functional-class", zh, en)
