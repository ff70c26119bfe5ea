"""What most rules have in common: a name in two languages, where the rule comes from, which statuses it asks for."""

from typing import Final

from services.funding.domain.reading.fields import Fields
from services.funding.domain.rules.vocabulary import Named, Status, Use
from shared.policy.source import SOURCE_KEYS, read_source

USES_LIMIT: Final = 100
NAMED: Final = ("code", "zh", "en", "label")


def read_named(fields: Fields) -> Named:
    return Named(fields.code("code"), fields.text("zh"), fields.text("en"), read_source(fields))


def read_uses(fields: Fields) -> tuple[Use, ...]:
    """What money or priority may be for; at least one."""

    def read(document: object, path: str) -> Use:
        own = Fields(
            document, path, fields.problems, required=(*NAMED, "needs_consent"), optional=SOURCE_KEYS
        )
        return Use(name=read_named(own), needs_consent=own.flag("needs_consent"))

    return fields.each("uses", read, limit=USES_LIMIT, minimum=1)


def read_statuses(fields: Fields) -> frozenset[Status]:
    known = {status.value: status for status in Status}
    codes = fields.codes("statuses")
    for code in codes:
        if code not in known:
            fields.report("unknown-status", f"没有状态 {code}", f"there is no status {code}", at="statuses")
    return frozenset(known[code] for code in codes if code in known)
