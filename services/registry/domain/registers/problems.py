"""What is wrong in a file or a request: by sheet, row and column, all at once."""

from dataclasses import dataclass, field

from services.registry.domain.registers.cells import Severity


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem of a file: sheet, row and column as Excel shows them; row 0 is the file as a whole."""

    row: int
    field: str
    column: str
    rule: str
    severity: Severity
    zh: str
    en: str


@dataclass(slots=True)
class ProblemList:
    """Collects problems up to a number that a person can read, and counts all of them."""

    limit: int
    kept: list[Problem] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def add(self, problem: Problem) -> None:
        if problem.severity == "error":
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.kept) < self.limit:
            self.kept.append(problem)


def whole_file(rule: str, zh: str, en: str) -> Problem:
    """A problem of the file as a whole."""
    return Problem(0, "", "", rule, "error", zh, en)
