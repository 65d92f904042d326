"""The full audit of a log: every hash, seal, signature, key and public decision, made again.

The auditor has two anchors (the log's key and the registrar's root) and the public log; with the
data folder it also compares what is stored there with what is published. What it finds wrong it
reports and goes on, so that one report names everything.
"""

from ledger.auditing.audits import HowToAudit, audit_log
from ledger.auditing.report import MAX_PROBLEMS, AuditReport, Problem
from ledger.auditing.sealing import (
    SEAL_CLOCK_TOLERANCE,
    SEAL_DATED_AHEAD,
    SEAL_WITNESSED_LATE,
    WitnessRule,
)
from ledger.auditing.state_file import StateFile

__all__ = [
    "MAX_PROBLEMS",
    "SEAL_CLOCK_TOLERANCE",
    "SEAL_DATED_AHEAD",
    "SEAL_WITNESSED_LATE",
    "AuditReport",
    "HowToAudit",
    "Problem",
    "StateFile",
    "WitnessRule",
    "audit_log",
]
