"""The counties file, with the mistakes that counties make; each is found by a rule and corrected on the way.

Every call is keyed or looks at the state first, so the whole can be run again after a kill and does nothing twice.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from clients.demo.calendar import Days
from clients.demo.cast import EVALUATOR, OFFICER, Cast, department, preparer, reviewer, signer
from clients.demo.counties.applicants import JIANLI, SENT_BACK, UNIT_SLIP, Applicant
from clients.demo.counties.figures import WAN_PER_YI, Filed, Labelled
from clients.demo.journal import Journal
from shared.http.client import ServiceProblem
from shared.http.registry.filings import FilingDetailView, Filings

_AT_ONCE = 4
_HANCHUAN_TEXTILE = ("420984", "纺织服装产业集群")
_VETOED_RANK = 60
_RETIRED_CODE, _ZONE_CODE = "421023", "421071"
_KINDS: Mapping[str, Filings] = {"application": "applications", "assessment": "annual-returns"}


@dataclass(frozen=True)
class FiledEntry:
    """A filing that is in the registry: its code, its cluster's code, the figures that it ends up with."""

    code: str
    cluster: str
    filed: Filed


class FilingSeason:
    """A round: registers clusters where they are new, and takes filings from the first figure to acceptance."""

    def __init__(
        self,
        cast: Cast,
        journal: Journal,
        *,
        programme: str,
        round_: Mapping[str, Any],
        days: Days,
        key: str,
        city_of: Mapping[str, str | None],
    ) -> None:
        self._cast = cast
        self._journal = journal
        self._programme = programme
        self._round = str(round_["code"])
        self._kind = _KINDS[round_["kind"]]
        self._days = days
        self._key = key
        self._city_of = city_of
        self._done = 0

    async def file_all(self, filings: Sequence[Filed]) -> list[FiledEntry]:
        """Counties prepare, correct and sign off; cities verify and recommend."""
        await self._cast.advance_to(self._days.filed)
        if any(filed.cluster is None for filed in filings):
            await self._try_bad_codes(next(own for own in filings if own.applicant.county_code == JIANLI))
        by_county: dict[str, list[Filed]] = defaultdict(list)
        for filed in filings:
            by_county[filed.applicant.county_code].append(filed)
        gate = asyncio.Semaphore(_AT_ONCE)

        async def one_county(entries: list[Filed]) -> list[FiledEntry]:
            async with gate:
                filed_here = []
                for entry in sorted(entries, key=lambda entry: entry.applicant.name):
                    filed_here.append(await self._file(entry))
                    self._done += 1
                    self._journal.progress(self._done, len(filings))
                return filed_here

        groups = await asyncio.gather(*(one_county(entries) for entries in by_county.values()))
        return sorted((entry for group in groups for entry in group), key=lambda entry: entry.code)

    async def confirm(self, filings: Sequence[FiledEntry], departments: Sequence[str]) -> None:
        """Source departments confirm their indicators."""
        await self._cast.advance_to(self._days.reviewed)
        codes = [entry.code for entry in filings]
        for place, name in enumerate(departments, start=1):
            client = self._cast.registry(department(name))
            await client.confirm_filings(self._kind, codes, key=f"{self._key}:confirm:{place}")
            self._journal.progress(place, len(departments))

    async def accept(self, filings: Sequence[FiledEntry]) -> None:
        """The province accepts all."""
        await self._cast.advance_to(self._days.accepted)
        codes = [entry.code for entry in filings]
        await self._cast.registry(OFFICER).accept_filings(self._kind, codes, key=f"{self._key}:accept")

    async def check_on_the_spot(self, filings: Sequence[FiledEntry], *, data_year: int) -> None:
        """A third-party evaluator visits the best, and finds what was filed."""
        await self._cast.advance_to(self._days.reviewed)
        visited = max(filings, key=lambda entry: entry.filed.applicant.target_score)
        await self._cast.registry(EVALUATOR).record_filing_check(
            self._kind,
            visited.code,
            indicator="operating_revenue",
            data_year=data_year,
            confirmed=str(visited.filed.value("operating_revenue", data_year)["value"]),
            note="账实相符(演示)",
            key=f"{self._key}:on-site-check",
        )

    async def _try_bad_codes(self, jianli: Filed) -> None:
        """A retired code and a functional zone are refused, and say what to use instead."""
        for code in (_RETIRED_CODE, _ZONE_CODE):
            try:
                await self._register(jianli.applicant, county_code=code)
            except ServiceProblem as problem:
                self._journal.note("refused", problem.zh, problem.en)
            else:
                raise AssertionError(f"the registry took {code} for a county")

    async def _file(self, entry: Filed) -> FiledEntry:
        applicant = entry.applicant
        cluster = entry.cluster or await self._register(applicant)
        if applicant.target_rank == _VETOED_RANK:
            entry.facts["tax_evasion"] = "true"
        right = entry.content()
        first = _with_mistake(entry, right)
        client = self._cast.registry(preparer(applicant.county_code))
        key = f"{self._key}:file:{cluster}"
        body = {"round": self._round, "cluster": cluster, **first}
        prepared = await client.prepare_filing(self._kind, body, key=key)
        current = await client.filing(self._kind, prepared.code)
        current = await self._correct_errors(entry, prepared, current, right)
        current = await self._sign_off_and_recommend(applicant, current)
        if applicant.target_rank == SENT_BACK:
            await self._send_back(applicant, prepared, current, right)
        return FiledEntry(prepared.code, cluster, entry)

    async def _register(self, applicant: Applicant, *, county_code: str | None = None) -> str:
        code = county_code or applicant.county_code
        body = {
            "programme": self._programme,
            "county_code": code,
            "name": applicant.name,
            "leading_industry": applicant.leading_industry,
            "industry_codes": list(applicant.industry_codes),
            "in_focus": True,
        }
        client = self._cast.registry(preparer(code))
        marks = "-".join(f"{ord(letter):x}" for letter in applicant.name[:4])
        return (await client.register_cluster(body, key=f"{self._key}:register:{code}:{marks}")).code

    async def _correct_errors(
        self, entry: Filed, prepared: FilingDetailView, current: FilingDetailView, right: dict[str, Any]
    ) -> FilingDetailView:
        """What the rules find in the first version is shown; the county corrects it and files again."""
        errors = [finding for finding in prepared.findings if finding.severity == "error"]
        for finding in errors:
            where = f"{entry.applicant.county_name} {entry.applicant.name}"
            self._journal.note(
                "corrected",
                f"{where}:{finding.message}(已更正)",
                f"{entry.applicant.county_code} {finding.indicator} {finding.data_year}: "
                f"{finding.message_en} (corrected)",
            )
        if _has_two_definitions(entry):
            self._journal.note(
                "corrected",
                "公开报道 865.39 亿元(2022)与 517 亿元(2023,增长 10.6 %)是两个口径;按后一口径 2022 年为 467.45 亿元",
                "865.39 (2022) and 517 (2023, +10.6 %) are two definitions; by the latter, 2022 was 467.45",
            )
        if not errors or current.content_hash != prepared.content_hash:
            return current
        client = self._cast.registry(preparer(entry.applicant.county_code))
        return await client.revise_filing(self._kind, prepared.code, right, version=current.version)

    async def _sign_off_and_recommend(
        self, applicant: Applicant, current: FilingDetailView
    ) -> FilingDetailView:
        mark = current.content_hash[-16:]
        state = current.state
        if state == "draft":
            client = self._cast.registry(signer(applicant.county_code))
            signed = await client.sign_off_filing(
                self._kind,
                current.code,
                content_hash=current.content_hash,
                key=f"{self._key}:sign:{current.code}:{mark}",
            )
            state = signed.state
        city = self._city_of[applicant.county_code]
        if state == "signed_off" and city is not None:
            await self._cast.registry(reviewer(city)).recommend_filing(
                self._kind,
                current.code,
                note="情况属实,同意推荐(演示)",
                key=f"{self._key}:recommend:{current.code}:{mark}",
            )
        return await self._cast.registry(preparer(applicant.county_code)).filing(self._kind, current.code)

    async def _send_back(
        self,
        applicant: Applicant,
        prepared: FilingDetailView,
        current: FilingDetailView,
        right: dict[str, Any],
    ) -> None:
        """An export figure differs from the customs statistics: the department sends it back."""
        commerce = self._cast.registry(department("省商务厅"))
        reason = {"indicator": "exports", "data_year": 2023, "reason": "与海关统计不一致,请核实(演示)"}
        await commerce.send_back_filing(
            self._kind,
            prepared.code,
            note="出口额需核实(演示)",
            reasons=[reason],
            key=f"{self._key}:send-back:{prepared.code}",
        )
        self._journal.note(
            "corrected",
            f"{applicant.county_name} {applicant.name}:出口额与海关统计不一致,省商务厅退回,县里更正后重新盖章",
            f"{applicant.county_code} exports 2023: sent back by the department, corrected, signed off again",
        )
        county = self._cast.registry(preparer(applicant.county_code))
        current = await county.filing(self._kind, prepared.code)
        if current.content_hash == prepared.content_hash:
            current = await county.revise_filing(self._kind, prepared.code, right, version=current.version)
        await self._sign_off_and_recommend(applicant, current)


