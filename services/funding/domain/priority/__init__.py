"""Priority under an instrument: each project's own test, and the list."""
