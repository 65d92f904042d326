"""``demo``: a synthetic province through the real system, in one command; and its cheat."""

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from random import Random  # noqa: TID251 - the scenario's chance carries its seed
from types import FrameType
from typing import Final

import click

from api.bootstrap import SimulatedClock, random_bytes
from api.data_folder import DataFolder
from cli.demo import cheat as cheating
from cli.demo.driver import Driver
from cli.demo.http_client import HttpClient
from cli.demo.proofs import (
    Evidence,
    Proof,
    prove_audit,
    prove_cheat_caught,
    prove_findings,
    prove_offline,
    prove_refusal,
    prove_statistics,
    wait_for_views,
)
from cli.demo.province import INSPECTOR
from cli.demo.scenario import CLOSES_AT, DEFAULT_DOSSIERS, STORIES, Scenario, build_scenario
from cli.demo.server import make_fresh, serving
from cli.demo.steps import REGISTRAR, SYSTEM, ActorKeys
from cli.demo.tour import INSPECTOR_FILE, KEPT, after_the_end, keep, proof_lines, tour_lines
from cli.demo.veiling.crowds import expected_crowds
from cli.demo.veiling.proving import prove_veils
from cli.demo.witnessing.serving import POLICY_FILE, prove_witnesses, witnessed
from cli.output import (
    EXIT_FAILED,
    UsageProblem,
    command,
    fail,
    print_json,
    progress_bar,
    report,
    talk,
)
from domain.errors import DomainError
from ledger.drafting import Drafter
from ledger.errors import LedgerError
from ledger.key_files import load_or_make_operator_keys, save_private_key
from transparency.errors import TransparencyError

DEFAULT_SEED: Final = 20260302
DEFAULT_DATA: Final = "demo-data"
MOST_DOSSIERS: Final = 20_000
SECOND: Final = timedelta(seconds=1)
# A shell that starts us in the background has interrupts ignored: so both are asked for.
ENDING_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for on the command line."""

    data: Path
    seed: int
    dossiers: int
    port: int
    ends_after_proof: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did: its proofs, and what the tour needs."""

    address: str
    scenario: Scenario
    recorded: int
    tree_size: int
    seconds: float
    proofs: tuple[Proof, ...]

    @property
    def ok(self) -> bool:
        """Tell whether everything was proven."""
        return all(proof.ok for proof in self.proofs)


@click.group("demo", invoke_without_command=True)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(DEFAULT_DATA),
    show_default=True,
    help="The demo's folder; a demo's that is there already is replaced.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object with the proofs.")
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True, help="Of chance.")
@click.option(
    "--dossiers",
    type=click.IntRange(len(STORIES), MOST_DOSSIERS),
    default=DEFAULT_DOSSIERS,
    show_default=True,
    help="How many dossiers the three months hold.",
)
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="0 takes a free port.")
@click.option(
    "--exit",
    "ends_after_proof",
    is_flag=True,
    envvar="DEMO_EXIT",
    show_envvar=True,
    help="End after the proofs instead of serving on.",
)
@click.pass_context
def demo(  # noqa: PLR0913 - one argument per option
    context: click.Context,
    data: Path,
    *,
    as_json: bool,
    seed: int,
    dossiers: int,
    port: int,
    ends_after_proof: bool,
) -> None:
    """Drive a synthetic province through the real system, prove it, and serve it."""
    if context.invoked_subcommand is not None:
        return
    plan = Plan(data, seed, dossiers, port, ends_after_proof, as_json)
    try:
        _run(plan)
    except (LedgerError, DomainError, TransparencyError, UsageProblem) as error:
        fail(error, as_json=as_json)


@demo.group(
    "cheat",
    context_settings={
        "default_map": {
            "reset-overdue": {"data": DEFAULT_DATA},
            "rebuild": {"data": DEFAULT_DATA},
        }
    },
)
def cheat() -> None:
    """Cheat in a demo's databases, as who can write them could; and make it good again."""


@command("reset-overdue", help="Move the finish date of a late dossier onto its due date.")
@click.option("--dossier", "stream", help="Which dossier (dossier:...); default: the latest late.")
def reset_overdue(stream: str | None, data: Path, *, as_json: bool) -> None:
    """Do what a "reset overdue dossier" button does, and say what that was."""
    done = cheating.reset_overdue(data, stream)
    text = (
        f"Đã sửa / changed: {done.stream}\n"
        f"  {done.kind}, entry {done.entry_index}; due {done.due}\n"
        f"  finished_at {done.finished_at} → {done.changed_to}\n"
        "  ledger.sqlite3: the stored note · views.sqlite3: the row behind the figures\n"
        "Bây giờ hãy chạy / now run: recompute, audit, verify"
    )
    report({"changed": True, **asdict(done)}, as_json=as_json, text=text)


