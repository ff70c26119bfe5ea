"""All commands that move money, in any order, against a small model; each of them sent twice."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import httpx
import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from joserfc.jwk import OKPKey

from services.funding.storage.ledger.check import check_ledger
from services.funding.storage.tables.ledger import account
from shared.text.money import MAX_FEN
from tests.integration.funding.money.money_model import (
    AWARDS,
    CITY,
    DISTRICTS,
    ROUND_MOVES,
    Model,
    first_holder,
)
from tests.support.funding import (
    WAN,
    BelowFunding,
    FundingStory,
    designations_of,
    key,
    release_of,
    running_funding,
)
from tests.support.money import APPROVE, NOTE, Desks, city_finance, city_reviewer, county_finance
from tests.support.people import FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER, Issuer, Person
from tests.support.postgres import Server, cloned_database
from tests.support.registry_story import ok

SEED = 20240527
YEARS = (2024, 2025, 2026)
COUNTIES = st.sampled_from(["420281", "421303", "429006", "421321"])  # one of them without an award
ALL = 0  # as much as is there
AMOUNTS = st.one_of(
    st.just(ALL),
    st.integers(1, 1_000).map(lambda wan: wan * WAN),
    st.sampled_from([1, 500 * WAN, 700 * WAN, 8_500 * WAN, MAX_FEN]),
)
Result = TypeVar("Result")


class MoneyMachine(RuleBasedStateMachine):
    """``world`` is set by the test: the database server, the issuer, the release key, a folder."""

    world: ClassVar[tuple[Server, Issuer, OKPKey, Path]]
    steps: ClassVar[int] = 0

    @initialize(issued=st.sampled_from([0, 1, 2]))
    def start(self, issued: int) -> None:
        """A new ledger, where ``issued`` years have their awards already."""
        server, issuer, release_key, folder = self.world
        self.model = Model()
        self.codes: dict[str, str] = {}
        self.runner = asyncio.Runner()
        self.closing, self.async_closing = ExitStack(), AsyncExitStack()
        url = self.closing.enter_context(cloned_database(server, "funding"))
        below = BelowFunding(release_key)
        running = running_funding(folder, issuer, url, folder / "release-jwks.json", below.transports)
        self.funding = self.run(self.async_closing.enter_async_context(running))
        self.desks = Desks(FundingStory(self.funding, below))
        self.releases = {}
        for year in YEARS:
            release = release_of(assessment_year=year, data_year=year - 1)
            self.releases[year] = below.put(release)
            below.designate(designations_of(release))
        ok(self.run(self.desks.story.publish()))
        for year in YEARS[:issued]:
            self.record_year(year, 9_000 * WAN)
            for step in ("allocation", "proposal", "approve", "issue"):
                self.round_step(f"line-{year}", step)

    def record_year(self, year: int, amount: int) -> None:
        """A line with an open round."""
        self.record_line(year, amount)
        self.open_round_of(f"line-{year}")

    def teardown(self) -> None:
        if hasattr(self, "runner"):
            self.run(self.async_closing.aclose())
            self.closing.close()
            self.runner.close()

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def twice(self, person: Person, path: str, body: Any, *, accepted: bool) -> httpx.Response:
        """The command and the same again: one answer, one effect; refused with a problem where the model says so."""
        type(self).steps += 1
        name = key()
        first = self.run(self.desks.story.post(person, path, body, command=name))
        assert (first.status_code < 300) == accepted, (path, body, first.text, self.model)
        assert accepted or first.status_code in (403, 404, 409, 422), first.text
        again = self.run(self.desks.story.post(person, path, body, command=name))
        assert again.status_code == first.status_code
        if accepted:
            assert again.json() == first.json()
        return first

    def there(self, code: str) -> int:
        return max(1, self.model.balances[code])

    def line(self, choice: int) -> str:
        return sorted(self.model.years)[choice % len(self.model.years)]

    @rule(year=st.sampled_from(YEARS), amount=AMOUNTS)
    @precondition(lambda self: len(self.model.years) < len(YEARS))
    def record_appropriation(self, year: int, amount: int) -> None:
        self.record_line(year, amount)

    def record_line(self, year: int, amount: int) -> None:
        line, amount = f"line-{year}", amount or 9_000 * WAN
        if line not in self.model.years:
            body = self.desks.story.appropriation(
                code=line,
                fiscal_year=year,
                amount_fen=amount,
                document_number=self.desks.document(),
                document_date=self.desks.today,
                budget_approved_on=self.desks.today,
            )
            proposed = self.twice(FINANCE_MAKER, "/v1/fund-orders", body, accepted=True)
            review = {"orders": [proposed.json()["number"]], "decision": "approve", "minutes": "纪要"}
            self.twice(FINANCE_REVIEWER, "/v1/fund-order-reviews", review, accepted=True)
            self.model.years[line] = year
            self.model.apply({f"{line}:source": -amount, f"{line}:available": amount})

    @rule(choice=st.integers(0, 2))
    @precondition(lambda self: self.model.years)
    def open_round(self, choice: int) -> None:
        self.open_round_of(self.line(choice))

    def open_round_of(self, line: str) -> None:
        body = self.desks.story.round(
            appropriation=line, release_sha256=self.releases[self.model.years[line]]
        )
        free = self.model.rounds.get(line, "withdrawn") == "withdrawn"
        opened = self.twice(PROVINCE_OFFICER, "/v1/rounds", body, accepted=free)
        if free:
            self.model.rounds[line] = "draft"
            self.codes[line] = str(opened.json()["code"])

    @rule(choice=st.integers(0, 2), step=st.sampled_from(sorted(ROUND_MOVES)))
    @precondition(lambda self: self.model.rounds)
    def take_round_step(self, choice: int, step: str) -> None:
        lines = sorted(self.model.rounds)
        self.round_step(lines[choice % len(lines)], step)

    def round_step(self, line: str, step: str) -> None:
        code = self.codes[line]
        possible, after = ROUND_MOVES[step]
        state = self.model.rounds[line]
        moves = self._round_moves(line, step, state)
        accepted = state in possible and self.model.possible(moves)
        person, path, body = {
            "allocation": (PROVINCE_OFFICER, "allocation", None),
            "proposal": (PROVINCE_OFFICER, "proposal", NOTE),
            "approve": (FINANCE_REVIEWER, "review", APPROVE),
            "reject": (FINANCE_REVIEWER, "review", {**APPROVE, "decision": "reject"}),
            "issue": (FINANCE_MAKER, "issue", None),
            "withdrawal": (PROVINCE_OFFICER, "withdrawal", {"reason": "重新测算"}),
        }[step]
        self.twice(person, f"/v1/rounds/{code}/{path}", body, accepted=accepted)
        if accepted:
            self.model.apply(moves)
            self.model.rounds[line] = after

    def _round_moves(self, line: str, step: str, state: str) -> dict[str, int]:
        pool = 8_000 * WAN
        match step:
            case "allocation":
                return {f"{line}:available": -pool, f"{line}:reserved": pool}
            case "withdrawal" if state != "draft":
                return {f"{line}:available": pool, f"{line}:reserved": -pool}
            case "issue":
                awards = {f"{line}:awarded:{cluster}": amount for cluster, amount in AWARDS.items()}
                return {f"{line}:reserved": -pool, **awards}
        return {}

    @rule(choice=st.integers(0, 2), direction=st.sampled_from(["increase", "decrease"]), amount=AMOUNTS)
    @precondition(lambda self: self.model.years)
    def propose_change(self, choice: int, direction: str, amount: int) -> None:
        amount = amount or self.there(f"{self.line(choice)}:available")
        self.propose(choice, "appropriation_change", direction=direction, amount_fen=amount)

    @rule(
        choice=st.integers(0, 2), county=COUNTIES, second=st.booleans(), right=st.booleans(), amount=AMOUNTS
    )
    @precondition(lambda self: self.model.years)
    def propose_passing_down(
        self, choice: int, county: str, *, second: bool, right: bool, amount: int
    ) -> None:
        line = self.line(choice)
        cluster = f"{county}-01"
        by = FINANCE_MAKER
        to, owed = first_holder(county), self.model.owed_by(cluster, self.model.years[line])
        if second and county in DISTRICTS and self.model.issued(line):
            by, to, owed = city_finance(str(CITY[county])), county, 0
        holder = f"passed_down:{CITY[county]}" if by is not FINANCE_MAKER else "awarded"
        amount = amount or self.there(f"{line}:{holder}:{cluster}")
        entry = {
            "cluster": cluster,
            "to_division": to,
            "amount_fen": amount,
            "deducted_fen": min(owed, amount) if right else 0,
        }
        self.propose(choice, "pass_down", by=by, deadline="2026-12-31", late_ground="预算执行", lines=[entry])

    @rule(choice=st.integers(0, 2), county=COUNTIES, share=st.sampled_from([ALL, 100 * WAN]))
    @precondition(lambda self: any(self.model.issued(line) for line in self.model.years))
    def pass_down_to_the_county(self, choice: int, county: str, share: int) -> None:
        """Quota all the way, with a plan for it: without this few histories come as far as a payment."""
        issued = [n for n in range(3) if self.model.issued(self.line(n))]
        at = issued[choice % len(issued)]
        for second in (False, True) if county in DISTRICTS else (False,):
            self.propose_passing_down(at, county, second=second, right=True, amount=share)
            if self.model.pending:
                self.decide_on(max(self.model.pending), "approve")
        self.register_plan(at, county, share)

    @rule(
        choice=st.integers(0, 2),
        county=COUNTIES,
        method=st.sampled_from(["increase", "decrease", "deduct_next_year"]),
        amount=AMOUNTS,
    )
    @precondition(lambda self: self.model.years)
    def propose_variation(self, choice: int, county: str, method: str, amount: int) -> None:
        amount = amount or self.there(f"{self.line(choice)}:awarded:{county}-01")
        self.propose(choice, "variation", cluster=f"{county}-01", method=method, amount_fen=amount)

    @rule(
        choice=st.integers(0, 2),
        county=COUNTIES,
        method=st.sampled_from(["quota_withdrawn", "deducted_at_settlement", "settle"]),
        amount=AMOUNTS,
        cut=st.booleans(),
    )
    @precondition(lambda self: self.model.years)
    def propose_recovery(self, choice: int, county: str, method: str, amount: int, *, cut: bool) -> None:
        purpose = {"quota_withdrawn": "passed_down", "settle": "settlement_due"}.get(method, "paid")
        amount = amount or self.there(f"{self.line(choice)}:{purpose}:{county}:{county}-01")
        about: dict[str, Any] = {"cluster": f"{county}-01", "division": county, "amount_fen": amount}
        if method == "settle":
            self.propose(choice, "settlement", **about)
        else:
            cuts = self._cuts(self.line(choice), county, amount) if cut else []
            self.propose(choice, "recovery", method=method, ground="misuse", plan_cuts=cuts, **about)

    def _cuts(self, line: str, county: str, amount: int) -> list[dict[str, Any]]:
        """By what the county's plans come down, the first ones first, so that they fit the quota that is left."""
        left = max(0, self.model.balances[self.model.quota(line, county)[0]] - amount)
        need = self.model.unspent(line, county) - left
        cuts = []
        for project in self.model.open_projects(line, county):
            plan = self.model.projects[project][2]
            taken = min(need, plan - self.model.spent(project))
            if taken > 0:
                cuts.append({"budget_project": project, "planned_fen": plan - taken})
                need -= taken
        return cuts

    @rule(
        choice=st.integers(0, 2),
        county=st.one_of(st.none(), COUNTIES),
        disposition=st.sampled_from(["return", "carry_over"]),
        amount=AMOUNTS,
    )
    @precondition(lambda self: self.model.years)
    def propose_year_end(self, choice: int, county: str | None, disposition: str, amount: int) -> None:
        left: dict[str, Any] = (
            {"left_in": "awarded", "cluster": f"{county}-01"} if county else {"left_in": "available"}
        )
        account = f"awarded:{county}-01" if county else "available"
        amount = amount or self.there(f"{self.line(choice)}:{account}")
        self.propose(choice, "year_end", disposition=disposition, amount_fen=amount, **left)

    @rule(choice=st.integers(0, 2), other=st.integers(0, 2), amount=AMOUNTS)
    @precondition(lambda self: self.model.years)
    def propose_carry_in(self, choice: int, other: int, amount: int) -> None:
        into = self.line(other)
        if into != self.line(choice):
            amount = amount or self.there(f"{self.line(choice)}:carried_over")
            self.propose(choice, "carry_in", into=into, amount_fen=amount)

    def propose(self, choice: int, kind: str, *, by: Person = FINANCE_MAKER, **body: Any) -> None:
        line = self.line(choice)
        order = self.desks.order(kind, line, **body)
        accepted = self.model.accepts(order)
        answer = self.twice(by, "/v1/fund-orders", order, accepted=accepted)
        if accepted:
            self.model.pending[str(answer.json()["number"])] = order

    @rule(
        choice=st.integers(0, 50),
        decision=st.sampled_from(["approve", "approve", "approve", "reject", "withdraw"]),
    )
    @precondition(lambda self: self.model.pending)
    def decide(self, choice: int, decision: str) -> None:
        self.decide_on(sorted(self.model.pending)[choice % len(self.model.pending)], decision)

    def decide_on(self, number: str, decision: str) -> None:
        desk = number.split("-")[1]
        reviewer = FINANCE_REVIEWER if desk == "420000" else city_reviewer(desk)
        if decision == "withdraw":
            maker = FINANCE_MAKER if desk == "420000" else city_finance(desk)
            self.twice(maker, f"/v1/fund-orders/{number}/withdrawal", {"reason": "重拟"}, accepted=True)
            del self.model.pending[number]
            return
        accepted = decision == "reject" or self.model.accepts(self.model.pending[number])
        body = {"orders": [number], "decision": decision, "minutes": "纪要"}
        self.twice(reviewer, "/v1/fund-order-reviews", body, accepted=accepted)
        if accepted and decision == "reject":
            del self.model.pending[number]
        elif accepted:
            self.model.take_effect(number)

    @rule(choice=st.integers(0, 2), county=COUNTIES, amount=AMOUNTS)
    @precondition(lambda self: self.model.years)
    def register_budget_project(self, choice: int, county: str, amount: int) -> None:
        self.register_plan(choice, county, amount)

    def register_plan(self, choice: int, county: str, amount: int) -> None:
        line = self.line(choice)
        code = f"P-{len(self.model.projects)}"
        held = self.model.balances[self.model.quota(line, county)[0]]
        amount = amount or max(1, held - self.model.unspent(line, county))
        accepted = (
            self.model.issued(line)
            and f"{county}-01" in AWARDS
            and self.model.unspent(line, county) + amount <= held
        )
        body = {
            "code": code,
            "appropriation": line,
            "cluster": f"{county}-01",
            "name": "平台",
            "unit": "单位",
            "use": "technology_platform",
            "amount_fen": amount,
        }
        self.twice(county_finance(county), "/v1/budget-projects", body, accepted=accepted)
        if accepted:
            self.model.projects[code] = (line, county, amount)

    @rule(choice=st.integers(0, 20), old=st.booleans(), amount=AMOUNTS)
    @precondition(lambda self: self.model.projects)
    def pay(self, choice: int, *, old: bool, amount: int) -> None:
        project = sorted(self.model.projects)[choice % len(self.model.projects)]
        line, county, plan = self.model.projects[project]
        serial = (
            f"S-{max(0, len(self.model.payments) - old)}"  # an old one may be another county's: no matter
        )
        held, paid = self.model.quota(line, county)
        amount = amount or max(1, plan - self.model.spent(project))
        accepted = (
            (county, serial) not in self.model.payments
            and self.model.balances[held] >= amount
            and self.model.spent(project) + amount <= plan
            and project not in self.model.closed
        )
        payment = self.desks.payment(serial, project, amount)
        body = {
            "file_number": f"F-{self.steps}",
            "control_count": 1,
            "control_total_fen": amount,
            "payments": [payment],
        }
        self.twice(county_finance(county), "/v1/treasury-payments", body, accepted=accepted)
        if accepted:
            self.model.payments[county, serial] = (project, amount, 0)
            self.model.apply({held: -amount, paid: amount})

    @rule(choice=st.integers(0, 20), amount=AMOUNTS)
    @precondition(lambda self: self.model.payments)
    def give_back(self, choice: int, amount: int) -> None:
        county, serial = sorted(self.model.payments)[choice % len(self.model.payments)]
        project, sum_paid, back = self.model.payments[county, serial]
        line = self.model.projects[project][0]
        held, paid = self.model.quota(line, county)
        amount = amount or max(1, sum_paid - back)
        accepted = amount <= sum_paid - back and amount <= self.model.balances[paid]
        body = {
            "return_serial": f"R-{self.steps}",
            "amount_fen": amount,
            "returned_on": self.desks.today,
            "reason": "退回",
        }
        path = f"/v1/treasury-payments/{serial}/returns"
        self.twice(county_finance(county), path, body, accepted=accepted)
        if accepted:
            self.model.payments[county, serial] = (project, sum_paid, back + amount)
            self.model.apply({paid: -amount, held: amount})

    @invariant()
    def the_ledger_says_what_the_model_says(self) -> None:
        if hasattr(self, "funding"):
            self.run(self._compare())

    async def _compare(self) -> None:
        async with self.funding.database.transaction() as session:
            proof = await check_ledger(session)
            rows = await session.execute(sa.select(account.c.code, account.c.balance))
            found = {row.code: row.balance for row in rows if row.balance}
        assert proof.sound, proof
        assert found == self.model.expected()


@pytest.fixture
def machine(
    server: Server, issuer: Issuer, release_key: OKPKey, release_jwks: Path, tmp_path: Path
) -> type[MoneyMachine]:
    assert release_jwks.parent == tmp_path
    MoneyMachine.world = (server, issuer, release_key, tmp_path)
    MoneyMachine.steps = 0
    return MoneyMachine


def machine_settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=60,
        deadline=None,
        database=None,
        derandomize=examples < 100,
        suppress_health_check=list(HealthCheck),
    )


def test_any_three_hundred_commands_agree_with_the_model(machine: type[MoneyMachine]) -> None:
    run_state_machine_as_test(machine, settings=machine_settings(7))
    assert machine.steps >= 300


@pytest.mark.long
def test_any_ten_thousand_commands_agree_with_the_model(machine: type[MoneyMachine]) -> None:
    @hypothesis.seed(SEED)
    def run() -> None:
        run_state_machine_as_test(machine, settings=machine_settings(200))

    run()
    print(f"{machine.steps} commands, each sent twice, seed {SEED}")
    assert machine.steps >= 10_000
