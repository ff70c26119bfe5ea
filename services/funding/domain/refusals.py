"""What funding refuses, as sentences."""

from collections.abc import Sequence

from shared.errors import Item, Kind, Refusal


class IncentiveRulesInvalid(Refusal):
    """The rules break rules; every one of them is an item with its path."""

    code = "incentive-rules-invalid"

    def __init__(self, problems: Sequence[Item]) -> None:
        items = [Item(p.field or "rules", p.rule, p.zh, p.en) for p in problems]
        super().__init__(
            f"激励规则有{len(items)}处错误", f"The incentive rules have {len(items)} error(s)", items=items
        )


class VersionAlreadyPublished(Refusal):
    """A published version is immutable: another content takes another version."""

    kind = Kind.CONFLICT
    code = "version-already-published"


class RulesNotInEffect(Refusal):
    kind = Kind.CONFLICT
    code = "rules-not-in-effect"


class NegativeListNotInForce(Refusal):
    """A project is judged by the list in force on the day of its test; no list is in force before its document."""

    kind = Kind.CONFLICT
    code = "negative-list-not-in-force"


class NegativeListSuperseded(Refusal):
    """Another version of the rules names a newer list that is in force."""

    kind = Kind.CONFLICT
    code = "negative-list-superseded"


class RulesOfOtherProgramme(Refusal):
    code = "rules-of-other-programme"


class ReleaseIsAnother(Refusal):
    code = "release-is-another"


class ReleaseNotFinal(Refusal):
    kind = Kind.CONFLICT
    code = "release-not-final"


class ReleaseOfOtherProgramme(Refusal):
    code = "release-of-other-programme"


class ReleaseSuperseded(Refusal):
    """Its filing round has a newer final release."""

    kind = Kind.CONFLICT
    code = "release-superseded"


class SeveralReleasesWithoutRule(Refusal):
    kind = Kind.CONFLICT
    code = "several-releases-without-rule"


class ReleasesDoNotFit(Refusal):
    """Several releases cannot be one list; every reason is an item."""

    kind = Kind.CONFLICT
    code = "releases-do-not-fit"


class DesignationsOfOtherProgramme(Refusal):
    code = "designations-of-other-programme"


class DesignationsNotRecorded(Refusal):
    kind = Kind.CONFLICT
    code = "designations-not-recorded"


class TiersExceedPool(Refusal):
    kind = Kind.CONFLICT
    code = "tiers-exceed-pool"


class ReserveExceedsPool(Refusal):
    kind = Kind.CONFLICT
    code = "reserve-exceeds-pool"


class RanksAreNotCompetitionRanks(Refusal):
    """Ranks must run 1, 2, 2, 4: gaps or dense ranks would move every cut."""

    code = "ranks-are-not-competition-ranks"


class StratumUnknown(Refusal):
    code = "stratum-unknown"


class TieUndecided(Refusal):
    """The tie keys are used up and equals still stand at a tier's cut."""

    kind = Kind.CONFLICT
    code = "tie-undecided"


class QuantityUndefined(Refusal):
    """A figure is missing, or a division has no result."""

    code = "quantity-undefined"


class RanksMissing(Refusal):
    """The rules go by ranks, and the list has none."""

    code = "ranks-missing"


class BudgetInvalid(Refusal):
    code = "budget-invalid"


class RankingInvalid(Refusal):
    """The ranking's table breaks rules; every one is an item with its row and column."""

    code = "ranking-invalid"


class AmountsExceedPool(Refusal):
    """What the rules give is more than there is, and they do not say what happens then."""

    kind = Kind.CONFLICT
    code = "amounts-exceed-pool"


class FloorsExceedPool(Refusal):
    """The floors (or bases) alone are more than there is; nothing is scaled down in silence."""

    kind = Kind.CONFLICT
    code = "floors-exceed-pool"


class LimitsContradict(Refusal):
    """A unit's floor lies above its cap, or the floors of a group above the group's cap."""

    kind = Kind.CONFLICT
    code = "limits-contradict"


