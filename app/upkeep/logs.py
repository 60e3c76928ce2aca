"""How log lines look: one line of text or JSON per event on stderr, no secrets."""

from __future__ import annotations

import logging
import sys

import structlog

from app.core.settings import Settings


def configure_logs(settings: Settings, level: int = logging.WARNING) -> None:
    """Send our own events and those of the libraries, from ``level`` on, to stderr, in the format
    of the settings.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _ToStderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[*_last(settings.log_format)]
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("huey", "waitress.queue", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


class _ToStderr(logging.Handler):
    """Writes to whatever standard error is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        sys.stderr.write(f"{self.format(record)}\n")


def _last(log_format: str) -> list[structlog.typing.Processor]:
    start = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        return [
            start,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ]
    # Never the rich traceback: it prints the local variables, passwords among them.
    plain = structlog.dev.plain_traceback
    return [
        start,
        structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=plain
        ),
    ]
