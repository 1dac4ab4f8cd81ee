"""The tutorial's commands, run as they stand."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_tutorial_runs(tmp_path: Path) -> None:
    text = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    # The first block finds the commands in .venv; a test uses its own interpreter's.
    commands = f'export PATH="{Path(sys.executable).parent}:$PATH"\n' + "\n".join(blocks)
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=ROOT,
        env={**environ, "TUTORIAL_HOME": str(tmp_path / "home"), "KAOHENG_LANGUAGE": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Nothing changed: all of this was imported before." in run.stdout
    assert run.stdout.count("replays to the same bytes") == 2
    assert "Closed and sealed demo-quarterly@2025-Q4" in run.stdout
