"""From a pool and a list to amounts: a chain of exact steps (`chain.py`)."""
