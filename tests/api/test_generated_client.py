"""Whoever builds on the API can have a client made from its document by a common generator."""

import compileall
import json
import subprocess
import sys


def test_a_client_made_from_the_document_compiles(nobody, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(nobody.ask("GET", "/openapi.json").get_json()), "utf-8")
    config = tmp_path / "config.yaml"
    config.write_text("post_hooks: []\n", "utf-8")
    made = tmp_path / "client"

    generated = subprocess.run(
        [
            sys.executable,
            "-m",
            "openapi_python_client",
            "generate",
            *("--path", str(document), "--config", str(config), "--output-path", str(made)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert generated.returncode == 0, generated.stdout + generated.stderr
    (package,) = (folder.parent for folder in made.glob("*/client.py"))
    assert compileall.compile_dir(package, quiet=1, workers=1)
    imported = subprocess.run(
        [sys.executable, "-c", f"import {package.name}.client, {package.name}.api.orders"],
        cwd=made,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert imported.returncode == 0, imported.stderr
