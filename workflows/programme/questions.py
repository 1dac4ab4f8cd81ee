"""What a survey about the programme asks: the same few questions each quarter."""

from __future__ import annotations

from dataclasses import dataclass

from engine.errors import N_

# 1: not at all; 5: fully.
LOWEST, HIGHEST = 1, 5
# A group of fewer answers is not shown: anybody in it could be guessed.
LEAST_ANSWERS = 5
AUDIENCES = ("staff", "manager")


@dataclass(frozen=True, slots=True)
class Question:
    """A statement to agree with; ``text`` is a msgid."""

    code: str
    text: str


QUESTIONS = (
    Question("goals", N_("My goals were clear, and within reach.")),
    Question("figures", N_("I could see how every number of my result came about.")),
    Question("fair", N_("The same rules held for everybody.")),
    Question("talks", N_("The check-ins and the feedback helped me.")),
    Question("effort", N_("What the appraisal took was worth the time.")),
)
