"""The annual pipeline: a year is rows; one tick reads them and the services' state, and takes the next step that may be
taken (``docs/decisions/0017-a-year-is-rows.md``).
"""
