"""Roles: as what somebody signs, which roles are granted, and which may sign a kind together."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """As what a key signs; the value stands in `signers[].as`."""

    APPLICANT = "applicant"
    PROXY = "proxy"
    POST = "post"
    RECEIVER = "receiver"
    RETURNER = "returner"
    HEAD = "head"
    ASSIGNER = "assigner"
    PROCESSOR = "processor"
    APPROVER = "approver"
    CLERK = "clerk"
    CONSULTED = "consulted"
    FINANCE_AUTHORITY = "finance_authority"
    PAYMENT_PROVIDER = "payment_provider"
    SYSTEM = "system"
    INSPECTOR = "inspector"
    CATALOGUE_ADMIN = "catalogue_admin"
    IMPORTER = "importer"
    REGISTRAR = "registrar"
    HOLDER = "holder"


# An applicant's key is named by the dossier, a holder's by its own enrolment.
UNGRANTED_ROLES: Final = frozenset({Role.APPLICANT, Role.HOLDER})
GRANTABLE_ROLES: Final = frozenset(Role) - UNGRANTED_ROLES

# Roles of the deciding agency: they act for the office that holds the dossier now.
DECIDING_ROLES: Final = frozenset({Role.ASSIGNER, Role.PROCESSOR, Role.APPROVER, Role.CLERK})

# Roles that may act for another registered office than the one that took the dossier in: the
# deciding agency's, and those of whoever is asked. The one-stop shop's own roles may not.
VISITING_ROLES: Final = DECIDING_ROLES | {
    Role.CONSULTED,
    Role.FINANCE_AUTHORITY,
    Role.PAYMENT_PROVIDER,
    Role.SYSTEM,
    Role.IMPORTER,
}

# Roles whose acts hold for every office: only a registrar for any office gives and takes them.
NATIONAL_ROLES: Final = frozenset({Role.CATALOGUE_ADMIN})


@dataclass(frozen=True, slots=True)
class SignerSet:
    """One permitted company of signers: at least one of `one_of`, all of `with_all`, no others.

    Roles in `may_join` may sign too.
    """

    one_of: frozenset[Role]
    with_all: frozenset[Role] = frozenset()
    may_join: frozenset[Role] = frozenset()

    def permits(self, roles: frozenset[Role]) -> bool:
        """Tell whether exactly these roles may sign together."""
        members = self.one_of | self.with_all | self.may_join
        return bool(roles & self.one_of) and self.with_all <= roles <= members


@dataclass(frozen=True, slots=True)
class SignerRule:
    """Who may sign a kind of action: any one of several companies of signers."""

    companies: tuple[SignerSet, ...]
    known: frozenset[Role]
    alone: frozenset[Role]

    def permits(self, roles: frozenset[Role]) -> bool:
        """Tell whether exactly these roles may sign together."""
        return any(company.permits(roles) for company in self.companies)


def signed_by(*companies: SignerSet) -> SignerRule:
    """Make the rule that any one of these companies may sign."""
    known = frozenset[Role]().union(
        *(company.one_of | company.with_all | company.may_join for company in companies)
    )
    alone = frozenset(
        role for role in known if any(company.permits(frozenset({role})) for company in companies)
    )
    return SignerRule(companies, known, alone)


def any_of(*roles: Role) -> SignerSet:
    """Make the company of one or more of these roles."""
    return SignerSet(frozenset(roles))
