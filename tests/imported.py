"""Everything that a process of a test may import, for those that are to have it already."""

from __future__ import annotations

import importlib
import pkgutil

import gunicorn.app.wsgiapp
import gunicorn.workers.gthread  # noqa: F401 (what gunicorn.conf.py asks for)

import admin
import engine
import tests.workflows.jobs.tally  # noqa: F401 (its jobs are killed)
import workflows
import wsgi  # noqa: F401 (what is served)

for package in (engine, workflows, admin):
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith((".env", "__main__")) and ".versions" not in module.name:
            importlib.import_module(module.name)
