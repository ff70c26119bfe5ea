"""A model of the money in a few lines: what every command must do, written without the code that does it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from shared.text.money import MAX_FEN
from tests.support.funding import CLUSTERS, WAN

POOL = 8_000 * WAN
PRIZES = [1_000 * WAN] * 3 + [700 * WAN] * 5 + [500 * WAN] * 3
AWARDS = {f"{county}-01": prize for (county, _, _), prize in zip(CLUSTERS, PRIZES, strict=False)}
CITY = {county: city for county, city, _ in CLUSTERS}
DISTRICTS = {"420115", "421303", "420304", "420506", "420114"}
ROUND_MOVES = {
    "allocation": ({"draft"}, "allocated"),
    "proposal": ({"allocated"}, "proposed"),
    "approve": ({"proposed"}, "reviewed"),
    "reject": ({"proposed"}, "allocated"),
    "issue": ({"reviewed"}, "issued"),
    "withdrawal": ({"draft", "allocated", "proposed", "reviewed"}, "withdrawn"),
}
Moves = dict[str, int]


def first_holder(county: str) -> str:
    """To whom the province passes a county's quota."""
    return str(CITY[county]) if county in DISTRICTS else county


@dataclass
class Model:
    balances: Counter[str] = field(default_factory=Counter)
    years: dict[str, int] = field(default_factory=dict)
    rounds: dict[str, str] = field(default_factory=dict)  # the state of a line's round
    owed: list[list[Any]] = field(default_factory=list)  # cluster, year, what is still to be deducted
    deducted: Counter[tuple[str, str]] = field(
        default_factory=Counter
    )  # of a line's award, less what it gave up
    pending: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: set[str] = field(default_factory=set)
    projects: dict[str, tuple[str, str, int]] = field(default_factory=dict)  # line, county, plan
    closed: set[str] = field(default_factory=set)  # of the projects
    payments: dict[tuple[str, str], tuple[str, int, int]] = field(default_factory=dict)
    """By county and bank serial: project, paid, returned."""

    def possible(self, moves: Moves) -> bool:
        after = {code: self.balances[code] + amount for code, amount in moves.items()}
        return all((-MAX_FEN if ":source" in code else 0) <= held <= MAX_FEN for code, held in after.items())

    def apply(self, moves: Moves) -> None:
        self.balances.update(moves)

    def expected(self) -> dict[str, int]:
        return {code: amount for code, amount in self.balances.items() if amount}

    def issued(self, line: str) -> bool:
        return self.rounds.get(line) in ("issued", "passed_down")

    def settle_round(self, line: str) -> None:
        left = sum(amount for code, amount in self.balances.items() if code.startswith(f"{line}:awarded:"))
        if self.rounds.get(line) == "issued" and left == 0:
            self.rounds[line] = "passed_down"

    def owed_by(self, cluster: str, before_year: int) -> int:
        return sum(debt[2] for debt in self.owed if debt[0] == cluster and debt[1] < before_year)

    def held(self, line: str, cluster: str) -> int:
        """What is still the cluster's: awarded, on its way down, or paid."""
        return sum(
            amount
            for code, amount in self.balances.items()
            if code.split(":")[0] == line
            and code.split(":")[1] in ("awarded", "passed_down", "paid")
            and code.endswith(f":{cluster}")
        )

    def moves_of(self, order: dict[str, Any]) -> Moves:
        line, amount = order["appropriation"], order.get("amount_fen", 0)
        cluster, division = order.get("cluster"), order.get("division")
        held, paid, due = (
            f"{line}:{purpose}:{division}:{cluster}" for purpose in ("passed_down", "paid", "settlement_due")
        )
        way = order.get("direction") or order.get("method") or order.get("disposition")
        available, returned, awarded = f"{line}:available", f"{line}:returned", f"{line}:awarded:{cluster}"
        left_in = available if order.get("left_in") == "available" else awarded
        ways = {
            ("appropriation_change", "increase"): (f"{line}:source", available),
            ("appropriation_change", "decrease"): (available, f"{line}:source"),
            ("variation", "increase"): (available, awarded),
            ("variation", "decrease"): (awarded, available),
            ("recovery", "quota_withdrawn"): (held, returned),
            ("recovery", "deducted_at_settlement"): (paid, due),
            ("settlement", None): (due, returned),
            ("year_end", "return"): (left_in, returned),
            ("year_end", "carry_over"): (left_in, f"{line}:carried_over"),
            ("carry_in", None): (f"{line}:carried_over", f"{line}:carried_forward"),
        }
        if order["kind"] == "pass_down":
            return self._passed(order)
        if way == "deduct_next_year":
            return {}
        from_, to = ways[order["kind"], way]
        into = order.get("into")
        taken_in = _way(f"{into}:source", f"{into}:available", amount) if into else {}
        return _way(from_, to, amount) | taken_in

    def _passed(self, order: dict[str, Any]) -> Moves:
        line, (entry,) = order["appropriation"], order["lines"]
        cluster, county = entry["cluster"], entry["cluster"][:6]
        from_ = f"{line}:awarded:{cluster}"
        if entry["to_division"] == county and county in DISTRICTS:
            from_ = f"{line}:passed_down:{CITY[county]}:{cluster}"
        return {
            from_: -entry["amount_fen"],
            f"{line}:passed_down:{entry['to_division']}:{cluster}": entry["amount_fen"]
            - entry["deducted_fen"],
            f"{line}:returned": entry["deducted_fen"],
        }

    def accepts(self, order: dict[str, Any]) -> bool:
        """Whether the order could take effect now, its document number apart."""
        line = order["appropriation"]
        if not self.possible(self.moves_of(order)):
            return False
        if order["kind"] == "carry_in":
            return self.years[order["into"]] > self.years[line]
        if order.get("method") == "quota_withdrawn":
            return self._plans_fit(order)
        if order["kind"] not in ("variation", "pass_down"):
            return True
        entry = order["lines"][0] if order["kind"] == "pass_down" else order
        awarded = AWARDS.get(entry["cluster"], 0) if self.issued(line) else 0
        if order["kind"] == "variation":
            left = self.held(line, entry["cluster"]) - self.deducted[line, entry["cluster"]]
            return awarded > 0 and (order["method"] != "deduct_next_year" or order["amount_fen"] <= left)
        second = entry["to_division"] in DISTRICTS
        owed = 0 if second else self.owed_by(entry["cluster"], self.years[line])
        return awarded > 0 and bool(entry["deducted_fen"] == min(owed, entry["amount_fen"]))

    def _plans_fit(self, order: dict[str, Any]) -> bool:
        """Each cut is one, and what the plans are still to pay is there afterwards."""
        line, county = order["appropriation"], order["division"]
        open_ = self.open_projects(line, county)
        cuts = {cut["budget_project"]: cut["planned_fen"] for cut in order["plan_cuts"]}
        for project, planned in cuts.items():
            if project not in open_ or not self.spent(project) <= planned < self.projects[project][2]:
                return False
        still = sum(cuts.get(project, self.projects[project][2]) - self.spent(project) for project in open_)
        return not open_ or still <= self.balances[self.quota(line, county)[0]] - order["amount_fen"]

    def open_projects(self, line: str, county: str) -> list[str]:
        return [
            code
            for code, (at, of, _) in sorted(self.projects.items())
            if (at, of) == (line, county) and code not in self.closed
        ]

    def unspent(self, line: str, county: str) -> int:
        """What a county's open projects are still to pay."""
        return sum(self.projects[code][2] - self.spent(code) for code in self.open_projects(line, county))

    def take_effect(self, number: str) -> None:
        order = self.pending.pop(number)
        self.apply(self.moves_of(order))
        for cut in order.get("plan_cuts", ()):
            project, planned = cut["budget_project"], cut["planned_fen"]
            self.projects[project] = (*self.projects[project][:2], planned)
            if planned == self.spent(project):
                self.closed.add(project)
        if order.get("method") == "deduct_next_year":
            self.owed.append([order["cluster"], self.years[order["appropriation"]], order["amount_fen"]])
            self.deducted[order["appropriation"], order["cluster"]] += order["amount_fen"]
        if order["kind"] == "pass_down":
            (entry,) = order["lines"]
            left = entry["deducted_fen"]
            self.deducted[order["appropriation"], entry["cluster"]] -= left
            for debt in sorted(self.owed, key=lambda debt: int(debt[1])):
                if debt[0] == entry["cluster"] and debt[1] < self.years[order["appropriation"]]:
                    taken = min(left, debt[2])
                    debt[2] -= taken
                    left -= taken
        self.settle_round(order["appropriation"])

    def quota(self, line: str, county: str) -> tuple[str, str]:
        return f"{line}:passed_down:{county}:{county}-01", f"{line}:paid:{county}:{county}-01"

    def spent(self, project: str) -> int:
        return sum(paid - back for of, paid, back in self.payments.values() if of == project)


def _way(from_: str, to: str, amount: int) -> Moves:
    return {from_: -amount, to: amount}
