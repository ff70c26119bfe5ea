"""Accounts of an appropriation, postings between them, and the books for an outside program."""
