"""``GET /healthz``: whether the service can work, and nothing else; no sign-in needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Flask, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from workflows.base.database import Database
from workflows.migrations import head

JobsHealth = Callable[[], Mapping[str, Any]]


def register(app: Flask, database: Database, jobs: JobsHealth) -> None:
    """Serve the states of the database, its schema and the jobs: 200, or 503 if any is bad."""
    blueprint = Blueprint("health", __name__)
    expected = head()

    @blueprint.get("/healthz")
    def healthz() -> tuple[Response, int]:
        revision, reachable = _revision(database)
        working = _of_jobs(jobs()) if reachable else {"state": "unknown"}
        healthy = revision == expected
        report = {
            "status": "ok" if healthy else "unavailable",
            "database": "ok" if reachable else "unreachable",
            "schema": revision,
            "jobs": working,
        }
        return jsonify(report), 200 if healthy else 503

    app.register_blueprint(blueprint)


def _of_jobs(health: Mapping[str, Any]) -> dict[str, Any]:
    # How many there are may be told; what went wrong is for the operators' own log.
    return {name: health[name] for name in ("state", "pending", "running") if name in health}


def _revision(database: Database) -> tuple[str | None, bool]:
    try:
        with database.read_engine.connect() as connection:
            # Alembic would say the same, and write two lines into the log at every look.
            return connection.scalar(text("SELECT version_num FROM alembic_version")), True
    except SQLAlchemyError:
        return None, False
