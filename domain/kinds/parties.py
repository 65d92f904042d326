"""Kinds about who stands behind a dossier, and about holds: beside the rows of domain.md 2.7."""

from typing import Final

from domain import facts
from domain.actions import Kind
from domain.kinds.companies import PERSON_AT_THE_COUNTER, dossier_kind
from domain.roles import Role, SignerSet, any_of, counter_signed, signed_by

PARTIES: Final[tuple[Kind, ...]] = (
    dossier_kind(
        "filing_group_declared",
        facts.FilingGroupDeclared,
        signed_by(PERSON_AT_THE_COUNTER),
        facts.FilingGroupDeclaredDetails,
    ),
    dossier_kind(
        "identity_checked",
        facts.IdentityChecked,
        signed_by(any_of(Role.RECEIVER, Role.RETURNER, Role.SYSTEM)),
        facts.IdentityCheckedDetails,
    ),
    dossier_kind(
        "external_data_queried",
        facts.ExternalDataQueried,
        signed_by(any_of(Role.RECEIVER, Role.PROCESSOR, Role.SYSTEM)),
        facts.ExternalDataQueriedDetails,
    ),
    # SPEC: formats.md, "Keys": by registrar and counter officer together; the new key signs too.
    dossier_kind(
        "applicant_key_replaced",
        facts.ApplicantKeyReplaced,
        signed_by(
            SignerSet(
                frozenset({Role.REGISTRAR}),
                with_all=frozenset({Role.RECEIVER, Role.HOLDER}),
                by_two_persons=True,
            )
        ),
        facts.ApplicantKeyReplacedDetails,
    ),
    # Never by one officer alone, who could then read as the holder without a trace.
    dossier_kind(
        "slip_secret_replaced",
        facts.SlipSecretReplaced,
        signed_by(
            SignerSet(
                frozenset({Role.APPLICANT}), may_join=frozenset({Role.RECEIVER, Role.RETURNER})
            ),
            counter_signed(Role.HEAD, Role.RECEIVER, Role.RETURNER),
        ),
        facts.SlipSecretReplacedDetails,
    ),
    dossier_kind(
        "proxy_authorised",
        facts.ProxyAuthorised,
        signed_by(
            SignerSet(
                frozenset({Role.APPLICANT}),
                with_all=frozenset({Role.HOLDER}),
                may_join=frozenset({Role.RECEIVER}),
            )
        ),
        facts.ProxyAuthorisedDetails,
    ),
    dossier_kind(
        "proxy_revoked",
        facts.ProxyRevoked,
        signed_by(SignerSet(frozenset({Role.APPLICANT}), may_join=frozenset({Role.RECEIVER}))),
    ),
    dossier_kind(
        "delivery_choice_changed",
        facts.DeliveryChoiceChanged,
        signed_by(PERSON_AT_THE_COUNTER),
        facts.DeliveryChoiceChangedDetails,
    ),
    dossier_kind(
        "hold_placed",
        facts.HoldPlaced,
        signed_by(any_of(Role.HEAD, Role.APPROVER, Role.INSPECTOR)),
        facts.HoldPlacedDetails,
    ),
    dossier_kind(
        "hold_lifted",
        facts.HoldLifted,
        signed_by(any_of(Role.HEAD, Role.APPROVER, Role.INSPECTOR)),
        facts.HoldLiftedDetails,
    ),
)
