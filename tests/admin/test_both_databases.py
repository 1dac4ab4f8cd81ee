"""Every list on both databases: their statements mean the same to each."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy.engine import URL

from admin.services import EXTENSION
from tests.admin.conftest import post_sign_in
from tests.admin.routes import LIST_NAMES
from tests.factories import PASSWORD, add_world
from workflows.base.database import Database
from workflows.base.keys import Keyring
from workflows.base.settings import load_settings
from wsgi import create_app


def test_lists_filters_orders_and_details(database_url: URL, tmp_path: Path) -> None:
    database = Database(database_url, Keyring(tmp_path / "keys", "kaoheng.local/log"))
    with database.write() as session:
        add_world(session)
    database.close()
    address = database_url.render_as_string(hide_password=False)
    app = create_app(
        load_settings({"KAOHENG_HOME": str(tmp_path), "KAOHENG_DATABASE_URL": address})
    )
    for username in ("auditor", "hr_region", "manager", "salesperson"):
        client = app.test_client()
        assert post_sign_in(client, username, PASSWORD).status_code == 302
        assert client.get("/").status_code == 200
        for name in (
            LIST_NAMES if username == "auditor" else ("people", "units", "records", "reviews")
        ):
            first = client.get(f"/{name}/?q=").text
            (order, *_) = re.findall(rf'href="/{name}/\?order=(\w+)"', first)
            for query in (f"order={order}", f"order=-{order}", "q=1", "kind=team&state=done"):
                assert client.get(f"/{name}/?{query}").status_code == 200, (name, query)
            row = re.search(rf'class="row-link" href="(/{name}/[^"]+)"', first)
            assert row, name
            assert client.get(row[1]).status_code == 200, row[1]
    app.extensions[EXTENSION].database.close()
