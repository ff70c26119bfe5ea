"""What most rules have in common: a name in two languages, where the rule comes from, which statuses it asks for."""

from typing import Final

from services.funding.domain.fields import Fields
from services.funding.domain.incentive import Label, Named, Source, Status, Use

USES_LIMIT: Final = 100
NAMED: Final = ("code", "zh", "en", "label")
SOURCE: Final = ("clause", "basis")
OPTIONAL_SOURCE: Final = ("label", *SOURCE)


def read_source(fields: Fields) -> Source:
    """An official rule cites its clause, a published figure its publication; a rule of ours never cites a clause."""
    label = fields.choice("label", Label)
    source = Source(label, fields.optional_text("clause"), fields.optional_text("basis"))
    if not fields.has("label"):
        return source
    if label is Label.OFFICIAL and source.clause is None:
        fields.report("clause-missing", "官方规则须注明条款", "an official rule must name its clause")
    if label is Label.PUBLISHED and source.basis is None:
        fields.report(
            "basis-missing", "公布数须注明出处", "a published figure must name its publication (basis)"
        )
    if label is not Label.OFFICIAL and source.clause is not None:
        zh, en = "非官方规则不得引用条款(可用 basis)", "only an official rule cites a clause (use basis)"
        fields.report("clause-of-own-rule", zh, en, at="clause")
    return source


def read_optional_source(fields: Fields) -> Source:
    """The same where the label may be left out: a clause makes a rule official, else it is ours."""
    if fields.has("label"):
        return read_source(fields)
    clause, basis = fields.optional_text("clause"), fields.optional_text("basis")
    return Source(Label.OFFICIAL if clause else Label.ILLUSTRATIVE, clause, basis)


def read_named(fields: Fields) -> Named:
    return Named(fields.code("code"), fields.text("zh"), fields.text("en"), read_source(fields))


def read_uses(fields: Fields) -> tuple[Use, ...]:
    """What money or priority may be for; at least one."""

    def read(document: object, path: str) -> Use:
        own = Fields(document, path, fields.problems, required=(*NAMED, "needs_consent"), optional=SOURCE)
        return Use(name=read_named(own), needs_consent=own.flag("needs_consent"))

    return fields.each("uses", read, limit=USES_LIMIT, minimum=1)


def read_statuses(fields: Fields) -> frozenset[Status]:
    known = {status.value: status for status in Status}
    codes = fields.codes("statuses")
    for code in codes:
        if code not in known:
            fields.report("unknown-status", f"没有状态 {code}", f"there is no status {code}", at="statuses")
    return frozenset(known[code] for code in codes if code in known)
