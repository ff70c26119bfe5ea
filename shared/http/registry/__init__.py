"""Typed client of the registry; a file for each part of its interface, as in the service."""

from shared.http.registry.case_notes import CaseNoteCalls
from shared.http.registry.designations import DesignationCalls
from shared.http.registry.filings import FilingCalls
from shared.http.registry.programmes import ProgrammeCalls
from shared.http.registry.reference import ReferenceCalls
from shared.http.registry.registers import RegisterCalls
from shared.http.registry.targets import TargetCalls
from shared.http.registry.tasks import TaskCalls


class RegistryClient(
    ReferenceCalls,
    ProgrammeCalls,
    TaskCalls,
    RegisterCalls,
    FilingCalls,
    DesignationCalls,
    CaseNoteCalls,
    TargetCalls,
):
    """Everything that other services and clients ask of the registry."""

    service = "registry"
