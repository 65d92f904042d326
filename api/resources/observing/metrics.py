"""``/metrics``: how the server stands, as Prometheus text, read from the stores at each request.

No label holds more than the names of projections and witnesses and the codes of errors.
"""

import asyncio
from collections.abc import Iterator
from typing import Final

from falcon.asgi import Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.bodies import ProjectionHealth
from api.parts import Parts
from api.resources.observing.standing import ServerStanding, StandingSource
from ledger.witnessing.standing import WitnessesStanding

PREFIX: Final = "dossier_ledger"
METRICS_MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class MetricsResource:
    """``/metrics``."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._source = StandingSource(parts)

    async def on_get(self, _request: Request, response: Response) -> None:
        """Give all numbers as of now."""
        is_reachable = await self._parts.writer_reachable()
        standing = await asyncio.to_thread(self._source.read)
        response.data = render_metrics(standing, writer_reachable=is_reachable)
        response.content_type = METRICS_MEDIA_TYPE
        response.set_header("Cache-Control", "no-store")


def render_metrics(standing: ServerStanding, *, writer_reachable: bool) -> bytes:
    """Write how a server stands as Prometheus text."""
    registry = CollectorRegistry()
    registry.register(_Standing(standing, writer_reachable=writer_reachable))
    return generate_latest(registry)


class _Standing(Collector):
    def __init__(self, standing: ServerStanding, *, writer_reachable: bool):
        self._standing = standing
        self._writer_reachable = writer_reachable

    def collect(self) -> Iterator[Metric]:
        """Give all metrics."""
        standing = self._standing
        yield _gauge("published_entries", "Entries published.", standing.published_size)
        yield _gauge(
            "writer_reachable", "1 if actions can be recorded now.", self._writer_reachable
        )
        yield from _of_projections(standing.projections)
        if standing.witnesses is not None:
            yield from _of_witnesses(standing.witnesses)


def _of_projections(projections: tuple[ProjectionHealth, ...]) -> Iterator[Metric]:
    position = _labelled("projection_log_position", "Next entry index to take in.", "projection")
    behind = _labelled("projection_behind_entries", "Published entries not taken in.", "projection")
    stopped = _labelled("projection_stopped", "1 if it stopped and waits.", "projection")
    last = _labelled(
        "projection_last_entry_index",
        "Of one that stopped: the last entry that it took in, -1 for none.",
        "projection",
        "cause",
    )
    for each in projections:
        position.add_metric([each.name], each.log_position)
        behind.add_metric([each.name], each.behind_entries)
        stopped.add_metric([each.name], each.stopped is not None)
        if each.stopped is not None:
            index = each.stopped.last_entry_index
            last.add_metric([each.name, each.stopped.cause], -1 if index is None else index)
    yield from (position, behind, stopped, last)


def _of_witnesses(standing: WitnessesStanding) -> Iterator[Metric]:
    answers = CounterMetricFamily(
        f"{PREFIX}_witness_answers",
        "Answers of witnesses since the writer started.",
        labels=["witness", "outcome"],
    )
    size = _labelled("witness_cosigned_size", "Largest size cosigned.", "witness")
    for each in standing.witnesses:
        for outcome in ("cosigned", "refused", "unanswered"):
            answers.add_metric([each.name, outcome], getattr(each, outcome))
        size.add_metric([each.name], each.cosigned_size)
    yield from (answers, size)
    yield CounterMetricFamily(
        f"{PREFIX}_published_checkpoints",
        "Checkpoints published since the writer started.",
        value=standing.published,
    )
    yield CounterMetricFamily(
        f"{PREFIX}_published_without_quorum",
        "Checkpoints published without the policy's quorum since the writer started.",
        value=standing.published_without_quorum,
    )
    waiting = "1 while a publication waits for the quorum."
    yield _gauge("waiting_for_quorum", waiting, standing.waiting_for_quorum)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", meaning, value=value)


def _labelled(name: str, meaning: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"{PREFIX}_{name}", meaning, labels=labels)
