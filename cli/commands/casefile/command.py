"""``casefile``: make one file of a trail with its proofs, add to it, verify it offline.

Making asks a server, where every look is kept; everything else needs no server.
"""

import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

import click
import msgspec

from cli.acting.nearby import find_site, server_option
from cli.acting.reading import Asking, now_of, stream_of
from cli.casefiles.gathering import WORDS_FOR_NAMES
from cli.casefiles.making import MAX_DOSSIERS, Wanted, make_casefile
from cli.casefiles.sentences import casefile_members, explain_casefile
from cli.output import UsageProblem, command, report
from cli.sites import agreed_origin
from cli.sources import find_anchors, read_key_file
from cli.verifying.sentences import LANGUAGES
from cli.verifying.witnesses import read_policy
from ledger.timestamping.authorities import HttpAuthority
from ledger.timestamping.tokens import MAX_RESPONSE_BYTES, open_response, request_for
from projections.casefiles.files import (
    MANIFEST,
    MAX_CASEFILE_BYTES,
    QUALIFIED,
    TIMESTAMP,
    Casefile,
    NamedOrder,
    check_parts,
    parse_casefile,
    render_casefile,
)
from projections.casefiles.verifying import verify_casefile

SUBJECTS: Final = ("officer", "office", "unit", "procedure", "dossier", "proxy")
MAX_STATEMENT_BYTES: Final = 256 * 1024
MAX_QUALIFIED_BYTES: Final = 1024 * 1024

_path = click.Path(path_type=Path, dir_okay=False)
_existing = click.Path(path_type=Path, dir_okay=False, exists=True)
_roots = click.option(
    "--timestamp-roots", type=_existing, help="Root certificates (PEM) of the time stamp."
)
_file = click.argument("file", type=_existing)


@click.group("casefile")
def casefile() -> None:
    """Signed casefiles: a trail, findings and proofs in one file."""


@command("make", help="Make one: casefile make --subject officer:… --key … --statement … --out …")
@click.option(
    "--subject",
    "subjects",
    multiple=True,
    required=True,
    help="officer:KEY, office:ID, unit:ID, procedure:CODE, dossier:ID, proxy:KEY; several narrow.",
)
@click.option("--key", "key_file", required=True, type=_path, help="The inspector's key file.")
@click.option("--statement", required=True, type=_existing, help="What the inspector says, UTF-8.")
@click.option("--out", required=True, type=_path, help="Where to write the file.")
@click.option("--dossier", "dossiers", multiple=True, help="A dossier whose history belongs to it.")
@click.option("--from", "first_day", help="First day of the period (UTC), such as 2026-07-01.")
@click.option("--to", "last_day", help="Its last day.")
@click.option("--order", help="Number of the inspection order.")
@click.option("--order-until", help="Last day of the order, such as 2026-12-31.")
@click.option("--order-stream", help="Where the order was issued, as `orders issue` printed it.")
@click.option(
    "--with-details", is_flag=True, help="Also private parts of the named dossiers; needs an order."
)
@click.option("--persons", is_flag=True, help="With details: also what names applicants.")
@click.option("--officers", is_flag=True, help="With details: also what names officers.")
@click.option("--why", "explanation", default="", help="With details: what for; holders see it.")
@click.option("--timestamp", "authority", help="Address of an RFC 3161 authority.")
@_roots
@click.option("--anchors", type=_path, help="The ledger to sign for.")
@server_option
def make(  # noqa: PLR0913 - one argument per option
    *,
    subjects: tuple[str, ...],
    key_file: Path,
    statement: Path,
    out: Path,
    dossiers: tuple[str, ...],
    first_day: str | None,
    last_day: str | None,
    order: str | None,
    order_until: str | None,
    order_stream: str | None,
    with_details: bool,
    persons: bool,
    officers: bool,
    explanation: str,
    authority: str | None,
    timestamp_roots: Path | None,
    anchors: Path | None,
    server: str | None,
    data: Path,
    as_json: bool,
) -> None:
    """Gather a trail with its proofs, sign for it, and write it to a file that is not there yet.

    The looks are kept by the server. Without --with-details nothing private is asked for.
    """
    if out.exists():
        raise UsageProblem(f"{out} is there already")
    if (authority is None) != (timestamp_roots is None):
        raise UsageProblem("--timestamp and --timestamp-roots are named together")
    subject = _subject(subjects)
    chosen = zip(WORDS_FOR_NAMES, (persons, officers), strict=True)
    wanted = _checked_wish(
        Wanted(
            subject=subject,
            period=_period(first_day, last_day),
            dossiers=_dossiers(subject, dossiers),
            statement=_statement(statement),
            order=_order(order, order_stream, order_until),
            with_details=with_details,
            names=tuple(word for word, is_wanted in chosen if is_wanted),
            explanation=explanation,
        )
    )
    asking = Asking(find_site(server, data), "", read_key_file(key_file), now_of(data))
    made = make_casefile(asking, agreed_origin(asking.site, data, anchors), wanted)
    if authority is not None and timestamp_roots is not None:
        made = _stamped(made, authority, timestamp_roots)
    _write(out, made)
    report(_members(out, made), as_json=as_json)


