"""What scoring refuses, as sentences."""

from collections.abc import Sequence

from shared.errors import Item, Kind, MakerCannotCheck, Refusal


class SchemeInvalid(Refusal):
    """The scheme breaks rules; every one of them is an item with its path."""

    code = "scheme-invalid"

    def __init__(self, problems: Sequence[Item]) -> None:
        items = [Item(field=p.field or "scheme", rule=p.rule, zh=p.zh, en=p.en) for p in problems]
        super().__init__(
            f"评估方案有{len(items)}处错误", f"The scheme breaks {len(items)} rules", items=items
        )


class SnapshotDoesNotFitScheme(Refusal):
    """The scheme reads what the snapshot does not have, or is not meant for it."""

    code = "snapshot-does-not-fit-scheme"


class StepNotPossible(Refusal):
    """A step of the scheme has no result on these values; the item names the leaf or node and the rule."""

    code = "step-not-possible"

    @classmethod
    def at(cls, node: str, rule: str, zh: str, en: str) -> "StepNotPossible":
        item = Item(field=node, rule=rule, zh=zh, en=en)
        return cls(f"{node}:{zh}", f"{node}: {en}", items=[item])


class DataDoesNotFitScheme(Refusal):
    """The table lacks what the scheme reads, or holds what is no value; one item per row and column."""

    code = "data-does-not-fit-scheme"


class EnginesDisagree(Refusal):
    """The analysis engine differs from the official one: a defect, and no release may be made on it."""

    kind = Kind.CONFLICT
    code = "engines-disagree"


class ExamplesFail(Refusal):
    """A worked example of the scheme gives another score than its author expects."""

    kind = Kind.CONFLICT
    code = "examples-fail"


class FactorNotInScheme(Refusal):
    """An uncertainty factor names a step that the scheme does not have."""

    code = "factor-not-in-scheme"


class SchemeDoesNotKnowKind(Refusal):
    code = "scheme-does-not-know-kind"


class TieUndecided(Refusal):
    """The tie-break chain is exhausted and the scheme asks to stop rather than to share a rank."""

    kind = Kind.CONFLICT
    code = "tie-undecided"


class CutUndecided(Refusal):
    """Equals do not fit the places left, and the scheme asks to stop."""

    kind = Kind.CONFLICT
    code = "cut-undecided"


class UnitNotInRelease(Refusal):
    code = "unit-not-in-release"


class AssessmentNotInState(Refusal):
    kind = Kind.CONFLICT
    code = "assessment-not-in-state"


class AssessmentAlreadyExists(Refusal):
    """One live assessment for programme, year and kind."""

    kind = Kind.CONFLICT
    code = "assessment-already-exists"


class SchemeVersionAlreadyExists(Refusal):
    kind = Kind.CONFLICT
    code = "scheme-version-already-exists"


class SchemeVersionNotInState(Refusal):
    kind = Kind.CONFLICT
    code = "scheme-version-not-in-state"


class SchemeNotFrozen(Refusal):
    """Minima, means or weights of the scheme are computed from whoever takes part, and not frozen."""

    kind = Kind.CONFLICT
    code = "scheme-not-frozen"


class SchemeNotPublished(Refusal):
    """Only a published scheme may be applied."""

    kind = Kind.CONFLICT
    code = "scheme-not-published"


class DecisionIsNotOnCurrentRelease(Refusal):
    kind = Kind.CONFLICT
    code = "decision-is-not-on-current-release"


class DecisionLiesInTheFuture(Refusal):
    code = "decision-lies-in-the-future"


class DecisionPrecedesItsRelease(Refusal):
    """Nobody decides on figures before the cut-off, or on a superseding list before the ruling it came of."""

    code = "decision-precedes-its-release"


class DocumentNumberDecidedAnotherRelease(Refusal):
    """A superseding list has a decision of its own, with its own document number."""

    kind = Kind.CONFLICT
    code = "document-number-decided-another-release"


class ObjectionOutsideNoticePeriod(Refusal):
    kind = Kind.CONFLICT
    code = "objection-outside-notice-period"


class ObjectorCannotRule(MakerCannotCheck):
    """The audit does not name who was refused: it would say who objected."""

    confidential = True


class ObjectionAlreadyRuled(Refusal):
    kind = Kind.CONFLICT
    code = "objection-already-ruled"


class ReleaseSupersededMeanwhile(Refusal):
    """Another ruling led to a new release while this one was computed; the same command may be sent again."""

    kind = Kind.CONFLICT
    code = "release-superseded-meanwhile"


class RemedyDoesNotFitRuling(Refusal):
    """An upheld objection has a remedy, a rejected one has none."""

    code = "remedy-does-not-fit-ruling"


class CorrectionChangesNothing(Refusal):
    code = "correction-changes-nothing"


class NoticeIsNotOver(Refusal):
    kind = Kind.CONFLICT
    code = "notice-is-not-over"


class NoticeEndIsProvisional(Refusal):
    """Nothing is signed on a notice whose last day may still move."""

    kind = Kind.CONFLICT
    code = "notice-end-is-provisional"


class ObjectionsAreOpen(Refusal):
    kind = Kind.CONFLICT
    code = "objections-are-open"


class SnapshotIsOfAnotherRound(Refusal):
    """A correction restates the same round: programme, years, kind and units."""

    code = "snapshot-is-of-another-round"
