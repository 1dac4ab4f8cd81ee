"""Audits of results on their pages, and their commands."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from tests.admin.conftest import SignIn, services_of
from tests.admin.test_participation import post
from workflows.audits.tables import AuditedResult

LINE = "/audits/audit-1/review-S11"


def test_a_finding_from_the_page_to_its_answer(app: Flask, sign_in: SignIn) -> None:
    auditor, hr = sign_in("auditor"), sign_in("hr")
    assert "/audits/audit-1" in auditor.get("/").text
    page = auditor.get("/audits/audit-1").text
    assert f'action="{LINE}/check"' in page
    assert f'action="{LINE}/check"' not in hr.get("/audits/audit-1").text
    with services_of(app).database.write() as session:
        session.execute(
            sa.update(AuditedResult).values(state="finding", note="少一单", checks=["records"])
        )
    empty = post(hr, f"{LINE}/answer", answer=" ", version="0")
    assert empty.status_code == 400
    assert post(hr, f"{LINE}/answer", answer="已补", version="0").status_code == 303
    stays = post(auditor, f"{LINE}/settle", verdict="open", note="", version="1")
    assert stays.status_code == 400
    assert post(auditor, f"{LINE}/settle", verdict="settled", version="1").status_code == 303
    assert "已补" in auditor.get("/audits/audit-1.csv").text