@command("rebuild", help="Make the databases again what the public log says.")
def rebuild(data: Path, *, as_json: bool) -> None:
    """Undo any such cheat from the public log."""
    done = cheating.rebuild(data)
    report({"notes_restored": done.notes, "rows_restored": done.rows}, as_json=as_json)


cheat.add_command(reset_overdue)
cheat.add_command(rebuild)


def _run(plan: Plan) -> None:
    started = time.monotonic()
    with _ending_on_signals():
        make_fresh(plan.data)
        operator = load_or_make_operator_keys(DataFolder(plan.data).keys, random_bytes)
        with witnessed(plan.data, operator), serving(plan.data, plan.port) as address:
            if not plan.ends_after_proof:
                talk.print(f"Hà Tĩnh (mẫu / sample): {address}/", markup=False)
            run = _drive_and_prove(plan, address, started)
            _print(plan, run)
            if run.ok and not plan.ends_after_proof:
                _serve_on(plan)
    if not run.ok:
        sys.exit(EXIT_FAILED)


@contextlib.contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Let both signals end the run as an interrupt: the server's processes are stopped too."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, interrupt) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _drive_and_prove(plan: Plan, address: str, started: float) -> Run:
    folder = DataFolder(plan.data)
    operator = load_or_make_operator_keys(folder.keys, random_bytes)
    keys = ActorKeys(random_bytes)
    keys.add(REGISTRAR, operator.registrar)
    keys.add(SYSTEM, operator.system)
    scenario = build_scenario(
        Random(plan.seed),  # noqa: S311 - a scenario, no secret
        keys,
        plan.dossiers,
    )
    client = HttpClient(address)
    clock = SimulatedClock(folder.clock)
    driver = Driver(client, Drafter(operator.origin, random_bytes), keys, clock.set)
    _drive(driver, scenario)
    keep(plan.data, scenario, driver.driven)
    save_private_key(plan.data / KEPT / INSPECTOR_FILE, keys.of(INSPECTOR))
    tree_size = wait_for_views(client)
    evidence = Evidence(client, plan.data, operator.anchors, driver.driven, scenario.stories)
    proofs = (
        prove_offline(evidence),
        prove_statistics(evidence),
        prove_audit(evidence),
        prove_veils(evidence, expected_crowds(scenario.steps)),
        prove_witnesses(evidence, plan.data / POLICY_FILE),
        prove_refusal(evidence, operator),
        prove_findings(evidence, keys.of(INSPECTOR), clock(), lambda: random_bytes(16).hex()),
        prove_cheat_caught(evidence),
    )
    client.close()
    seconds = time.monotonic() - started
    return Run(address, scenario, driver.driven.recorded, tree_size, seconds, proofs)


def _drive(driver: Driver, scenario: Scenario) -> None:
    with progress_bar() as bar:
        task = bar.add_task("Hà Tĩnh", total=len(scenario.steps))
        for driven in driver.drive(scenario.steps):
            bar.update(task, completed=driven.sent)


def _print(plan: Plan, run: Run) -> None:
    if plan.as_json:
        print_json(_members(plan, run))
        sys.stdout.flush()
        return
    click.echo(
        f"{run.scenario.dossiers} hồ sơ / dossiers, {run.recorded} hành vi / actions, "
        f"{run.tree_size} mục / entries, {run.seconds:.0f} s\n"
        "  mục gồm hành vi đã công bố, niêm phong và phong bì"
        " / entries are published actions, seals and envelopes"
    )
    lines = [*proof_lines(run.proofs)]
    if run.ok and not plan.ends_after_proof:
        lines += tour_lines(run.address, plan.data, run.scenario)
        lines.append("Ctrl-C để dừng / to stop")
    elif run.ok:
        lines += after_the_end(plan.data)
    click.echo("\n".join(lines))
    sys.stdout.flush()


def _members(plan: Plan, run: Run) -> dict[str, object]:
    return {
        "ok": run.ok,
        "address": run.address,
        "data": str(plan.data),
        "seed": plan.seed,
        "dossiers": run.scenario.dossiers,
        "actions": run.recorded,
        "tree_size": run.tree_size,
        "seconds": round(run.seconds, 3),
        "stories": run.scenario.stories,
        "petitions": {each.name: each.stream for each in run.scenario.petitions},
        "replaced_key": run.scenario.renewed,
        "proofs": {proof.name: {"ok": proof.ok, **proof.members} for proof in run.proofs},
    }


def _serve_on(plan: Plan) -> None:
    """Let the simulated clock run at the pace of the real one until somebody interrupts."""
    clock = SimulatedClock(DataFolder(plan.data).clock)
    now = max(clock(), CLOSES_AT)
    with contextlib.suppress(KeyboardInterrupt):
        while True:
            clock.set(now)
            time.sleep(SECOND.total_seconds())
            now += SECOND
