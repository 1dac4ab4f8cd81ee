"""Signing the links of customers' forms, and reading them back: with the service's own secret."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeSerializer

from workflows.ratings.links import issue_of
from workflows.ratings.tables import RatingRequest

_SALT = "customer-rating"


def token_of(secret: str, asked: RatingRequest) -> str:
    """Return what opens a form, as it was asked for last."""
    return URLSafeSerializer(secret, salt=_SALT).dumps([asked.public_id, issue_of(asked)])


def read_token(secret: str, token: str) -> tuple[str, int] | None:
    """Return the form and the moment that a link is for; None for one that we did not sign."""
    try:
        public_id, issued = URLSafeSerializer(secret, salt=_SALT).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(public_id), int(issued)
