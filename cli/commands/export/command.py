"""``export``: write open data and event logs into a folder, from a data folder or a public log.

Both give the same bytes as of the same checkpoint. With ``--log`` nothing is needed from the
operator but the public tiles and documents: the log is proven, folded into views that are thrown
away afterwards, and the files are made from these. ``--size`` stops at an earlier published
checkpoint, so that an export can be made again later.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import click

from api import bootstrap
from api.data_folder import DataFolder
from api.settings import settings_of_process
from cli.output import UsageProblem, command, report
from cli.sources import LogAddress, find_anchors, find_log, open_log
from ledger.key_files import Anchors
from projections.eventlogs.exporting import FILE_NAMES, LogFormat, export_event_log
from projections.opendata.descriptions import WrittenFile
from projections.opendata.exporting import export_folder
from projections.opendata.files import Form
from projections.opendata.refolding import logged_tallies, refolded_views
from projections.tallies.published import Tallies
from projections.views import ViewReader, Views

FORMATS: Final = (*(form.value for form in Form), *(one.value for one in LogFormat))
DEFAULT_FORMATS: Final = (Form.CSV.value, Form.JSONL.value)


@command("export", help="Write open data and event logs as of one checkpoint into a folder.")
@click.option("--log", "log_text", help="Folder or address of a log; without it DATA's views.")
@click.option("--anchors", type=click.Path(path_type=Path), help="The trust anchors.")
@click.option(
    "--to",
    "to_folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write into; files of the same names are replaced.",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    default=DEFAULT_FORMATS,
    show_default=True,
    help="A form of the datasets, or an event log; may stand several times.",
)
@click.option("--size", type=click.IntRange(min=1), help="As of an earlier published size.")
def export(  # noqa: PLR0913 - one argument per option
    *,
    log_text: str | None,
    anchors: Path | None,
    to_folder: Path,
    formats: Sequence[str],
    size: int | None,
    data: Path,
    as_json: bool,
) -> None:
    """Write the files and say what was written."""
    trusted = find_anchors(anchors, data)
    folder = DataFolder(data)
    if log_text is None and size is None and folder.views.exists() and folder.ledger.exists():
        settings = settings_of_process({"data": data})
        tallies = Tallies(
            trusted.origin, bootstrap.ledger_reader(settings), bootstrap.documents(settings)
        )
        with closing(bootstrap.open_views(settings)) as views, views.reading() as reader:
            members = _write(reader, trusted, to_folder, formats, tallies)
    else:
        address = find_log(log_text, data)
        with _views_of_log(address, trusted, size) as views, views.reading() as reader:
            tallies = logged_tallies(address.tiles(), trusted, address.documents(), reader)
            members = _write(reader, trusted, to_folder, formats, tallies)
    report(members, as_json=as_json)


@contextmanager
def _views_of_log(address: LogAddress, trusted: Anchors, size: int | None) -> Iterator[Views]:
    if size is not None and size > open_log(address, trusted).tree_size:
        raise UsageProblem(f"the log has no {size} entries yet")
    with (
        TemporaryDirectory() as folder,
        refolded_views(address.tiles(), trusted, address.documents(), Path(folder), size) as views,
    ):
        yield views


def _write(
    reader: ViewReader, trusted: Anchors, folder: Path, formats: Sequence[str], tallies: Tallies
) -> Mapping[str, object]:
    members: dict[str, object] = {"ok": True, "folder": str(folder)}
    forms = [form for form in Form if form.value in formats]
    if forms:
        exported = export_folder(reader, trusted.origin, folder, forms, tallies)
        members |= {
            "checkpoint_size": exported.made.tree_size,
            "as_of": exported.made.sealed_at,
            "rows": exported.rows,
            "files": {name: _told(file) for name, file in exported.files.items()},
        }
    for one in (one for one in LogFormat if one.value in formats):
        log = export_event_log(reader, trusted.origin, folder, one)
        members |= {
            "checkpoint_size": log.made.tree_size,
            "as_of": log.made.sealed_at,
            FILE_NAMES[one]: {"cases": log.cases, "events": log.events},
        }
    return members


def _told(file: WrittenFile) -> dict[str, object]:
    return {"bytes": file.length_bytes, "sha256": file.sha256_hex}
