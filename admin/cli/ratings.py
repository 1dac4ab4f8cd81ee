"""``kaoheng ratings``: who is asked, customers' survey files, finishing and sending back."""

from __future__ import annotations

from pathlib import Path

import click

from admin.cli.acting import actor, application
from admin.cli.facts_file import read_facts
from admin.cli.output import printed, say
from admin.evaluation.links import token_of
from engine.errors import N_
from workflows.cycles.operations import find_cycle, policy_of
from workflows.ratings.asking import ask_peers
from workflows.ratings.customers import import_customers
from workflows.ratings.finishing import finish_ratings, send_back
from workflows.ratings.links import ask_customer, open_until
from workflows.ratings.reading import rating_rows
from workflows.ratings.standing import rating_named
from workflows.reviews.reading import find_review
from workflows.sources.limits import Limits


@click.group()
def ratings() -> None:
    """Ratings by people: oneself, managers, peers, customers."""


@ratings.command("list")
@click.argument("code", metavar="CYCLE")
@printed("person", "rating", "asked", "given", "finished", "means")
def list_(code: str) -> list[dict[str, object]]:
    """List how far the ratings of CYCLE are; of anonymous ones nothing before they are finished."""
    with application() as app, app.database.read() as session:
        return rating_rows(session, actor(app, session), find_cycle(session, code))


@ratings.command()
@click.argument("code", metavar="CYCLE")
@click.argument("rating")
@click.argument("person")
@click.argument("peers", nargs=-1, required=True)
def ask(code: str, rating: str, person: str, peers: tuple[str, ...]) -> None:
    """Ask PEERS to rate PERSON; for oneself: propose them."""
    with application() as app, app.database.write() as session:
        cycle = find_cycle(session, code)
        policy = policy_of(cycle)
        asked = ask_peers(
            session,
            actor(app, session),
            app.clock(),
            find_review(session, cycle, person),
            policy,
            rating_named(policy, rating),
            peers,
        )
        count = len(asked)
    say(N_("{count} people are named to rate {person}."), count=count, person=person)


@ratings.command("ask-customer")
@click.argument("code", metavar="CYCLE")
@click.argument("rating")
@click.argument("person")
@click.argument("customer")
@printed("person", "customer", "until", "link")
def ask_customer_(code: str, rating: str, person: str, customer: str) -> list[dict[str, object]]:
    """Ask CUSTOMER to rate PERSON: print the link, to be put after the service's address."""
    with application() as app, app.database.write() as session:
        cycle = find_cycle(session, code)
        policy = policy_of(cycle)
        review = find_review(session, cycle, person)
        kind, who = rating_named(policy, rating), actor(app, session)
        asked = ask_customer(session, who, app.clock(), review, policy, kind, customer)
        link = f"/rate/{token_of(app.settings.secret_key(), asked)}"
        until = open_until(asked)
        return [{"person": person, "customer": asked.source, "until": until, "link": link}]


@ratings.command("import")
@click.argument("code", metavar="CYCLE")
@click.argument("rating")
@click.argument("file", type=click.Path(path_type=Path))
def import_(code: str, rating: str, file: Path) -> None:
    """Take customers' ratings from FILE: the columns `person`, `customer` and one for each KPI."""
    with application() as app:
        rows, lines = read_facts(file, Limits())
        with app.database.write() as session:
            cycle = find_cycle(session, code)
            count = import_customers(
                session,
                actor(app, session),
                app.clock(),
                cycle,
                rating_named(policy_of(cycle), rating),
                rows,
                file=file.name,
                lines=lines,
            )
    say(N_("{count} customers' ratings taken for {cycle}."), count=count, cycle=code)


@ratings.command()
@click.argument("code", metavar="CYCLE")
@click.argument("people", nargs=-1, required=True)
def finish(code: str, people: tuple[str, ...]) -> None:
    """Finish the ratings of PEOPLE, all or none: everybody of CYCLE is scored again."""
    with application() as app, app.database.write() as session:
        cycle = find_cycle(session, code)
        reviews = [find_review(session, cycle, person) for person in people]
        who = actor(app, session)
        finish_ratings(session, who, app.clock(), cycle, policy_of(cycle), reviews)
    say(N_("The ratings of {count} people are finished."), count=len(people))


@ratings.command("send-back")
@click.argument("code", metavar="CYCLE")
@click.argument("person")
@click.option("--reason", required=True, help="What should be looked at again.")
def send_back_(code: str, person: str, reason: str) -> None:
    """Open the finished ratings of PERSON again."""
    with application() as app, app.database.write() as session:
        cycle = find_cycle(session, code)
        review = find_review(session, cycle, person)
        send_back(session, actor(app, session), app.clock(), review, policy_of(cycle), reason)
    say(N_("The ratings of {person} are open again."), person=person)


commands = [ratings]