class AmountBelowZero(Refusal):
    """A computed amount (or a base) is below zero: the rules say so themselves where it is meant to be 0."""

    code = "amount-below-zero"


class NothingToShareBy(Refusal):
    """Every unit weighs zero, or one weighs less."""

    code = "nothing-to-share-by"


class PoolMissing(Refusal):
    """Neither the rules nor the round say how much money there is."""

    code = "pool-missing"


class VariantsClash(Refusal):
    """Variants of a simulation must be told apart, and each has its rules from one place."""

    code = "variants-clash"


class ExamplesFail(Refusal):
    """Worked examples of the rules do not come out as written; every difference is an item."""

    code = "examples-fail"


class LineNotPassable(Refusal):
    """Money that could not be passed down is not awarded."""

    kind = Kind.CONFLICT
    code = "line-not-passable"


class LineIsOpened(Refusal):
    """Awards of before the system rest on the line."""

    kind = Kind.CONFLICT
    code = "line-is-opened"


class OpeningInvalid(Refusal):
    """The spreadsheet of an opening breaks rules; every one is an item with its row and column."""

    code = "opening-invalid"


class LiveRoundAlreadyExists(Refusal):
    """One live round for programme, fiscal year and purpose, but for second rewards; one for a line."""

    kind = Kind.CONFLICT
    code = "live-round-already-exists"


class SecondRewardWithoutGround(Refusal):
    """The same results were rewarded already; every earlier round is an item."""

    kind = Kind.CONFLICT
    code = "second-reward-without-ground"


class SecondRewardWithoutFirst(Refusal):
    kind = Kind.CONFLICT
    code = "second-reward-without-first"


class RoundNotInState(Refusal):
    kind = Kind.CONFLICT
    code = "round-not-in-state"


class MoneyNotAvailable(Refusal):
    """An account would fall below its minimum."""

    kind = Kind.CONFLICT
    code = "money-not-available"


class TransferKeyReused(Refusal):
    """The permanent key of a transfer was used for another content."""

    code = "transfer-key-reused"


class TransferInvalid(Refusal):
    code = "transfer-invalid"


class TransferAlreadyReversed(Refusal):
    kind = Kind.CONFLICT
    code = "transfer-already-reversed"


class ProjectNotInRegister(Refusal):
    code = "project-not-in-register"


class ProjectDiffers(Refusal):
    """What is said of a project differs from what the registry's register says."""

    code = "project-differs"


class ProjectAlreadyRegistered(Refusal):
    kind = Kind.CONFLICT
    code = "project-already-registered"


class ProjectsAlreadyTested(Refusal):
    """A project is tested once for an instrument and a release."""

    kind = Kind.CONFLICT
    code = "projects-already-tested"


class FundOrderNotPossible(Refusal):
    """Every reason against the order (or the orders) is an item."""

    kind = Kind.CONFLICT
    code = "fund-order-not-possible"


class AlreadyDecidedByYou(Refusal):
    """The same person reviews once more what they reviewed: often an answer was lost, and the review counts."""

    kind = Kind.CONFLICT
    code = "already-decided-by-you"


class AlreadyApprovedByYou(AlreadyDecidedByYou):
    code = "already-approved-by-you"


class AlreadyRejectedByYou(AlreadyDecidedByYou):
    code = "already-rejected-by-you"


class FundOrderNotProposed(Refusal):
    kind = Kind.CONFLICT
    code = "fund-order-not-proposed"


class RoundNotReady(Refusal):
    """Every reason against the step is an item."""

    kind = Kind.CONFLICT
    code = "round-not-ready"


class BudgetProjectRefused(Refusal):
    kind = Kind.CONFLICT
    code = "budget-project-refused"


class PaymentsRefused(Refusal):
    """The whole file is refused; every wrong row is an item."""

    kind = Kind.CONFLICT
    code = "payments-refused"


class PaymentFileInvalid(Refusal):
    code = "payment-file-invalid"


class PeriodReversed(Refusal):
    code = "period-reversed"


class LedgerNotSound(Refusal):
    kind = Kind.CONFLICT
    code = "ledger-not-sound"
