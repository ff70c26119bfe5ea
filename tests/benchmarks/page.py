"""The page ``docs/performance.md`` from the figures."""

from typing import Any


def page(found: dict[str, Any]) -> str:
    host = found["machine"]
    lines = [
        "# Performance · 性能",
        "",
        "Made by `make bench ARGS=--keep`; raw figures in `performance.json`. The arms of a comparison run in turns,",
        "round by round, each on a database of its own; medians, and the ratio within a round with its spread.",
        "",
        f"Machine: {host['processor']}, {host['cores']} cores, {host['memory_gib']} GiB, {host['system']}, "
        f"Python {host['python']}, PostgreSQL {host['postgresql']} (embedded, fsync on).",
    ]
    for entry in found["comparisons"]:
        lines += ["", f"## {entry['title']}", "", f"{entry['rounds']} rounds. {entry['notes']}.", ""]
        extra = sorted(
            {name for arm in entry["arms"].values() for name in arm}
            - _SHOWN
            - {f"{entry['unit']}_per_second"}
        )
        heads = ["arm", "median s", f"{entry['unit']}/s", "speed against baseline", "spread", *extra]
        lines += ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
        for name, arm in entry["arms"].items():
            low, high = arm["speed_ratio_spread"]
            cells = [
                name, f"{arm['seconds_median']:.2f}", f"{arm[entry['unit'] + '_per_second']:,}",
                f"{arm['speed_ratio_median']:.2f}", f"{low:.2f} to {high:.2f}", *(str(arm.get(x, "")) for x in extra),
            ]  # fmt: skip
            lines.append("| " + " | ".join(cells) + " |")
        lines += _slow(entry["arms"])
        if entry["target_speed_ratio"] is not None:
            lines += ["", f"Target: at least {entry['target_speed_ratio']} of the baseline's speed."]
    return "\n".join(lines) + "\n"


def _slow(arms: dict[str, Any]) -> list[str]:
    """How many times longer those arms take that are far behind the second one, which is ours."""
    ours, *_ = list(arms)[1:2]
    own = arms[ours]["seconds_median"]
    told = [
        f"* `{name}` takes {arm['seconds_median'] / own:,.0f} times as long as `{ours}`."
        for name, arm in arms.items()
        if arm["speed_ratio_median"] < 0.05 and not name.startswith("part")
    ]
    return ["", *told] if told else []


_SHOWN = {"seconds_median", "seconds_all", "speed_ratio_median", "speed_ratio_spread"}
