"""Engines: where an expression is computed. DuckDB in this process, or Spark.

Neither gets a setting that could change a result: Spark's session runs in UTC, and no expression
turns an instant into a day. Where Spark runs (`SPARK_REMOTE`, `spark-defaults.conf`, or else two
cores of this machine) is the caller's to configure, as Spark's own documentation says.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import ibis

from projections.analytics.errors import EngineNotInstalled
from projections.analytics.expressions.shapes import Tables
from projections.analytics.names import EngineName

_JAVA: Final = "Spark needs Java 17 or newer (apt-get install default-jre-headless)"
_SPARK_WANTED: Final = "pip install 'dossier-ledger[analytics,spark]'"


@contextmanager
def opened(engine: EngineName, files: Mapping[str, Path]) -> Iterator[Tables]:
    """Open an engine with one table per Parquet file, by the names of their datasets.

    Raises:
        EngineNotInstalled: the engine is not there, or does not start.
    """
    connection = _duckdb() if engine is EngineName.DUCKDB else _spark()
    try:
        yield {
            # Only a whole path means the same to a process of Spark's as to ours.
            name: connection.read_parquet(str(path.resolve()), table_name=name)
            for name, path in files.items()
        }
    finally:
        connection.disconnect()


def _duckdb() -> Any:  # noqa: ANN401 - the library makes its types at run time
    try:
        return ibis.duckdb.connect()
    except (ImportError, AttributeError) as error:
        wanted = "pip install 'dossier-ledger[analytics]'"
        raise EngineNotInstalled(f"duckdb is not installed: {wanted}") from error


def _spark() -> Any:  # noqa: ANN401 - the library makes its types at run time
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra of its own
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise EngineNotInstalled(f"pyspark is not installed: {_SPARK_WANTED}") from error
    builder = SparkSession.builder.appName("dossier-ledger")
    builder = builder.config("spark.sql.session.timeZone", "UTC")
    builder = builder.config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    try:
        return ibis.pyspark.connect(builder.getOrCreate())
    except (PySparkException, OSError, RuntimeError) as error:
        raise EngineNotInstalled(f"Spark does not start: {_JAVA}") from error
