"""Typed client of the registry; a file for each part of its interface, as in the service."""

from shared.http.registry.designations import DesignationCalls
from shared.http.registry.filings import FilingCalls
from shared.http.registry.programmes import ProgrammeCalls
from shared.http.registry.reference import ReferenceCalls
from shared.http.registry.registers import RegisterCalls


class RegistryClient(ReferenceCalls, ProgrammeCalls, RegisterCalls, FilingCalls, DesignationCalls):
    """Everything that other services and clients ask of the registry."""

    service = "registry"
