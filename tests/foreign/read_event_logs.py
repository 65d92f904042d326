"""Run by the environment of pm4py: reads both event logs and prints what it found, as JSON.

pm4py stands under the AGPL. It is never a dependency, nothing of ours imports this file, and
nothing here imports anything of ours.
"""

import contextlib
import json
import sys

import pm4py  # type: ignore[import-not-found]


def main(xes_path: str, ocel_path: str) -> None:
    """Read an XES log and an OCEL log."""
    # It talks on standard output, which is for the answer.
    with contextlib.redirect_stdout(sys.stderr):
        log = pm4py.read_xes(xes_path)
        ocel = pm4py.read_ocel2_json(ocel_path)
        starts = pm4py.get_start_activities(log)
        graph, _, _ = pm4py.discover_dfg(log)
    dossiers = ocel.relations[ocel.relations["ocel:type"] == "dossier"]
    found = {
        "version": pm4py.__version__,
        "xes_cases": int(log["case:concept:name"].nunique()),
        "xes_events": len(log),
        "xes_starts": {str(name): int(count) for name, count in starts.items()},
        "xes_resources": int(log["org:resource"].nunique()),
        "xes_steps": int(sum(graph.values())),
        "xes_in_order": bool(
            (log.groupby("case:concept:name")["version"].diff().dropna() == 1).all()
        ),
        "ocel_cases": int(dossiers["ocel:oid"].nunique()),
        "ocel_events": len(ocel.events),
        "ocel_kinds": {
            str(kind): int(count)
            for kind, count in ocel.events["ocel:activity"].value_counts().items()
        },
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
