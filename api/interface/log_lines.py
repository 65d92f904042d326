"""What the server writes down about itself: one JSON line per event, on standard error."""

import logging
import sys

import orjson
import structlog

from api.settings import Settings


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


def _dump(event: object, **_options: object) -> bytes:
    return orjson.dumps(event, default=repr)
