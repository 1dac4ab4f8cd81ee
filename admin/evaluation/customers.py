"""A customer's form, opened by a link without an account.

The link is signed with the service's own secret and says which form it is and when it was asked
for. Nothing of the person's result is on its page, and how often one may send is limited.
"""

from __future__ import annotations

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.evaluation.links import read_token, token_of
from admin.evaluation.typed import typed_answers
from admin.refusals import by_field, lines
from admin.services import services
from admin.sign_in.throttle import Limits, Throttle
from engine.errors import N_, KaohengError, Kind, refuse
from engine.rated import highest_from, lowest_below, rated_of
from workflows.base.settings import LANGUAGES
from workflows.cycles.operations import policy_of
from workflows.ratings.links import asked_customer, give_as_customer, no_such_form
from workflows.ratings.standing import is_finished, rating_named
from workflows.ratings.tables import RatingRequest

Page = str | Response | tuple[str, int]
blueprint = Blueprint("customers", __name__, url_prefix="/rate")
_THROTTLE = "customer_throttle"
# Sendings of one form, and sendings and wrong links of one address, in a quarter of an hour.
PER_LINK, PER_ADDRESS = 30, 60


def register(app: Flask) -> None:
    app.extensions[_THROTTLE] = Throttle(limits=_limits)
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(customer_link=link_of)


def link_of(asked: RatingRequest, language: str) -> str:
    """Return the address that opens a customer's form, in a language."""
    token = token_of(_secret(), asked)
    return url_for("customers.form", token=token, lang=language, _external=True)


@blueprint.get("/<token>")
def form(token: str) -> Page:
    """Show the form, or thanks where it was given."""
    _speak()
    return _page(token)


@blueprint.post("/<token>")
def give(token: str) -> Page:
    """Give the rating, once; a refusal keeps what was typed."""
    _speak()
    _count(token)
    app = services()
    try:
        with app.database.write() as session:
            now = app.clock()
            asked = asked_customer(session, now, *_read(token))
            give_as_customer(session, now, asked, typed_answers())
    except KaohengError as error:
        if error.kind is Kind.MISSING:
            raise
        return _page(token, error), status_of(error)
    return redirect(url_for("customers.form", token=token, lang=request.args.get("lang")), 303)


def _page(token: str, error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        asked = asked_customer(session, services().clock(), *_read(token))
        policy = policy_of(asked.review.cycle)
        rating = rating_named(policy, asked.rating)
        return render_template(
            "evaluation/customer.html",
            token=token,
            lang=request.args.get("lang"),
            person=asked.review.person.name,
            policy=policy,
            period=asked.review.cycle.period,
            rating=rating,
            given=asked.state == "given",
            locked=is_finished(session, asked.review),
            kpis=[
                (rated.kpi, highest_from(policy, rated.kpi), lowest_below(policy, rated.kpi))
                for rated in rated_of(policy, rating)
            ],
            answers=typed_answers() if error else {},
            faults=by_field(error),
            lines=lines(error),
        )


def _read(token: str) -> tuple[str, int]:
    """Return the form and the moment that a link is for; one that we did not sign is counted."""
    found = read_token(_secret(), token)
    if found is None:
        _count("")
        raise no_such_form()
    return found


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _count(token: str) -> None:
    """Count an attempt; refuse with ``DENIED`` who has made too many."""
    throttle: Throttle = current_app.extensions[_THROTTLE]
    address = request.remote_addr or ""
    if throttle.seconds_to_wait(token, address):
        raise refuse(
            "ratings.too_often",
            N_("This was sent too often within a short time."),
            N_("Wait a quarter of an hour, then try again."),
            kind=Kind.DENIED,
        )
    throttle.failed(token, address)


def _limits(token: str, address: str) -> Limits:
    of_address = (("", address), PER_ADDRESS)
    return (((token, ""), PER_LINK), of_address) if token else (of_address,)


def _speak() -> None:
    """Let the link say the language: a customer has chosen none here."""
    if request.args.get("lang") in LANGUAGES:
        g.language = request.args["lang"]
