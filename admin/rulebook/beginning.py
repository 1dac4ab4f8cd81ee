"""Beginning a policy on a page, from the library or as a copy, and taking KPIs into a draft."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from admin.errors import status_of
from admin.refusals import lines
from admin.services import services
from admin.sign_in.current import current_actor
from admin.writing import writing
from engine.canonical import from_canonical
from engine.errors import KaohengError, Kind
from engine.periods import PeriodKind
from workflows.access.decide import allow_everywhere
from workflows.cycles.presence import MEMBERSHIP_OF_SCOPE
from workflows.library.adding import add_library_kpi
from workflows.library.beginning import Wanted, begin_as_copy, begin_from_template
from workflows.library.kpis import ABOUT, library_kpis
from workflows.library.templates import Template, pays, template_of, templates
from workflows.rulebook.reading import open_draft, version_to_read
from workflows.rulebook.standings import policies_in_words
from workflows.rulebook.tables import PolicyVersion

blueprint = Blueprint("library", __name__, url_prefix="/rulebook")
Page = str | Response | tuple[str, int]


@blueprint.get("/new")
def new() -> str:
    """The library's templates and the rulebook's policies; one that is chosen with its form."""
    allow_everywhere(current_actor(), "draft_policy")
    return _page(request.args)


@blueprint.post("/new")
def begin() -> Page:
    allow_everywhere(current_actor(), "draft_policy")
    try:
        with writing() as of:
            wanted = _wanted(request.form)
            if template := request.form.get("template", ""):
                draft = begin_from_template(of.session, of.actor, of.now, wanted, template=template)
            else:
                version = _version(of.session, request.form)
                draft = begin_as_copy(of.session, of.actor, of.now, wanted, version=version)
            code = draft.policy.code
    except KaohengError as error:
        if error.kind is Kind.DENIED:
            raise
        return _page(request.form, error), status_of(error)
    return redirect(url_for("rulebook.draft", code=code), 303)


@blueprint.get("/<code>/draft/library")
def kpis(code: str) -> str:
    """The library's KPIs, to be taken into a policy's draft."""
    allow_everywhere(current_actor(), "draft_policy")
    return _kpis(code)


@blueprint.post("/<code>/draft/library")
def add(code: str) -> Page:
    allow_everywhere(current_actor(), "draft_policy")
    try:
        with writing() as of:
            name = add_library_kpi(
                of.session,
                of.actor,
                of.now,
                open_draft(of.session, code),
                seen=request.form.get("seen", -1, type=int),
                code=request.form.get("kpi", ""),
                weight=request.form.get("weight", "").strip() or None,
            )
    except KaohengError as error:
        if error.kind not in {Kind.CONFLICT, Kind.INVALID}:
            raise
        return _kpis(code, error), status_of(error)
    field = f"field-kpis-{name}-weight"
    return redirect(url_for("rulebook.draft", code=code, _anchor=field), 303)


def _kpis(code: str, error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        draft = open_draft(session, code)
        return render_template(
            "library/kpis.html",
            section_of_page="policies",
            draft=draft,
            kpis=library_kpis(),
            about=ABOUT,
            lines=lines(error),
        )


def _page(typed: Mapping[str, str], error: KaohengError | None = None) -> str:
    with services().database.read() as session:
        template, version = _chosen(session, typed)
        policy = template.policy if template else None
        if version is not None:
            policy = from_canonical(version.canonical)
        return render_template(
            "library/new.html",
            section_of_page="policies",
            templates=templates(),
            policies=policies_in_words(session),
            template=template,
            version=version,
            policy=policy,
            pays=tuple(dict.fromkeys(pays(policy))) if policy else (),
            typed=typed,
            roles=tuple(MEMBERSHIP_OF_SCOPE),
            periods=tuple(PeriodKind),
            year=services().today().year,
            lines=lines(error),
        )


def _chosen(
    session: Session, typed: Mapping[str, str]
) -> tuple[Template | None, PolicyVersion | None]:
    if typed.get("template"):
        return template_of(typed["template"]), None
    return None, _version(session, typed) if typed.get("copy") else None


def _version(session: Session, typed: Mapping[str, str]) -> PolicyVersion:
    """Return the version that is to be copied: ``copy`` is a policy, or ``policy/version``."""
    code, _, seq = typed.get("copy", "").partition("/")
    number = int(seq) if seq.isdecimal() and len(seq) < 10 else None
    return version_to_read(session, code, number, on=services().today())


def _wanted(typed: Mapping[str, str]) -> Wanted:
    year = typed.get("year", "")
    return Wanted(
        code=typed.get("code", "").strip(),
        zh=typed.get("zh", "").strip(),
        en=typed.get("en", "").strip(),
        period=typed.get("period", ""),
        currency=typed.get("currency", "").strip().upper(),
        role=typed.get("role", ""),
        posts=_words(typed.get("posts", "")),
        ranks=_words(typed.get("ranks", "")),
        regions=_words(typed.get("regions", "")),
        year=int(year) if re.fullmatch("[12][0-9]{3}", year) else None,
    )


def _words(text: str) -> tuple[str, ...]:
    """Return what somebody listed, with commas of either kind."""
    return tuple(each for part in re.split("[,，、;；]", text) if (each := part.strip()))
