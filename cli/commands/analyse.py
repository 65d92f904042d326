"""``analyse``: compute one figure over the Parquet files of an export, on DuckDB or on Spark.

The rows go to standard output; what they are as of is said on standard error. The same export
gives the same bytes on both engines.
"""

from pathlib import Path

import click

from cli.output import command, report, say
from projections.analytics.errors import EngineNotInstalled
from projections.analytics.names import AnalysisForm, EngineName, FigureName


@command("analyse", help="Compute a figure over all history from the Parquet files of an export.")
@click.argument("figure", type=click.Choice([each.value for each in FigureName]))
@click.option(
    "--export",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    required=True,
    help="The folder that `export --format parquet` wrote.",
)
@click.option(
    "--engine",
    type=click.Choice([each.value for each in EngineName]),
    default=EngineName.DUCKDB.value,
    show_default=True,
    help="What computes; Spark needs the extra `spark`, and Java.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([each.value for each in AnalysisForm]),
    default=AnalysisForm.CSV.value,
    show_default=True,
    help="How rows are written.",
)
@click.option(
    "--to",
    "to_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the rows into a file instead.",
)
def analyse(  # noqa: PLR0913 - one argument per option
    *,
    figure: str,
    folder: Path,
    engine: str,
    form: str,
    to_file: Path | None,
    data: Path,  # noqa: ARG001 - every command takes it
    as_json: bool,
) -> None:
    """Compute the figure and write it."""
    try:
        # Its libraries are an extra, and slow to load: only this command pays for them.
        from projections.analytics import running  # noqa: PLC0415
    except ImportError as error:
        wanted = "pip install 'dossier-ledger[analytics]'"
        raise EngineNotInstalled(f"{error.name} is not installed: {wanted}") from error
    analysed = running.analyse(FigureName(figure), folder, EngineName(engine))
    members: dict[str, object] = {
        "ok": True,
        "figure": figure,
        "definition": analysed.figure.definition,
        "engine": engine,
        "ledger": analysed.made.origin,
        "checkpoint_size": analysed.made.tree_size,
        "as_of": analysed.made.sealed_at,
        "rows": len(analysed.rows),
    }
    lines = b"".join(running.render(analysed, AnalysisForm(form)))
    if to_file is not None:
        to_file.write_bytes(lines)
        report(members | {"file": str(to_file)}, as_json=as_json)
    elif as_json:
        report(members | {"rows": analysed.rows}, as_json=True)
    else:
        say(", ".join(f"{name}: {value}" for name, value in members.items() if name != "ok"))
        click.echo(lines, nl=False)
