"""``act``: build one action, sign it with one key per role, send it, keep the receipt."""

import asyncio
import sys
from http import HTTPStatus
from pathlib import Path
from typing import Final

import click
import msgspec

from api import bootstrap
from api.settings import settings_of_process
from cli.acting.keeping import Kept, files_of_act, keep, members_of, say_what_waits
from cli.acting.linking import warn_of_linked_streams
from cli.output import EXIT_UNREACHABLE, Refused, command, report, say
from cli.sessions import Session, open_session, project
from cli.sites import Site, SiteAnswer, agreed_origin, parse_site, problem_of, render_submission
from cli.typed import Typed, Wanted, understand
from domain.facts import DossierSubmittedDetails, SlipSecretReplacedDetails
from domain.facts.feedback import ComplaintFiledDetails, FeedbackFiledDetails
from domain.moments import Moment
from ledger.action_notes import SubmittedAction
from ledger.bodies import SALT_BYTES
from ledger.drafting import Drafter, Place, next_place
from ledger.errors import ActedInTheFuture, LedgerError, StoreUnavailable, WriterUnavailable
from ledger.intake import Answer
from projections.entries import ProjectionError

NONCE_BYTES: Final = 16
PETITION_DETAILS: Final = (FeedbackFiledDetails, ComplaintFiledDetails)
DOSSIER_DETAILS: Final = (DossierSubmittedDetails, SlipSecretReplacedDetails)
SLIP_DETAILS: Final = (*DOSSIER_DETAILS, *PETITION_DETAILS)
CLOCK_HINT: Final = (
    " (a demo's clock is simulated: name its folder with --data, or the moment with --at)"
)


class _SentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answers to one action, whichever way it went."""

    code: str = ""
    version: int = 0
    entry_index: int | None = None
    receipt: str | None = None
    promise: str | None = None
    opening: str | None = None


@command("act", help="Build, sign and send one action; prints where it stands in the log.")
@click.argument("kind")
@click.option("--stream", required=True, help="The stream; 'new' makes a dossier, say.")
@click.option("--sign", "signs", multiple=True, required=True, help="role=KEYFILE, in order.")
@click.option("--office", help="Whose act it is.")
@click.option("--facts", default="{}", show_default=True, help="Public facts, a JSON object.")
@click.option(
    "--details", help="Private details, a JSON object; a dossier's secret is made if missing."
)
@click.option(
    "--document",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The public document that a publication names by its hash.",
)
@click.option("--at", help="When: 2026-11-21T08:03:11Z (UTC), or a day 2026-11-21; default now.")
@click.option("--server", help="Send over HTTP to this address; nothing is made in --data.")
@click.option(
    "--anchors",
    type=click.Path(path_type=Path),
    help="With --server: the ledger to sign for; default DATA's, else the server's own.",
)
@click.option("--receipt", type=click.Path(path_type=Path), help="Where to keep the receipt.")
@click.option(
    "--opening",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to keep what opens a rating's envelope or a veil; default beside the receipt.",
)
def act(  # noqa: PLR0913, PLR0917 - one argument per option
    kind: str,
    stream: str,
    signs: tuple[str, ...],
    office: str | None,
    facts: str,
    details: str | None,
    document: Path | None,
    at: str | None,
    server: str | None,
    anchors: Path | None,
    receipt: Path | None,
    opening: Path | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Act as KIND on a stream."""
    public = None if document is None else document.read_bytes()
    wanted = understand(Typed(kind, stream, signs, office, facts, details, at, public))
    site = None if server is None else parse_site(server)
    with files_of_act(receipt, opening) as files:
        if site is None:
            answer = asyncio.run(_act(data, wanted))
        else:
            answer = _act_on(site, data, anchors, wanted)
        kept = keep(files, answer)
    _report(wanted, answer, site, kept, as_json=as_json)
    if not kept.is_complete:
        sys.exit(EXIT_UNREACHABLE)


async def _act(data: Path, wanted: Wanted) -> Answer:
    async with open_session(data, may_found=False) as session:
        warn_of_linked_streams(session, wanted)
        place = next_place(session.reader, wanted.stream)
        action = _sign(session.drafter, wanted, place, session.now())
        try:
            (answer,) = await session.submit(action)
        except StoreUnavailable as error:
            raise _with_slip(error, wanted) from error
        if session.is_writer:
            await _project(session)
        return answer


