"""``look-for-leads``: one look at what the views hold, kept for whoever asks for findings.

It is a process of its own, started by ``follow`` where a ledger is too large to be looked at by
each request: its memory ends with it, and no reader of the log waits for it.
"""

from contextlib import closing
from pathlib import Path

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import command, report
from ledger.errors import StoreUnavailable
from projections.leads.judging import compare_again, look_again
from projections.leads.store import LeadStand, LeadStore
from projections.parts.registry import Projection
from projections.views import Views


@command("look-for-leads", help="Look for leads of findings once (started by serve).", hidden=True)
@click.option("--peers", is_flag=True, help="Let the rules that compare run, too.")
def look_for_leads(data: Path, *, peers: bool, as_json: bool) -> None:
    """Bring the leads that are kept to the views' checkpoint."""
    settings = settings_of_process({"data": data})
    views, store = bootstrap.open_views(settings), LeadStore(DataFolder(settings.data).leads)
    with closing(views), closing(store):
        stand = _look(views, store, peers=peers)
    size = 0 if stand is None else stand.log_position
    report({"tree_size": size}, as_json=as_json, text=f"leads as of {size} entries")


def _look(views: Views, store: LeadStore, *, peers: bool) -> LeadStand | None:
    """Look once, and note in the views whether that can be done; what was kept stays."""
    try:
        stand = look_again(views, store)
        if peers:
            compare_again(views, store)
    except StoreUnavailable:
        raise
    except Exception as error:
        # The edge of a projection: it stops alone, where everybody sees it.
        with store.reading() as kept:
            stood = kept.stand()
        views.stop(Projection.FINDINGS, error, 0 if stood is None else stood.log_position)
        raise
    views.end_stop(Projection.FINDINGS)
    return stand
