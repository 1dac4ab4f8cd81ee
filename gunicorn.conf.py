"""How gunicorn serves: threads; one process on SQLite, several on PostgreSQL; never preloaded.

Polars, the job engine and the database's connections must begin after the fork, so each
worker makes its own application: ``gunicorn 'wsgi:create_app()'``.
"""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from workflows.base.database import Database
from workflows.base.garbage import keep_loaded
from workflows.base.logs import configure
from workflows.base.settings import load_settings
from workflows.migrations import upgrade
from workflows.sources.uploads import remove_orphans

_settings = load_settings()


class StructuredLogger(Logger):
    """gunicorn's own messages as the rest of the log writes them."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        configure()
        self.error_log.handlers.clear()
        self.error_log.propagate = True


bind = f"{_settings.bind}:{_settings.port}"
worker_class = "gthread"
workers = 1 if _settings.database_url.get_backend_name() == "sqlite" else _settings.workers
threads = 16
preload_app = False
timeout = 60
graceful_timeout = 30
logger_class = StructuredLogger
# The application writes one line a request itself, without personal data (admin/access_log.py).
accesslog = None
control_socket_disable = True


def on_starting(_server: Any) -> None:
    """Bring the database to the newest schema once, before any worker; tidy up."""
    database = Database(_settings.database_url)
    upgrade(database)
    remove_orphans(database, _settings)
    database.close()


def post_worker_init(worker: Any) -> None:
    """Begin working on jobs in this process, and looking at the clock."""
    worker.wsgi.extensions["kaoheng"].jobs.start()
    worker.wsgi.extensions["kaoheng"].timekeeper.start()
    keep_loaded()


def worker_exit(_server: Any, worker: Any) -> None:
    """Let the steps under way finish; the next process that starts resumes the rest."""
    if getattr(worker, "wsgi", None) is not None:
        worker.wsgi.extensions["kaoheng"].timekeeper.stop()
        worker.wsgi.extensions["kaoheng"].jobs.stop()
