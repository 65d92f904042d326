"""``monitor``: follow a log, judge everything in it, and tell what is not as it must be.

Standard output has one JSON object for each event. Exit code, at the end: 1 if anything was wrong
at any time of the run, 3 if the last look did not get through, else 0.
"""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.commands.monitor.watch import Figures, Watch
from cli.observing.metrics import MonitorMetrics
from cli.observing.published import PublishedFigures
from cli.observing.rounds import Rounds
from cli.observing.sources import check_address, load_policy, open_source
from cli.observing.webhooks import Webhook
from cli.output import UsageProblem, command, say
from cli.sources import find_anchors
from domain.actions import parse_stream
from domain.errors import MalformedStream
from ledger.mirroring.evidence import EvidenceFolder
from ledger.monitoring.journal import Journal
from ledger.monitoring.monitor import LogMonitor, MonitorOptions
from ledger.monitoring.state import StateFile
from projections.monitoring.figures import FigureMonitor

DEFAULT_INTERVAL_SECONDS: Final = 10.0
DEFAULT_TIMEOUT_SECONDS: Final = 20.0
# With --once: how often figures that are ahead of the log are asked for again.
MORE_LOOKS: Final = 2
MORE_LOOKS_SECONDS: Final = 1.0


@command("monitor", help="Follow a log, check everything, and tell what is wrong.")
@click.option("--log", "log_text", help="Address or folder of the log; default DATA/log.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option("--policy", type=click.Path(path_type=Path), help="Witnesses it must show.")
@click.option("--api", "site", help="The ledger whose published figures are compared.")
@click.option("--watch", "streams", multiple=True, help="A stream whose new acts are told.")
@click.option("--webhook", "webhook_address", help="Where events are posted as JSON.")
@click.option("--state", type=click.Path(path_type=Path), help="File that remembers.")
@click.option("--evidence", type=click.Path(path_type=Path), help="Folder of evidence.")
@click.option("--metrics-file", type=click.Path(path_type=Path), help="Prometheus text, a file.")
@click.option("--metrics-port", type=click.IntRange(0, 65_535), help="Prometheus text, a port.")
@click.option("--metrics-host", default="127.0.0.1", show_default=True, help="Its address.")
@click.option("--stale-after", type=click.FloatRange(min=1), help="Seconds; older is an alarm.")
@click.option("--timeout", type=click.FloatRange(min=0.1), default=DEFAULT_TIMEOUT_SECONDS)
@click.option("--once", is_flag=True, help="One look, then end.")
@click.option(
    "--interval",
    type=click.FloatRange(min=0.1),
    default=DEFAULT_INTERVAL_SECONDS,
    show_default=True,
    help="Seconds between two looks.",
)
def monitor(  # noqa: PLR0913 - one argument per option
    *,
    log_text: str | None,
    anchors: Path | None,
    policy: Path | None,
    site: str | None,
    streams: tuple[str, ...],
    webhook_address: str | None,
    state: Path | None,
    evidence: Path | None,
    metrics_file: Path | None,
    metrics_port: int | None,
    metrics_host: str,
    stale_after: float | None,
    timeout: float,
    once: bool,
    interval: float,
    data: Path,
    as_json: bool,
) -> None:
    """Follow until interrupted, or look once."""
    del as_json
    trusted = find_anchors(anchors, data)
    rounds = Rounds(interval, once=once)
    source = open_source(check_address(log_text, data), timeout)
    state_file = StateFile(state)
    remembered = state_file.load(trusted.origin)
    clock = _clock(data if anchors is None else None)
    options = MonitorOptions(
        load_policy(policy),
        _checked(streams),
        None if stale_after is None else timedelta(seconds=stale_after),
        evidence,
    )
    metrics = MonitorMetrics(trusted.origin, metrics_file)
    if metrics_port is not None:
        say(f"metrics on port {metrics.serve(metrics_host, metrics_port)}")
    watch = Watch(
        LogMonitor(trusted, source, options, remembered, clock()),
        Journal(remembered),
        remembered,
        state_file,
        metrics,
        clock,
        rounds.wait,
    )
    if site is not None:
        kept = None if evidence is None else EvidenceFolder(evidence)
        comparing = FigureMonitor(trusted, source.documents)
        watch.figures = Figures(PublishedFigures(site, timeout), comparing, kept)
    if webhook_address is not None:
        watch.webhook = Webhook(webhook_address, rounds.wait)
    with rounds.listening():
        _run(watch, rounds, once=once)
    sys.exit(watch.exit_code)


def _run(watch: Watch, rounds: Rounds, *, once: bool) -> None:
    for _ in rounds:
        watch.round()
    for _ in range(MORE_LOOKS if once else 0):
        if watch.is_waiting:
            rounds.wait(MORE_LOOKS_SECONDS)
            watch.round()


def _clock(data: Path | None) -> Callable[[], datetime]:
    """Give this machine's clock; for a demo's own log the demo's, where it runs ahead of it."""
    if data is None or not DataFolder(data).clock.exists():
        return bootstrap.system_clock
    simulated = bootstrap.make_clock(settings_of_process({"data": data}))
    return lambda: max(bootstrap.system_clock(), simulated())


def _checked(streams: tuple[str, ...]) -> tuple[str, ...]:
    for stream in streams:
        try:
            parse_stream(stream)
        except MalformedStream as error:
            raise UsageProblem(f"--watch {stream}: {error}") from error
    return streams
