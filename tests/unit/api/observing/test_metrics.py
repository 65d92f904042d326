"""Metrics as Prometheus text: what stands in a server's standing, and no more."""

from api.bodies import ProjectionHealth, ProjectionStop
from api.resources.observing.metrics import render_metrics
from api.resources.observing.standing import ServerStanding
from ledger.witnessing.standing import WitnessesStanding, WitnessStanding

RUNNING = ProjectionHealth(name="dossiers", log_position=12, behind_entries=0, stopped=None)
STOPPED = ProjectionHealth(
    name="veils",
    log_position=0,
    behind_entries=12,
    stopped=ProjectionStop(last_entry_index=None, as_of=None, cause="unforeseen", error="KeyError"),
)
WITNESSES = WitnessesStanding(
    witnesses=(WitnessStanding("w1", asked=5, cosigned=3, refused=1, unanswered=1),),
    published=3,
    published_without_quorum=1,
    waiting_for_quorum=True,
)


def _lines(standing: ServerStanding, *, writer_reachable: bool = True) -> set[str]:
    text = render_metrics(standing, writer_reachable=writer_reachable).decode()
    lines = {line for line in text.splitlines() if not line.startswith("#")}
    return {line.removeprefix("dossier_ledger_") for line in lines}


def test_projections_are_told_with_their_stops() -> None:
    lines = _lines(ServerStanding(12, 12, (RUNNING, STOPPED), None), writer_reachable=False)

    assert lines == {
        "published_entries 12.0",
        "writer_reachable 0.0",
        'projection_log_position{projection="dossiers"} 12.0',
        'projection_log_position{projection="veils"} 0.0',
        'projection_behind_entries{projection="dossiers"} 0.0',
        'projection_behind_entries{projection="veils"} 12.0',
        'projection_stopped{projection="dossiers"} 0.0',
        'projection_stopped{projection="veils"} 1.0',
        'projection_last_entry_index{cause="unforeseen",projection="veils"} -1.0',
    }


def test_witnesses_are_counted_where_a_policy_names_some() -> None:
    lines = _lines(ServerStanding(12, 12, (), WITNESSES))

    assert lines - _lines(ServerStanding(12, 12, (), None)) == {
        'witness_answers_total{outcome="cosigned",witness="w1"} 3.0',
        'witness_answers_total{outcome="refused",witness="w1"} 1.0',
        'witness_answers_total{outcome="unanswered",witness="w1"} 1.0',
        'witness_cosigned_size{witness="w1"} 0.0',
        "published_checkpoints_total 3.0",
        "published_without_quorum_total 1.0",
        "waiting_for_quorum 1.0",
    }
