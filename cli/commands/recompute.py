"""``recompute``: make the public statistics again from public tiles, and compare.

It fails where a figure differs, and where the published figures lack entries for longer than the
ledger promises to publish them in (`projections.recompute.measure_lag` says how that is known).
With ``--request`` it only prints the bytes that a server answers to one statistics address, and
with ``--edition`` it holds one daily edition to the log.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from api import bootstrap
from api.bodies import encode
from api.data_folder import DataFolder
from api.errors import MalformedParameter
from api.figures.addresses import split_address
from api.settings import settings_of_process
from cli.editions.holding import hold_edition
from cli.editions.published import find_published
from cli.finding_acts.answers import books_of_answer
from cli.finding_acts.books import finding_members, two_books_of
from cli.output import EXIT_FAILED, UsageProblem, command, report, say
from cli.petition_figures import compare_petitions
from cli.served_figures.comparing import Answers, AnswersOfWorld, compare_answers
from cli.sources import LogAddress, decode_figures, fetch, find_anchors, find_log, open_log
from cli.veiled_figures import compare_veiled
from cli.verifying.evidence_files import evidence_members, evidence_option
from ledger.errors import StoreUnavailable
from ledger.evidence.judging import JudgedBy
from ledger.key_files import Anchors
from projections.counts import CountStatistics
from projections.editions.errors import NoEdition
from projections.editions.folder import parse_day
from projections.editions.remaking import find_planned
from projections.findings.peers.two_books import TwoBooks
from projections.reading import read_counts
from projections.recompute import (
    LONGEST_LAG,
    NO_LAG,
    Difference,
    Lag,
    PublicWorld,
    compare,
    count_world,
    measure_lag,
    replay_log,
)
from projections.tallies.adding import NO_TALLIES, TallyProblem, TallySums
from projections.tallies.veiled import NOTHING_VEILED, VeilSums

MAX_PRINTED_DIFFERENCES = 50


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of comparing published figures with the log; nothing where none are published."""

    was_compared: bool
    differences: tuple[Difference, ...]
    lag: Lag
    tallies: TallySums = NO_TALLIES
    veils: VeilSums = NOTHING_VEILED
    books: tuple[TwoBooks, ...] = ()
    answers: int = 0
    not_published: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Tell whether figures are the log's, follow it closely enough, and tallies add up."""
        return not (self.differences or self.lag.is_too_long or self.tally_problems)

    @property
    def tally_problems(self) -> tuple[TallyProblem, ...]:
        """Give what is wrong with the tallies of ratings and of veiled dossiers."""
        return (*self.tallies.problems, *self.veils.problems)

    def problems(self) -> Iterator[dict[str, str]]:
        """Give what is wrong, each with its constant code."""
        if self.differences:
            message = "the published figures are not what the log says"
            for books in self.books[:1]:
                assert books.finding is not None
                message = f"{message}. Finding R32: {books.finding.reason.en}"
            yield {"code": "figures_differ", "message": message}
        for problem in self.tally_problems[:MAX_PRINTED_DIFFERENCES]:
            message = f"entry {problem.entry_index}: {problem.message}"
            yield {"code": problem.code, "message": message}
        if self.lag.is_too_long:
            message = (
                f"the published figures have lacked {self.lag.entries} entries for at least "
                f"{self.lag.time}; entries must be public within {LONGEST_LAG}. Whoever keeps "
                "the ledger has to let the figures follow: `serve` does"
            )
            yield {"code": "figures_behind", "message": message}


@command("recompute", help="Recompute the statistics from the public log and compare them.")
@click.option("--log", "log_text", help="Folder or address of the log; default DATA/log.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option(
    "--request",
    "asked",
    help="Only print what a server answers to this: '/v1/statistics/counts?by=field'.",
)
@click.option(
    "--size",
    "tree_size",
    type=click.IntRange(min=1),
    help="With --request: the checkpoint's size that the server's answer names; default: newest.",
)
@click.option(
    "--edition",
    help="Hold a daily edition to the log, byte for byte: its day, or the folder it lies in.",
)
@evidence_option
def recompute(  # noqa: PLR0913 - one argument per option
    log_text: str | None,
    anchors: Path | None,
    asked: str | None,
    tree_size: int | None,
    evidence_folder: Path | None,
    data: Path,
    *,
    edition: str | None,
    as_json: bool,
) -> None:
    """Compare with the stored views; an address: with what it publishes; a folder: only compute."""
    trusted = find_anchors(anchors, data)
    address = find_log(log_text, data)
    if asked is not None:
        sys.stdout.buffer.write(answer_from(address, trusted, asked, tree_size))
        return
    if edition is not None:
        _hold_edition(edition, address, trusted, as_json=as_json)
        return
    # Before the figures: what this log has had for longer than the delay, they must have.
    log = open_log(address, trusted)
    published = _published(address, data, is_own=log_text is None)
    world = _replay(address, trusted, None if published is None else published.counts)
    recomputed = count_world(world)
    lag, differences, books = NO_LAG, list[Difference](), list[TwoBooks | None]()
    answers = Answers(0, ())
    if published is not None:
        differences = compare(published.counts, recomputed)
        books.append(two_books_of(published.document, world, recomputed, differences))
        sizes = {published.counts.checkpoint.size}
        told = [
            *compare_petitions(address, trusted, data, world, sizes),
            *compare_veiled(address, trusted, data, world, sizes),
        ]
        answers = compare_answers(address, trusted, data, world)
        differences += told or answers.of_those_told
        differences += answers.differences
        books += [
            books_of_answer(each.theirs, each.asked, each.world, each.ours)
            for each in answers.wrong
        ]
        # Each is right as of its own checkpoint: whoever leaves one behind is late with that one.
        lag = measure_lag(log, trusted.origin, min(sizes | answers.sizes))
    compared = Compared(
        published is not None,
        tuple(differences),
        lag,
        world.tallies,
        world.veil_sums,
        tuple(each for each in books if each is not None and each.finding is not None),
        answers.compared,
        answers.not_published,
    )
    by = JudgedBy(trusted, log=log)
    evidence_members(evidence_folder, compared.tally_problems, log, address, by)
    _print(recomputed, compared, log.tree_size, as_json=as_json)
    if not compared.ok:
        sys.exit(EXIT_FAILED)


