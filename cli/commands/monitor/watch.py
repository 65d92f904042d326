"""One monitor at work: looks, compares figures, tells what is new, and remembers it."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import click
from msgspec.structs import replace

from cli.observing.metrics import Measured, MonitorMetrics
from cli.observing.published import PublishedFigures
from cli.observing.webhooks import Webhook
from cli.output import EXIT_FAILED, EXIT_OK, EXIT_UNREACHABLE, progress_bar
from ledger.errors import LedgerError, StoreUnavailable
from ledger.mirroring.evidence import FIRST_CHECKPOINT, EvidenceFolder, stamp
from ledger.monitoring.events import Event, Severity, render_event
from ledger.monitoring.journal import Journal
from ledger.monitoring.monitor import LogMonitor, Looked
from ledger.monitoring.state import MonitorState, StateFile
from projections.monitoring.figures import JUDGED, FigureMonitor, FigureProblem
from transparency.errors import ProofInvalid, TransparencyError
from transparency.trusted_log import TrustedLog

FIGURES_UNREACHABLE: Final = "figures_unreachable"
NOT_FIGURES: Final = "figures_malformed"
_JUDGED_BY_ANSWER: Final = frozenset({FIGURES_UNREACHABLE, NOT_FIGURES})


@dataclass(slots=True)
class Figures:
    """A site whose figures are compared, and what compares them."""

    published: PublishedFigures
    monitor: FigureMonitor
    evidence: EvidenceFolder | None


@dataclass(slots=True)
class Watch:
    """Everything that one round uses."""

    monitor: LogMonitor
    journal: Journal
    state: MonitorState
    state_file: StateFile
    metrics: MonitorMetrics
    clock: Callable[[], datetime]
    wait: Callable[[float], None]
    figures: Figures | None = None
    webhook: Webhook | None = None

    @property
    def exit_code(self) -> int:
        """Give 1 if anything was wrong at any time, 3 if the last look did not get through."""
        if self.journal.has_alarmed:
            return EXIT_FAILED
        return EXIT_UNREACHABLE if self.journal.is_troubled else EXIT_OK

    @property
    def is_waiting(self) -> bool:
        """Tell whether figures could not be compared yet: a look later they can."""
        return self.figures is not None and self.figures.monitor.is_waiting

    def round(self) -> None:
        """Look once, tell what is new, and remember it.

        Raises:
            StoreUnavailable: state, evidence or metrics cannot be written.
        """
        now = self.clock()
        with progress_bar() as bar:
            task = bar.add_task("auditing", total=None)
            looked = self.monitor.look(
                now,
                self.wait,
                lambda done, whole: bar.update(task, completed=done, total=whole),
            )
        if self.figures is not None and looked.log is not None:
            self._compare(self.figures, looked.log, now, looked)
        at = stamp(now)
        told = self.journal.take(looked.events, looked.judged, at)
        for event in told:
            click.echo(render_event(event).decode())
        sys.stdout.flush()
        # CRASH: what was told is told again; nothing is ever forgotten untold.
        waiting = self._send(told)
        self.state_file.save(self.state)
        self.metrics.note(self._measured(now, waiting), told)

    def _send(self, told: list[Event]) -> int:
        if self.webhook is None:
            return 0
        self.journal.keep_for_webhook(told)
        return self.journal.send(self.webhook.post)

    def _compare(self, figures: Figures, log: TrustedLog, now: datetime, looked: Looked) -> None:
        try:
            published = figures.published.read()
            looked.judged |= _JUDGED_BY_ANSWER
            audited = self.monitor.audit.tree_size
            problems = figures.monitor.compare(log, audited, published)
            if not figures.monitor.is_waiting:
                looked.judged |= JUDGED
        except StoreUnavailable as error:
            self._find(looked, now, Severity.TROUBLE, FIGURES_UNREACHABLE, str(error))
        except ProofInvalid as error:
            self._find(looked, now, Severity.ALARM, NOT_FIGURES, str(error))
        except (TransparencyError, LedgerError) as error:
            self._find(looked, now, Severity.TROUBLE, FIGURES_UNREACHABLE, str(error))
        else:
            for problem in problems:
                event = self._event(now, Severity.ALARM, problem.code, problem.message)
                is_lasting = problem.entry_index is None
                event = replace(event, entry_index=problem.entry_index, lasting=is_lasting)
                kept = self._keep(figures, problem, event, log, now)
                looked.events.append(replace(event, evidence=kept))

    def _keep(
        self,
        figures: Figures,
        problem: FigureProblem,
        event: Event,
        log: TrustedLog,
        now: datetime,
    ) -> str | None:
        is_known = event.key in self.state.lasting or event.key in self.state.told
        if figures.evidence is None or is_known or problem.entry_index is not None:
            return None
        pieces = {f"{name}.json": body for name, body in figures.published.served.items()}
        pieces[FIRST_CHECKPOINT] = log.signed_checkpoint.note
        origin = event.origin
        folder = figures.evidence.keep(problem.code, problem.message, origin, pieces, now)
        return None if folder is None else folder.name

    def _find(
        self, looked: Looked, now: datetime, severity: Severity, code: str, message: str
    ) -> None:
        looked.events.append(replace(self._event(now, severity, code, message), lasting=True))

    def _event(self, now: datetime, severity: Severity, code: str, message: str) -> Event:
        return Event(
            severity=severity,
            code=code,
            at=stamp(now),
            origin=self.state.origin,
            message=message,
        )

    def _measured(self, now: datetime, waiting: int) -> Measured:
        return Measured(
            audited_entries=self.monitor.audit.tree_size,
            known_entries=self.monitor.known_size,
            sealed_at=self.monitor.sealed_at,
            looked_at=now,
            is_alarmed=self.journal.is_alarmed,
            is_reachable=not self.journal.is_troubled,
            webhook_waiting=waiting,
            webhook_lost=self.state.unsent_lost,
        )
