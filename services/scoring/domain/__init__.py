"""Rules of scoring, pure and exact: no clock, no I/O, no framework."""
