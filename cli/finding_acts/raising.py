"""Raising what the rules give, each finding once: of a data folder, or as a server lists it."""

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode

import msgspec

from cli.acting.finding_pages import FINDINGS_PATH, each_page
from cli.finding_acts.leads import WantedLeads, read_leads, read_lives
from cli.finding_acts.sending import FindingAct, Sent, Signer, ask_signed, send_here, send_there
from cli.output import UsageProblem
from cli.sessions import Session
from cli.sites import Site
from domain.errors import Sentence
from projections.findings import Finding, Severity
from projections.findings.life.identities import identity_of_lead, is_alarm, stream_for
from projections.findings.life.raising import raising_of
from projections.findings.shapes import Peers


class _Words(msgspec.Struct, frozen=True):
    vi: str
    en: str


class _Peers(msgspec.Struct, frozen=True):
    group: _Words
    n: int
    threshold: str
    base_rate: str
    observed: str


class _Lead(msgspec.Struct, frozen=True, kw_only=True):
    """What of a finding in a server's answer is raised."""

    rule: str
    rule_version: int
    severity: Severity
    stream: str
    office: str
    reason: _Words
    evidence: tuple[int, ...]
    finding_stream: str
    versions: tuple[int, ...] = ()
    peers: _Peers | None = None
    raised: dict[str, object] | None = None


class _Findings(msgspec.Struct, frozen=True):
    findings: tuple[_Lead, ...]


async def raise_here(
    session: Session, signer: Signer, wanted: WantedLeads, asked: str | None
) -> list[Sent]:
    """Raise the leads of a data folder that nobody raised yet.

    Known again are those whose stream is there already, by its name, and those whose opened
    details say the same, whatever their stream is called.

    Raises:
        UsageProblem: the folder has no views, or lacks what opens private parts.
        Refused: one was refused; the others may have been recorded.
    """
    data = session.settings.data
    known = {life.identity for life in read_lives(data)}
    new = (
        lead for lead in read_leads(data, wanted).findings if identity_of_lead(lead) not in known
    )
    secret = session.keys.view_secret
    return await send_here(
        session, signer, acts_to_raise(((lead, stream_for(lead, secret)) for lead in new), asked)
    )


def raise_there(
    site: Site, data: Path, signer: Signer, wanted: WantedLeads, asked: str | None
) -> list[Sent]:
    """Raise the leads that a server lists and nobody raised yet; the server names their streams.

    Raises:
        UsageProblem: a server opens no private parts for that.
        Refused: the server refused one, or the asking.
    """
    if wanted.opened:
        raise UsageProblem("--opened needs the data folder: a server opens nothing for rules")
    asking = {"peers": "yes" if wanted.peers else "no"}
    asking |= {} if wanted.rule is None else {"rule": wanted.rule}
    asking |= {} if wanted.office is None else {"office": wanted.office}
    # All of them before the first is raised: what is raised moves to another place in the list.
    pages = list(
        each_page(
            lambda path: ask_signed(site, path, data, signer[1]),
            f"{FINDINGS_PATH}?{urlencode(asking)}",
        )
    )
    leads = [lead for page in pages for lead in msgspec.json.decode(page, type=_Findings).findings]
    new = ((_finding(lead), lead.finding_stream) for lead in leads if lead.raised is None)
    return send_there(site, data, signer, acts_to_raise(new, asked))


def acts_to_raise(leads: Iterable[tuple[Finding, str]], asked: str | None) -> list[FindingAct]:
    """Give what is signed of leads, each stream once; alarms are raised by what looks at codes."""
    acts: dict[str, FindingAct] = {}
    for lead, stream in leads:
        if is_alarm(lead.rule) or stream in acts:
            continue
        raising = raising_of(lead, asked)
        acts[stream] = FindingAct(
            kind="finding.raised",
            stream=stream,
            facts=raising.facts,
            details=raising.details,
            office=raising.office,
        )
    return list(acts.values())


def _finding(lead: _Lead) -> Finding:
    return Finding(
        rule=lead.rule,
        rule_version=lead.rule_version,
        severity=lead.severity,
        stream=lead.stream,
        office=lead.office,
        reason=Sentence(lead.reason.vi, lead.reason.en),
        innocent_explanations=(),
        evidence=lead.evidence,
        versions=lead.versions,
        peers=None if lead.peers is None else _peers(lead.peers),
    )


def _peers(said: _Peers) -> Peers:
    return Peers(
        group=Sentence(said.group.vi, said.group.en),
        n=said.n,
        threshold=said.threshold,
        base_rate=said.base_rate,
        observed=said.observed,
    )
