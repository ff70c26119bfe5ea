"""Incentive rules as data; the vocabulary stands lowest."""
