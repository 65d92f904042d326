"""One log line for each projection that stops: which, by what, and where in the program.

It says nothing that was read, as the log lines of requests do not: a code, and files with lines.
"""

from typing import Final

import structlog

from api.error_handlers import places_of
from projections.parts.registry import Projection

_log: Final = structlog.get_logger("dossier_ledger")


def tell_of_stop(projection: Projection, error: Exception) -> None:
    """Log that a projection has stopped."""
    _log.error(
        "projection stopped",
        projection=projection.value,
        code=getattr(error, "code", None),
        error=type(error).__name__,
        at=places_of(error),
    )
