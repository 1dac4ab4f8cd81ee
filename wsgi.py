"""The service, composed. gunicorn calls ``create_app`` in each worker, after the fork."""

from __future__ import annotations

from functools import partial

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from admin import (
    access_log,
    assets,
    compiled,
    done,
    errors,
    formats,
    forms,
    guard,
    headers,
    health,
    idempotency,
    navigation,
    pages,
    preferences,
    sign_in,
    words,
)
from admin.data import sizes
from admin.people import figures, notices, review, stages, tabs, waiting
from admin.services import EXTENSION, Services
from workflows.base.clock import clock_of
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import Settings, load_settings
from workflows.jobs.queue import health as jobs_health
from workflows.jobs.service import Jobs
from workflows.migrations import upgrade
from workflows.timers.service import Timekeeper

LARGEST_FORM_BYTES = 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Return the application over a database brought to the newest schema.

    Raises ``KaohengError`` where a setting is wrong.
    """
    settings = settings or load_settings()
    keyring = Keyring(settings.keys_folder, settings.log_origin)
    database = Database(settings.database_url, keyring, settings.timezone)
    upgrade(database)
    app = Flask("admin")
    app.config.update(
        SECRET_KEY=settings.secret_key(),
        MAX_CONTENT_LENGTH=LARGEST_FORM_BYTES,
    )
    clock = clock_of(settings)
    app.extensions[EXTENSION] = Services(
        settings, database, clock, Jobs(settings, database), Timekeeper(database, clock)
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    _add_parts(app, settings, database)
    return app


def _add_parts(app: Flask, settings: Settings, database: Database) -> None:
    compiled.register(app, settings.templates_folder)
    access_log.register(app)
    headers.register(app)
    preferences.register(app, settings)
    formats.register(app)
    words.register(app)
    assets.register(app)
    errors.register(app)
    forms.register(app)
    sizes.register(app)
    sign_in.register(app, database)
    guard.register(app)
    done.register(app)
    idempotency.register(app)
    health.register(app, database, partial(jobs_health, database))
    pages.register(app)
    figures.register(app)
    review.register(app)
    waiting.register(app)
    stages.register(app)
    notices.register(app)
    tabs.register(app)
    navigation.register(app)
