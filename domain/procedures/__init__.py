"""Procedures: the published versions of a kind of matter, with its limits and policies as data.

Whatever differs between procedures, or is not settled in the law as we know it, is a field here
and never a constant of the program: the limit, what a supplement does to it, whether waiting for
payment pauses it, how long intake may take. The document is JSON; a small one is
`{"code":"1.004222","level":"commune","limit":{"amount":7,"unit":"working_days"},
"name":{"en":"…","vi":"…"},"version":1}`.
"""

from domain.procedures.contents import (
    ComponentCase,
    FactTag,
    InternalStep,
    Provenance,
    RequiredComponent,
    Service,
    ServiceLevel,
    SlipTypes,
    SourceTexts,
)
from domain.procedures.documents import Procedure, ProcedureRecord, parse_procedure
from domain.procedures.limits import (
    AcceptanceLimits,
    ChannelFees,
    ChannelLimits,
    DocumentText,
    Fee,
    Limit,
    LimitUnit,
    SupplementPolicy,
)
from domain.procedures.profiles import Publication, PublicationProfile, Sensitivity

__all__ = [
    "AcceptanceLimits",
    "ChannelFees",
    "ChannelLimits",
    "ComponentCase",
    "DocumentText",
    "FactTag",
    "Fee",
    "InternalStep",
    "Limit",
    "LimitUnit",
    "Procedure",
    "ProcedureRecord",
    "Provenance",
    "Publication",
    "PublicationProfile",
    "RequiredComponent",
    "Sensitivity",
    "Service",
    "ServiceLevel",
    "SlipTypes",
    "SourceTexts",
    "SupplementPolicy",
    "parse_procedure",
]
