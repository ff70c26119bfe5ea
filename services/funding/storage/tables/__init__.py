"""The tables of funding. All of them are declared with the first that is imported: foreign keys go across."""

from services.funding.storage.tables import ledger, orders, payments, projects, rounds, rules
from services.funding.storage.tables.metadata import METADATA

__all__ = ["METADATA", "ledger", "orders", "payments", "projects", "rounds", "rules"]
