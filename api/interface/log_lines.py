"""What the server writes down about itself: one JSON line per event, on standard error."""

import asyncio
import logging
import sys
from typing import Final

import orjson
import structlog

from api.errors import LISTENER_TOO_SLOW
from api.settings import Settings

_SERVER_LOG: Final = "uvicorn.error"


def configure_log(settings: Settings) -> None:
    """Write one JSON line per event to standard error."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_dump),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        cache_logger_on_first_use=True,
    )
    logging.getLogger(_SERVER_LOG).addFilter(is_worth_a_line)


def is_worth_a_line(record: logging.LogRecord) -> bool:
    """Tell whether the web server's own line is to be written.

    It writes a traceback for every request whose task was cancelled. Of a listener that was cut
    off there is one line already, with its code.
    """
    error = record.exc_info[1] if record.exc_info else None
    return not (isinstance(error, asyncio.CancelledError) and error.args == (LISTENER_TOO_SLOW,))


def _dump(event: object, **_options: object) -> bytes:
    return orjson.dumps(event, default=repr)
