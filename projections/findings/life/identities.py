"""By what a finding is known again, so that nobody raises the same one twice.

The same are a rule, its version, what it is about, and the evidence: not the reason, whose numbers
change from day to day. New evidence makes a new finding. A private finding's stream is named by a
keyed hash of all that (HMAC-SHA-256 under the view secret): from outside it looks random, and who
raises it again meets the first one there. A public alarm's stream is named by the plain hash,
which tells nobody more than its entry does.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from domain.actions import StreamType
from domain.facts.integrity import PUBLIC_ALARMS
from projections.findings.shapes import Finding

# SPEC: formats.md, facts of findings: a finding names at most so many entries.
MOST_NAMED: Final = 1000
BOOK: Final = "book:"
_ID_HEX: Final = 32


def bounded(numbers: Iterable[int]) -> tuple[int, ...]:
    """Give entry indexes or versions as a finding names them: in order, each once, not too many."""
    return tuple(sorted(set(numbers))[:MOST_NAMED])


def identity_of(
    rule: str,
    rule_version: int,
    about: str,
    evidence: Iterable[int],
    versions: Iterable[int],
    *,
    against_peers: bool = False,
) -> str:
    """Give what the same finding has in common each time that the rule gives it.

    Versions count only where there is no entry: the acts of a veiled dossier. A rule that compares
    is another one than that of the same number which does not.
    """
    entries = " ".join(map(str, bounded(evidence)))
    acts = "" if entries else " ".join(map(str, bounded(versions)))
    number = f"{rule} against peers" if against_peers else rule
    return f"{number}\n{rule_version}\n{about}\n{entries}\n{acts}"


def identity_of_lead(finding: Finding) -> str:
    """Give the identity of what a rule found.

    What R32 rests on is the published document, which `stream` names: its entry only says as of
    when the ledger was compared, and the same book compared tomorrow is the same finding.
    """
    evidence = () if finding.stream.startswith(BOOK) else finding.evidence
    return identity_of(
        finding.rule,
        finding.rule_version,
        finding.stream,
        evidence,
        finding.versions,
        against_peers=finding.peers is not None,
    )


def hash_of_identity(identity: str) -> bytes:
    """Give an identity's SHA-256: 32 bytes, however much evidence there is."""
    return sha256(identity.encode()).digest()


def is_alarm(rule: str) -> bool:
    """Tell whether everybody may know what a finding of this rule is about."""
    return rule in PUBLIC_ALARMS


def stream_for(finding: Finding, view_secret: bytes) -> str:
    """Name the stream on which a finding stands once it is raised."""
    message = f"finding\n{identity_of_lead(finding)}".encode()
    if is_alarm(finding.rule):
        digest = sha256(message).hexdigest()
    else:
        digest = hmac.new(view_secret, message, sha256).hexdigest()
    return f"{StreamType.FINDING}:{digest[:_ID_HEX]}"
