"""Notices by e-mail: who gets them, what they say, and sending them at least once."""
