"""What the codes in the tables are called: roles, states, kinds of record; a module a subject.

A code that is not here is the data's own (a policy may name its stages) and shows as it is.
"""

from __future__ import annotations

from flask import Flask
from jinja2 import pass_context
from jinja2.runtime import Context

from admin.preferences import translate
from admin.words import (
    cycles,
    evaluating,
    goals,
    log,
    people,
    records,
    rules,
    settling,
    tracking,
)
from admin.words.word import Vocabularies
from engine.errors import N_
from workflows.accounts.tables import Account

_SUBJECTS = (people, rules, records, cycles, evaluating, settling, tracking, goals, log)
VOCABULARIES: Vocabularies = {
    code: words for each in _SUBJECTS for code, words in each.VOCABULARIES.items()
}


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        word=_word_here, tone=tone, place=place, called=called, acting_for=by_for
    )


@pass_context
def _word_here(_context: Context, code: str, vocabulary: str) -> str:
    # With a context, Jinja does not evaluate it for a constant once for all languages.
    return word(code, vocabulary)


def word(code: str, vocabulary: str) -> str:
    """Return what ``code`` is called in this request's language."""
    known = VOCABULARIES[vocabulary].get(code)
    return translate(known.message) if known else code


def called(account: Account | None) -> str:
    """Return the name of whoever an account belongs to; an office's account has its user name."""
    if account is None:
        return ""
    return account.person.name if account.person is not None else account.username


def code_of(text: str, vocabulary: str) -> str:
    """Return the code that is called ``text`` in this request's language; else ``text`` itself."""
    words = VOCABULARIES[vocabulary].items()
    return next((code for code, each in words if translate(each.message) == text), text)


def by_for(actor: str, behalf: str | None) -> str:
    """Return who acted, and on whose behalf where they stood in for somebody."""
    return translate(N_("{actor} for {other}"), actor=actor, other=behalf) if behalf else actor


def tone(code: str, vocabulary: str) -> str:
    known = VOCABULARIES[vocabulary].get(code)
    return known.tone if known else "calm"


def place(code: str, vocabulary: str) -> int:
    """Return the place of ``code`` in its vocabulary, from 1; one of the data's own has 1."""
    codes = list(VOCABULARIES[vocabulary])
    return codes.index(code) + 1 if code in codes else 1
