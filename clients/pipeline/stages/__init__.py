"""The stages of a year: what each waits for, proposes, does and verifies."""