def _with_mistake(entry: Filed, right: dict[str, Any]) -> dict[str, Any]:
    """The first version that the county files: right for most, with a known kind of mistake for some."""
    applicant = entry.applicant
    wrong = deepcopy(right)
    values = {(value["indicator"], value["data_year"]): value for value in wrong["values"]}
    if _has_two_definitions(entry):
        # Two published figures of two definitions: 865.39 亿元 (2022) and 517 亿元 (2023, "+10.6 %").
        right_value = next(
            value
            for value in right["values"]
            if (value["indicator"], value["data_year"]) == ("above_scale_output", 2022)
        )
        same_definition = (Decimal("5170000") / Decimal("1.106")).quantize(Decimal("0.01"))
        entry.figures["above_scale_output", 2022] = same_definition
        entry.labels["above_scale_output", 2022] = Labelled(
            "derived", "公开报道:kjt(517亿元,增长10.6%)推算", "规上工业产值(与2023年同口径)"
        )
        right_value |= entry.value("above_scale_output", 2022)
    elif applicant.target_rank == UNIT_SLIP:
        slipped = values["operating_revenue", 2023]
        slipped["value"] = format((Decimal(slipped["value"]) / WAN_PER_YI).quantize(Decimal("0.01")), "f")
    elif applicant.target_rank == SENT_BACK:
        exports = values["exports", 2023]
        exports["value"] = format(
            (Decimal(exports["value"] or 0) * Decimal("1.3")).quantize(Decimal("0.01")), "f"
        )
        exports["state"] = "value"
    return wrong


def _has_two_definitions(entry: Filed) -> bool:
    """Of the year for which both figures were published, that is of the first application."""
    return entry.cluster is None and (entry.applicant.county_code, entry.applicant.name) == _HANCHUAN_TEXTILE
