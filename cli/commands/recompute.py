"""``recompute``: make the public statistics again from public tiles, and compare.

It fails where a figure differs, and where the published figures lack entries for longer than the
ledger promises to publish them in (`projections.recompute.measure_lag` says how that is known).
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec

from cli.output import EXIT_FAILED, command, report, say
from cli.petition_figures import compare_petitions
from cli.sources import LogAddress, find_anchors, find_log, open_log, read_published
from cli.veiled_figures import compare_veiled
from cli.verifying.evidence_files import evidence_members, evidence_option
from ledger.errors import StoreUnavailable
from ledger.evidence.judging import JudgedBy
from ledger.key_files import Anchors
from projections.counts import CountStatistics
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
@evidence_option
def recompute(
    log_text: str | None,
    anchors: Path | None,
    evidence_folder: Path | None,
    data: Path,
    *,
    as_json: bool,
) -> None:
    """Compare with the stored views; an address: with what it publishes; a folder: only compute."""
    trusted = find_anchors(anchors, data)
    address = find_log(log_text, data)
    # Before the figures: what this log has had for longer than the delay, they must have.
    log = open_log(address, trusted)
    published = _published(address, data, is_own=log_text is None)
    world = _replay(address, trusted, published)
    recomputed = count_world(world)
    lag, differences = NO_LAG, list[Difference]()
    if published is not None:
        differences = compare(published, recomputed)
        differences += compare_petitions(address, trusted, data, world)
        differences += compare_veiled(address, trusted, data, world)
        lag = measure_lag(log, trusted.origin, published.checkpoint.size)
    compared = Compared(
        published is not None, tuple(differences), lag, world.tallies, world.veil_sums
    )
    by = JudgedBy(trusted, log=log)
    evidence_members(evidence_folder, compared.tally_problems, log, address, by)
    _print(recomputed, compared, log.tree_size, as_json=as_json)
    if not compared.ok:
        sys.exit(EXIT_FAILED)


def _replay(
    address: LogAddress, anchors: Anchors, published: CountStatistics | None
) -> PublicWorld:
    size = None if published is None else published.checkpoint.size
    return replay_log(address.tiles(), anchors, address.documents(), size)


def _published(address: LogAddress, data: Path, *, is_own: bool) -> CountStatistics | None:
    """Give the published counts; a folder that was named has none that belong to it.

    Raises:
        StoreUnavailable: the site does not answer, or publishes none.
    """
    if not (address.is_remote or is_own):
        return None
    published = read_published(address, data, "counts", CountStatistics, read_counts)
    if published is None and address.is_remote:
        raise StoreUnavailable(f"{address.site} publishes no counts")
    return published


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
        "problems": list(compared.problems()),
    }
    if not compared.was_compared:
        say(
            "nothing to compare with: no published figures belong to what was named; these were "
            "only computed",
            style="yellow",
        )
    report(members, as_json=as_json)
