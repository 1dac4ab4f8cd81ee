"""Flask-Admin with our views, in the order of the menu."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin

from admin.accounts import password
from admin.accounts.view import AccountsView
from admin.agreements import progress
from admin.agreements import view as agreements
from admin.agreements.view import AgreementsView
from admin.audit import timelines
from admin.audit.checkpoint import CheckpointView
from admin.audit.versions import VersionsView
from admin.calibration import board as calibration_board
from admin.calibration import minutes as calibration_minutes
from admin.calibration import showing as calibration_showing
from admin.calibration import steps as calibration_steps
from admin.calibration.view import CalibrationsView
from admin.home import HomeView
from admin.lists.cycles import CyclesView
from admin.lists.imports import ImportsView, QuarantineView
from admin.lists.ledger import LedgerView
from admin.lists.log import LogView
from admin.lists.organisation import PeopleView, UnitsView
from admin.lists.records import RecordsView
from admin.lists.reviews import ReviewsView
from admin.lists.rulebook import PoliciesView
from admin.lists.simulations import SimulationsView
from admin.people import consents
from admin.people.mine import MineView
from admin.people.team import TeamView
from admin.rulebook import beginning, bulk, comments, consultation, coverage, submission, workbooks
from admin.rulebook import files as rule_files
from admin.rulebook import views as rulebook
from admin.simulations import asking
from engine.errors import N_

_APPRAISAL = N_("Appraisal")
_AUDIT = N_("Audit")
_DATA = N_("Data")
_ORGANISATION = N_("Organisation")
_SETTINGS = N_("Settings")


def register(app: Flask) -> None:
    """Add the overview and the lists; a ``static_url_path`` keeps Flask-Admin's own files out."""
    pages = Admin(app, name="Kaoheng", index_view=HomeView(), static_url_path="/static")
    pages.add_views(
        MineView(_APPRAISAL),
        TeamView(_APPRAISAL),
        ReviewsView(_APPRAISAL),
        CyclesView(_APPRAISAL),
        CalibrationsView(_APPRAISAL),
        PoliciesView(_APPRAISAL),
        AgreementsView(_APPRAISAL),
        SimulationsView(_APPRAISAL),
        LedgerView(_APPRAISAL),
        RecordsView(_DATA),
        ImportsView(_DATA),
        QuarantineView(_DATA),
        PeopleView(_ORGANISATION),
        UnitsView(_ORGANISATION),
        LogView(_AUDIT),
        CheckpointView(_AUDIT),
        VersionsView(_AUDIT),
        AccountsView(_SETTINGS),
    )
    app.register_blueprint(timelines.blueprint)
    app.register_blueprint(password.blueprint)
    rulebook.register(app)
    for each in (agreements, progress, comments, consultation):
        each.register(app)
    for calibrating in (
        calibration_board,
        calibration_steps,
        calibration_minutes,
        calibration_showing,
    ):
        calibrating.register(app)
    app.register_blueprint(submission.blueprint)
    app.register_blueprint(consents.blueprint)
    app.register_blueprint(asking.blueprint)
    app.register_blueprint(rule_files.blueprint)
    app.register_blueprint(workbooks.blueprint)
    for page in (beginning, bulk, coverage):
        app.register_blueprint(page.blueprint)