@command("verify", help="Verify a casefile offline, by two trust anchors.")
@_file
@click.option("--anchors", type=_path, help="The trust anchors.")
@click.option("--policy", "policy_path", type=_existing, help="Whose cosignatures count.")
@_roots
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", help="Language of sentences.")
def verify(  # noqa: PLR0913 - one argument per option
    file: Path,
    *,
    anchors: Path | None,
    policy_path: Path | None,
    timestamp_roots: Path | None,
    lang: str,
    data: Path,
    as_json: bool,
) -> None:
    """Check every part of FILE, and say what it shows and what it does not."""
    found = verify_casefile(_read(file), find_anchors(anchors, data))
    explained = explain_casefile(found, read_policy(policy_path), timestamp_roots)
    members = {"ok": True, **casefile_members(found)}
    said = f"{explained.text(lang)}\n\n{found.statement}"
    report(members | explained.members(lang), as_json=as_json, text=said)


@command("add-timestamp", help="Add an RFC 3161 time stamp over the manifest.")
@_file
@click.option("--answer", type=_existing, help="The authority's answer, got by another tool.")
@click.option("--timestamp", "authority", help="Or its address: it is asked now.")
@_roots
def add_timestamp(
    file: Path,
    *,
    answer: Path | None,
    authority: str | None,
    timestamp_roots: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Put a time stamp into FILE, once it is found to be of this manifest."""
    del data
    if timestamp_roots is None or (answer is None) == (authority is None):
        raise UsageProblem("--timestamp-roots is needed, and either --answer or --timestamp")
    made = _checked(file)
    if authority is not None:
        made = _stamped(made, authority, timestamp_roots)
    elif answer is not None:
        stamp = _limited(answer, MAX_RESPONSE_BYTES)
        open_response(stamp, made.manifest, timestamp_roots.read_bytes())
        made = _with_part(made, TIMESTAMP, stamp)
    _write(file, made)
    report(_members(file, made), as_json=as_json)


@command("add-signature", help="Add a detached qualified signature (CAdES) over the manifest.")
@_file
@click.option("--signature", required=True, type=_existing, help="The .p7s file; not checked here.")
def add_signature(file: Path, *, signature: Path, data: Path, as_json: bool) -> None:
    """Keep a signature that another program made over the file `manifest`, as it is."""
    del data
    made = _with_part(_checked(file), QUALIFIED, _limited(signature, MAX_QUALIFIED_BYTES))
    _write(file, made)
    report(_members(file, made), as_json=as_json)


@command("extract", help="Write the manifest and every part as files of their own.")
@_file
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
def extract(file: Path, *, out: Path, data: Path, as_json: bool) -> None:
    """Take FILE apart into a new folder, for signature software and for `verify`."""
    del data
    made = _checked(file)
    if out.exists():
        raise UsageProblem(f"{out} is there already")
    for name, part in {MANIFEST: made.manifest, **made.parts}.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_bytes(part)
        path.chmod(0o600)
    report({"folder": str(out), "parts": sorted(made.parts)}, as_json=as_json)


for _command in (make, verify, add_timestamp, add_signature, extract):
    casefile.add_command(_command)


def _subject(named: Iterable[str]) -> dict[str, str]:
    subject: dict[str, str] = {}
    for text in named:
        name, _, value = text.partition(":")
        if name not in SUBJECTS or not value or name in subject:
            raise UsageProblem(f"--subject {text}: one of {', '.join(SUBJECTS)}, `:` and its name")
        subject[name] = stream_of(value) if name == "dossier" else value
    return subject


def _dossiers(subject: dict[str, str], named: Iterable[str]) -> tuple[str, ...]:
    own = (subject["dossier"],) if "dossier" in subject else ()
    found = tuple(dict.fromkeys((*own, *map(stream_of, named))))
    if len(found) > MAX_DOSSIERS:
        raise UsageProblem(f"a casefile holds the histories of at most {MAX_DOSSIERS} dossiers")
    return found


def _order(number: str | None, stream: str | None, until: str | None) -> NamedOrder | None:
    last_day = _day(until)
    if number is not None and stream is not None and last_day is not None:
        return NamedOrder(number=number, stream=stream, until=last_day)
    if not number == stream == last_day:
        raise UsageProblem("an order is named by --order, --order-until and --order-stream")
    return None


def _checked_wish(wanted: Wanted) -> Wanted:
    if wanted.with_details and (wanted.order is None or not wanted.explanation):
        raise UsageProblem("--with-details needs an order and --why")
    if wanted.names and not wanted.with_details:
        raise UsageProblem("--persons and --officers go with --with-details")
    return wanted


def _period(first_day: str | None, last_day: str | None) -> dict[str, str]:
    days = {"from": _day(first_day), "to": _day(last_day)}
    return {name: day for name, day in days.items() if day is not None}


def _day(text: str | None) -> str | None:
    try:
        return None if text is None else date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UsageProblem(f"{text}: a day is wanted, as 2026-12-31") from error


def _statement(path: Path) -> bytes:
    statement = _limited(path, MAX_STATEMENT_BYTES)
    try:
        statement.decode()
    except UnicodeDecodeError as error:
        raise UsageProblem(f"{path} is not UTF-8") from error
    return statement


def _limited(path: Path, limit_bytes: int) -> bytes:
    if path.stat().st_size > limit_bytes:
        raise UsageProblem(f"{path} has more than {limit_bytes} bytes")
    return path.read_bytes()


def _read(path: Path) -> bytes:
    # A line feed that an editor put at its end does no harm.
    return _limited(path, MAX_CASEFILE_BYTES + 1).rstrip(b"\n")


def _checked(path: Path) -> Casefile:
    made = parse_casefile(_read(path))
    check_parts(made)
    return made


def _stamped(made: Casefile, address: str, roots: Path) -> Casefile:
    try:
        authority = HttpAuthority(address)
    except ValueError as error:
        raise UsageProblem(f"--timestamp {address}: {error}") from error
    request = request_for(made.manifest)
    answer = authority.stamp(request.der)
    open_response(answer, made.manifest, roots.read_bytes(), request.nonce)
    return _with_part(made, TIMESTAMP, answer)


def _with_part(made: Casefile, name: str, data: bytes) -> Casefile:
    if name in made.parts:
        raise UsageProblem(f"the file holds {name} already")
    return msgspec.structs.replace(made, parts={**made.parts, name: data})


def _write(path: Path, made: Casefile) -> None:
    # CRASH: whole or not at all; a casefile that is added to stays as it was until then.
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(render_casefile(made))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _members(path: Path, made: Casefile) -> dict[str, object]:
    return {"file": str(path), "parts": sorted(made.parts)}
