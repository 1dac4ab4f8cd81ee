"""Flask-Admin with our views, in the order of the menu."""

from __future__ import annotations

from flask import Flask
from flask_admin import Admin

from admin.accounts import password
from admin.accounts.view import AccountsView
from admin.agreements import progress
from admin.agreements import view as agreements
from admin.agreements.view import AgreementsView
from admin.appeals import asking as appealing
from admin.appeals.view import AppealsView
from admin.audit import timelines
from admin.audit.checkpoint import CheckpointView
from admin.audit.samples import SamplesView
from admin.audit.versions import VersionsView
from admin.calendar.view import CalendarView
from admin.calibration import board as calibration_board
from admin.calibration import minutes as calibration_minutes
from admin.calibration import showing as calibration_showing
from admin.calibration import steps as calibration_steps
from admin.calibration.view import CalibrationsView
from admin.confirming import changes, claims, reporting
from admin.confirming import progress as confirmations
from admin.confirming import records as confirming
from admin.confirming.claims import ClaimsView
from admin.contributions.view import ContributionsView
from admin.cycles import closing
from admin.evaluation import customers, grid, performance, ratings, self_report
from admin.feedback import view as feedback
from admin.goals import agreeing as goal_offers
from admin.goals import grid as goal_grid
from admin.goals import missing as goal_missing
from admin.goals import plan as goal_plan
from admin.goals import tree as goal_tree
from admin.goals.plan import GoalsView
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
from admin.meetings.view import MeetingsView
from admin.organisation.view import OrganisationView
from admin.people import consents
from admin.people.mine import MineView
from admin.people.team import TeamView
from admin.plans import personnel_file
from admin.plans import plan as plans
from admin.plans import review as review_plans
from admin.plans.career import CareerView
from admin.programme import survey
from admin.programme.report import ProgrammeView
from admin.rulebook import beginning, bulk, comments, consultation, coverage, submission, workbooks
from admin.rulebook import files as rule_files
from admin.rulebook import views as rulebook
from admin.simulations import asking
from admin.standins.view import StandInsView
from admin.tracking import check_in, measures, meetings
from admin.tracking import review as tracking
from engine.errors import N_

# The sections follow the year, then come what it stands on and those who look after it.
_GOALS = N_("Goals and agreements")
_RUNNING = N_("Cycles and reviews")
_RESULTS = N_("Records and claims")
_RATING = N_("Rating and calibration")
_SETTLING = N_("Pay and appeals")
_AHEAD = N_("Plans and looking back")
_ORGANISATION = N_("Organisation and data")
_RULES = N_("Policies and simulations")
_AUDIT = N_("Audit")
_SETTINGS = N_("Settings")


# What is no entry of the menu: parts that bring their own, and single blueprints.
_PARTS = (
    *(agreements, progress, comments, consultation, rulebook),
    *(confirmations, confirming, changes, claims, reporting),
    *(self_report, ratings, grid, performance, customers),
    *(calibration_board, calibration_steps, calibration_minutes, calibration_showing),
    *(feedback, appealing, closing),
    *(tracking, check_in, measures, meetings, review_plans, plans, personnel_file, survey),
)
_BLUEPRINTS = (
    *(goal_plan, goal_tree, goal_grid, goal_missing, goal_offers),
    *(beginning, bulk, coverage, submission, consents, rule_files, workbooks, asking),
    *(timelines, password),
)


def register(app: Flask) -> None:
    """Add the menu's lists and pages, then what is reached from them."""
    _add_menu(app)
    for part in _PARTS:
        part.register(app)
    for each in _BLUEPRINTS:
        app.register_blueprint(each.blueprint)


def _add_menu(app: Flask) -> None:
    # A ``static_url_path`` keeps Flask-Admin's own files out.
    pages = Admin(app, name="Kaoheng", index_view=HomeView(), static_url_path="/static")
    pages.add_views(
        MineView(),
        TeamView(),
        GoalsView(_GOALS),
        AgreementsView(_GOALS),
        CyclesView(_RUNNING),
        ReviewsView(_RUNNING),
        RecordsView(_RESULTS),
        ClaimsView(_RESULTS),
        MeetingsView(_RATING),
        ContributionsView(_RATING),
        CalibrationsView(_RATING),
        LedgerView(_SETTLING),
        AppealsView(_SETTLING),
        CareerView(_AHEAD),
        ProgrammeView(_AHEAD),
        PeopleView(_ORGANISATION),
        UnitsView(_ORGANISATION),
        OrganisationView(_ORGANISATION),
        StandInsView(_ORGANISATION),
        ImportsView(_ORGANISATION),
        QuarantineView(_ORGANISATION),
        PoliciesView(_RULES),
        SimulationsView(_RULES),
        CalendarView(_RULES),
        LogView(_AUDIT),
        CheckpointView(_AUDIT),
        VersionsView(_AUDIT),
        SamplesView(_AUDIT),
        AccountsView(_SETTINGS),
    )
