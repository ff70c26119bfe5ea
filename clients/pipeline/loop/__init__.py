"""One tick after another: claim a cycle, take its next step, let go."""
