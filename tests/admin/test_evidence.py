"""Evidence on the pages of an appeal: sent, shown to its readers, downloaded and not displayed."""

from __future__ import annotations

from io import BytesIO

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from tests.admin.conftest import SignIn
from tests.admin.test_access import form_token

APPEAL = "/appeals/appeal-S11"


def send(client: FlaskClient, *files: tuple[bytes, str], **form: str) -> TestResponse:
    sent = MultiDict({"version": "0", **form})
    for content, name in files:
        sent.add("files", FileStorage(BytesIO(content), name))
    # As bytes: the client would keep a large form in a file that it never closes.
    boundary, body = encode_multipart(sent)
    return client.post(
        f"{APPEAL}/files",
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        headers={"X-CSRFToken": form_token(client)},
    )


def test_what_is_attached_is_kept_by_its_content_and_given_as_a_download(sign_in: SignIn) -> None:
    me = sign_in("salesperson")
    disguised = send(me, (b"<script>", "合同.pdf"), note="客户盖章")
    assert disguised.status_code == 400
    assert "客户盖章" in disguised.text
    large = b"%PDF-" + b"0" * 2_000_000  # more than a form without files may have
    assert send(me, (large, "../合同 二.pdf")).status_code == 303
    page = me.get(APPEAL).text
    assert "合同 二.pdf" in page
    for client in (me, sign_in("hr")):
        given = client.get(f"{APPEAL}/files/2")
        assert given.data == large
        assert given.headers["Content-Disposition"].startswith("attachment;")
        assert given.headers["X-Content-Type-Options"] == "nosniff"
        assert given.headers["Content-Type"] == "application/pdf"
        given.close()
    assert sign_in("manager").get(f"{APPEAL}/files/2").status_code == 404
