"""How many examples a property is tried on: a few in each run, ten times as many in `make test-long`."""

import os


def examples(usual: int) -> int:
    return usual * int(os.environ.get("EXAMPLES", "1"))
