"""What a cycle is: plan, stages, gates, days. Pure; no clock and no I/O."""