def _hold_edition(text: str, address: LogAddress, anchors: Anchors, *, as_json: bool) -> None:
    """Make an edition again from the log alone; say which files are otherwise, and fail."""
    try:
        published = find_published(text, address)
    except NoEdition:
        day = parse_day(text)
        # The log says why there is none: the day is not final, or nothing was published on it.
        if day is not None:
            find_planned(open_log(address, anchors), day)
        raise
    log = open_log(address, anchors)
    held = hold_edition(published, log, anchors, address.documents())
    report(held.members(), as_json=as_json)
    if held.wrong:
        sys.exit(EXIT_FAILED)


def answer_from(address: LogAddress, anchors: Anchors, asked: str, tree_size: int | None) -> bytes:
    """Answer a statistics address from public tiles alone, byte for byte as a server does.

    Raises:
        UsageProblem: no statistics stand there, or a query member is not what it must be.
        TransparencyError, EntryUnreadable: the log cannot be trusted, or has no such size.
    """
    try:
        split_address(asked)
        world = replay_log(address.tiles(), anchors, address.documents(), tree_size)
        return AnswersOfWorld(world).to(asked)
    except MalformedParameter as error:
        raise UsageProblem(str(error)) from error


def _replay(
    address: LogAddress, anchors: Anchors, published: CountStatistics | None
) -> PublicWorld:
    size = None if published is None else published.checkpoint.size
    return replay_log(address.tiles(), anchors, address.documents(), size)


@dataclass(frozen=True, slots=True)
class Published:
    """The counts that somebody publishes, and the document that they stand in, byte for byte."""

    counts: CountStatistics
    document: bytes


def _published(address: LogAddress, data: Path, *, is_own: bool) -> Published | None:
    """Give the published counts; a folder that was named has none that belong to it.

    Raises:
        StoreUnavailable: the site does not answer, or publishes none.
        ProofInvalid: what it answers is not statistics.
    """
    if address.is_remote:
        place = f"{address.site}/v1/statistics/counts"
        body = fetch(place)
        if body is None:
            raise StoreUnavailable(f"{address.site} publishes no counts")
        return Published(decode_figures(body, CountStatistics, place), body)
    if not is_own or not DataFolder(data).views.exists():
        return None
    with bootstrap.open_views(settings_of_process({"data": data})).reading() as reader:
        counts = read_counts(reader)
    # As the server of these views writes them (`api.bodies.encode`).
    return None if counts is None else Published(counts, encode(counts))


def _print(
    recomputed: CountStatistics,
    compared: Compared,
    log_size: int,
    *,
    as_json: bool,
) -> None:
    shown = [msgspec.to_builtins(each) for each in compared.differences[:MAX_PRINTED_DIFFERENCES]]
    members = {
        "ok": compared.ok,
        "figures": len(recomputed.figures),
        "answers": compared.answers,
        "not_published": compared.not_published,
        "differences": len(compared.differences),
        "checkpoint_size": recomputed.checkpoint.size,
        "log_size": log_size,
        "entries_behind": compared.lag.entries,
        "seconds_behind": compared.lag.time.total_seconds(),
        "compared": compared.was_compared,
        "tallies": compared.tallies.tallies,
        "envelopes": compared.tallies.envelopes,
        "ratings_counted": compared.tallies.counted,
        "envelopes_uncounted": compared.tallies.uncounted,
        "veils": compared.veils.veils,
        "dossier_tallies": compared.veils.tallies,
        "veils_counted": compared.veils.counted,
        "veils_uncounted": compared.veils.uncounted,
        "total": msgspec.to_builtins(recomputed.total),
        "shown": shown,
        "finding": finding_members(compared.books[0]) if compared.books else None,
        "findings": [finding_members(each) for each in compared.books],
        "problems": list(compared.problems()),
    }
    if not compared.was_compared:
        say(
            "nothing to compare with: no published figures belong to what was named; these were "
            "only computed",
            style="yellow",
        )
    report(members, as_json=as_json)
