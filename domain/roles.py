"""Roles: as what somebody signs, which roles are granted, and which may sign a kind together.

Assurances, too: how surely a signature is the person's own; it is stated, never assumed.
"""

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
    RECOVERY = "recovery"


# An applicant's key is named by the dossier, a holder's by the act that brings it, a recovery key
# by entry 0.
UNGRANTED_ROLES: Final = frozenset({Role.APPLICANT, Role.HOLDER, Role.RECOVERY})
GRANTABLE_ROLES: Final = frozenset(Role) - UNGRANTED_ROLES

# Roles of the deciding agency: they act for the office that holds the dossier now.
DECIDING_ROLES: Final = frozenset({Role.ASSIGNER, Role.PROCESSOR, Role.APPROVER, Role.CLERK})

# Roles that may act for another registered office than the one that took the dossier in: the
# deciding agency's, and those of whoever is asked or inspects. The one-stop shop's own may not.
VISITING_ROLES: Final = DECIDING_ROLES | {
    Role.CONSULTED,
    Role.FINANCE_AUTHORITY,
    Role.PAYMENT_PROVIDER,
    Role.SYSTEM,
    Role.IMPORTER,
    Role.INSPECTOR,
}

# Roles whose acts hold for every office, or that judge offices: only a registrar for any office
# gives and takes them. So an office makes neither its own registrars nor its own inspectors.
# Nor what signs as the system: an accused office could erase, or unseal an inspection, by it.
NATIONAL_ROLES: Final = frozenset(
    {Role.CATALOGUE_ADMIN, Role.REGISTRAR, Role.INSPECTOR, Role.SYSTEM}
)


# SPEC: formats.md, "Keys": a key's name carries no office and no person. So the word before its
# hash is one of these: a role, or what else a key is made for. A name may hide in an open word.
KEY_WORDS: Final = frozenset(
    {
        *(role.value for role in Role),
        "catalogue",
        "officer",
        "petitioner",
        "portal",
        "promise",
    }
)


# Whoever acts as one of these is an officer in person, known by a personnel number: what two
# officers must sign together, they sign as some of them.
OFFICERS_ROLES: Final = frozenset(
    {
        Role.RECEIVER,
        Role.RETURNER,
        Role.HEAD,
        Role.ASSIGNER,
        Role.PROCESSOR,
        Role.APPROVER,
        Role.CLERK,
        Role.CONSULTED,
        Role.FINANCE_AUTHORITY,
        Role.INSPECTOR,
        Role.REGISTRAR,
    }
)


class Assurance(StrEnum):
    """How surely a signature is that of the person it stands for.

    SPEC: formats.md, "Keys and the ledger's own entries". `PASSKEY` is reserved.
    """

    OWN_KEY = "own_key"
    PASSKEY = "passkey"
    PORTAL = "portal"
    COUNTER = "counter"
    OTHER_SYSTEM = "other_system"
    IMPORT = "import"


# What an enrolment may say of its key; the others follow from who signs beside whom.
ENROLLED_ASSURANCES: Final = frozenset(
    {Assurance.OWN_KEY, Assurance.PORTAL, Assurance.OTHER_SYSTEM}
)


@dataclass(frozen=True, slots=True)
class SignerSet:
    """One permitted company of signers: at least one of `one_of`, all of `with_all`, no others.

    Roles in `may_join` may sign too. With `by_two_persons`, no two of the signers may be one
    person: one key, keys that replaced one another, or one personnel number; and none of them may
    have enrolled another, or given the role in which that one signs.
    """

    one_of: frozenset[Role]
    with_all: frozenset[Role] = frozenset()
    may_join: frozenset[Role] = frozenset()
    by_two_persons: bool = False

    def permits(self, roles: frozenset[Role]) -> bool:
        """Tell whether exactly these roles may sign together."""
        members = self.one_of | self.with_all | self.may_join
        return bool(roles & self.one_of) and self.with_all <= roles <= members

    def missing(self, roles: frozenset[Role]) -> str:
        """Name who must sign as well; empty where others than these would have to sign."""
        if not roles <= self.one_of | self.with_all | self.may_join:
            return ""
        any_one = () if roles & self.one_of else (" or ".join(sorted(self.one_of)),)
        return " and ".join((*any_one, *sorted(self.with_all - roles)))


@dataclass(frozen=True, slots=True)
class SignerRule:
    """Who may sign a kind of action: any one of several companies of signers."""

    companies: tuple[SignerSet, ...]
    known: frozenset[Role]
    alone: frozenset[Role]

    def permits(self, roles: frozenset[Role]) -> bool:
        """Tell whether exactly these roles may sign together."""
        return any(company.permits(roles) for company in self.companies)

    def missing(self, roles: frozenset[Role]) -> str:
        """Name who must sign together with these roles: each way to do it, as people would say."""
        ways = dict.fromkeys(company.missing(roles) for company in self.companies)
        return ", or ".join(filter(None, ways))

    def needs_two_persons(self, roles: frozenset[Role]) -> bool:
        """Tell whether these roles may sign together only as different persons."""
        permitted = [company for company in self.companies if company.permits(roles)]
        return bool(permitted) and all(company.by_two_persons for company in permitted)


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


def together(*roles: Role) -> SignerSet:
    """Make the company of all these roles, each another person: processor and receiver, say."""
    first, *others = roles
    return SignerSet(frozenset({first}), with_all=frozenset(others), by_two_persons=True)


def counter_signed(by: Role, *roles: Role) -> SignerSet:
    """Make the company of one or more of these roles with another person's counter-signature."""
    return SignerSet(frozenset(roles), with_all=frozenset({by}), by_two_persons=True)
