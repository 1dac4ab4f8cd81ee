"""What was held about a draft, and what is still missing before it is published."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload, undefer

from engine.errors import N_, Fault, KaohengError, Kind, refuse
from workflows.access.actors import Actor
from workflows.access.decide import allow_everywhere
from workflows.consultation.tables import Consultation, ConsultationFile, Opinion
from workflows.rulebook.tables import PolicyDraft, PolicyRow


def draft_consulted(session: Session, code: str) -> PolicyDraft:
    """Return the policy's newest draft that was not given up, published or not."""
    draft = session.scalar(
        select(PolicyDraft)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code, PolicyDraft.state != "discarded")
        .order_by(PolicyDraft.id.desc())
        .limit(1)
    )
    if draft is None:
        raise refuse(
            "consultation.no_draft",
            N_("There is no draft of {policy} that a consultation could be about."),
            N_("Begin a draft first."),
            kind=Kind.MISSING,
            policy=code,
        )
    return draft


def consultations(session: Session, actor: Actor, draft: PolicyDraft) -> Sequence[Consultation]:
    """Return what was held about a draft, in the order of the days."""
    allow_everywhere(actor, "read_consultations")
    return session.scalars(
        select(Consultation)
        .where(Consultation.draft_id == draft.id)
        .order_by(Consultation.held_on, Consultation.id)
        .options(
            joinedload(Consultation.recorder),
            selectinload(Consultation.files),
            selectinload(Consultation.opinions).options(joinedload(Opinion.answerer)),
        )
    ).all()


def find_file(session: Session, actor: Actor, code: str, file_id: int) -> ConsultationFile:
    """Return an attachment with its content; refuse with ``MISSING``."""
    allow_everywhere(actor, "read_consultations")
    found = session.scalar(
        select(ConsultationFile)
        .join(Consultation, Consultation.id == ConsultationFile.consultation_id)
        .join(PolicyDraft, PolicyDraft.id == Consultation.draft_id)
        .join(PolicyDraft.policy)
        .where(PolicyRow.code == code, ConsultationFile.id == file_id)
        .options(undefer(ConsultationFile.content))
    )
    if found is None:
        raise refuse(
            "consultation.no_file",
            N_("There is no such file."),
            N_("Start again from the consultation's page."),
            kind=Kind.MISSING,
        )
    return found


def missing_consultation(session: Session, draft_id: int) -> list[Fault]:
    """Return what the procedure still lacks for a draft that moves money, as warnings."""
    of_draft = Consultation.draft_id == draft_id
    held = session.scalar(select(func.count()).select_from(Consultation).where(of_draft))
    unanswered = session.scalar(
        select(func.count(Opinion.id))
        .join(Consultation, Consultation.id == Opinion.consultation_id)
        .where(of_draft, Opinion.verdict.is_(None))
    )
    faults = []
    if not held:
        faults.append(
            Fault(
                "consultation.none",
                N_("No consultation with employees is on record for this draft."),
                N_(
                    "Rules about pay are discussed with employees or their representatives "
                    "before they apply: record the minutes, opinions and answers."
                ),
            )
        )
    if unanswered:
        faults.append(
            Fault(
                "consultation.unanswered",
                N_("{count} opinions of employees have no answer yet."),
                N_("Answer each: taken up or not, and why."),
                {"count": unanswered},
            )
        )
    return faults


def require_consultation(
    session: Session, draft_id: int, *, moves_money: bool, setting: str
) -> None:
    """Refuse to publish what moves money while the procedure lacks something, if it is required.

    ``setting`` is ``Settings.consultation``. Part of publishing; under ``advised`` the submission
    only shows what ``missing_consultation`` returns.
    """
    if setting != "required" or not moves_money:
        return
    if faults := missing_consultation(session, draft_id):
        raise KaohengError(faults, Kind.CONFLICT)