async def _project(session: Session) -> None:
    """Let the views follow; the action is recorded all the same, and so is what it gave."""
    try:
        await project(session)
    except (LedgerError, ProjectionError) as error:
        say(f"recorded, but the pages do not show it yet: {error.code}: {error}", style="yellow")


def _act_on(site: Site, data: Path, anchors: Path | None, wanted: Wanted) -> Answer:
    """Sign for the ledger of a server and send it there.

    Raises:
        UsageProblem: the anchors are another ledger's.
        Refused: the server answered with a problem document.
        WriterUnavailable: the server did not answer.
    """
    origin = agreed_origin(site, data, anchors)
    instant = bootstrap.make_clock(settings_of_process({"data": data}))().replace(microsecond=0)
    drafter = Drafter(origin, bootstrap.random_bytes)
    _, key = wanted.signers[0]
    place = site.place(wanted.stream, key, instant, bootstrap.random_bytes(NONCE_BYTES).hex())
    action = _sign(drafter, wanted, place, Moment(instant=instant))
    try:
        answer = site.ask("/v1/actions", render_submission(action))
    except WriterUnavailable as error:
        raise _with_slip(error, wanted) from error
    return _read_answer(site, wanted, answer)


def _read_answer(site: Site, wanted: Wanted, answer: SiteAnswer) -> Answer:
    try:
        sent = msgspec.json.decode(answer.body, type=_SentAnswer)
    except msgspec.DecodeError as error:
        unclear = WriterUnavailable(f"{site.address} answered HTTP {answer.status} without words")
        raise _with_slip(unclear, wanted) from error
    if sent.code:
        hint = CLOCK_HINT if sent.code == ActedInTheFuture.code else ""
        problem = problem_of(answer, hint)
        raise problem if isinstance(problem, Refused) else _with_slip(problem, wanted)
    return Answer(
        "",
        "",
        wanted.stream,
        sent.version,
        sent.entry_index,
        note=(sent.promise or "").encode(),
        opening=(sent.opening or "").encode(),
        receipt=None if sent.receipt is None else sent.receipt.encode(),
        repeated=answer.status == HTTPStatus.OK,
    )


def _sign(drafter: Drafter, wanted: Wanted, place: Place, now: Moment) -> SubmittedAction:
    return drafter.sign(
        wanted.kind.name,
        wanted.stream,
        place,
        wanted.at or now,
        wanted.facts,
        wanted.signers,
        office=wanted.office,
        details=wanted.details,
        document=wanted.document,
        salt=None if wanted.details is None else bootstrap.random_bytes(SALT_BYTES),
    )


def _with_slip(error: StoreUnavailable, wanted: Wanted) -> StoreUnavailable:
    """Add what the holder needs if the action was recorded although no answer came."""
    if not isinstance(wanted.details, SLIP_DETAILS):
        return error
    return type(error)(
        f"{error}; should it be recorded all the same: stream {wanted.stream}, "
        f"secret {wanted.details.secret}"
    )


def _report(
    wanted: Wanted, answer: Answer, site: Site | None, kept: Kept, *, as_json: bool
) -> None:
    members: dict[str, object] = {
        "stream": wanted.stream,
        "version": answer.version,
        "entry_index": answer.entry_index,
        "repeated": answer.repeated,
    }
    members |= members_of(answer, kept, as_json=as_json)
    if isinstance(wanted.details, DOSSIER_DETAILS):
        page = f"{'' if site is None else site.address}/dossiers/{wanted.stream.partition(':')[2]}"
        members |= {"secret": wanted.details.secret, "page": page}
    if isinstance(wanted.details, PETITION_DETAILS):
        page = f"{'' if site is None else site.address}/petitions/track"
        members |= {"petition_secret": wanted.details.secret, "page": page}
    report(members, as_json=as_json)
    say_what_waits(answer, kept, "" if site is None else site.address)
    if "petition_secret" in members:
        say(
            "Keep this secret: with it, and with it alone, the office's answers are read at "
            f"{members['page']}{'' if site else ' of the server'}; nobody can give it again."
        )
    if "secret" in members:
        say(
            "Keep this secret as the applicant's slip does: whoever has it opens the dossier's "
            f"page, {members['page']}{'' if site else ' of the server'}; nobody can give it again."
        )
