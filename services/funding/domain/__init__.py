"""The rules of funding: who gets what and why, what a project must pass. Pure: no clock, no database, no network."""
