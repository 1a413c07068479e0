"""Clients made from the documents: two generators take every one of them, and what they make works."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emporix_mock_spec import load
from emporix_mock_spec.compile import operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

EXAMPLES = Path(__file__).parents[1] / "examples" / "clients"
BUNDLED = load.bundled()

# What openapi-python-client 0.29 cannot express, as it says itself.
BEYOND_PYTHON = {
    # Enumerations of fractions, and whatever is made of one.
    "ai-service": {
        f"Unable to process schema /components/schemas/{name}:"
        for name in (
            "LlmSettings", "EmporixLlm", "KeyLlm", "KeyLlmSettings", "KeyLlmUpsert",
            "SelfHostedLlm", "SelfHostedLlmSettings", "SelfHostedLlmUpsert",
        )
    },
}  # fmt: skip
LOST_MODELS = {
    "ai-service": {"emporix_llm", "key_llm", "key_llm_upsert", "self_hosted_llm", "self_hosted_llm_upsert"}
}


def run(command: list[str], cwd: Path, **environment: str) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def as_written(heading: str, project: Path, world: World) -> str:
    """The last line that the commands below a heading of the examples' README print."""
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {heading}.*?^```bash\ncd \w+\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)
    assert found, heading
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    output = run(
        ["bash", "-euo", "pipefail", "-c", found[1]],
        project,
        PATH=tools,
        EMPORIX_BASE_URL=world.server.url,
        EMPORIX_TENANT=world.tenant,
        EMPORIX_CLIENT_ID=f"{world.tenant}-backend",
        EMPORIX_CLIENT_SECRET=f"{world.tenant}-backend-secret",
        EMPORIX_STOREFRONT_CLIENT_ID=f"{world.tenant}-storefront",
    )
    return output.splitlines()[-1]


WALK = "5 EUR off: 1200 - 500 = 700 points; its coupon 200, no coupon 404"


# Python.


def python_client(source: Path, target: Path) -> set[str]:
    """Generate a client as the example does; what the generator complains about."""
    generator = pytest.importorskip("openapi_python_client", reason="openapi-python-client is not installed")
    from openapi_python_client.config import Config, ConfigFile, MetaType

    config = Config.from_sources(
        ConfigFile.load_from_path(EXAMPLES / "python" / "openapi-python-client.yaml"),
        MetaType.NONE,
        document_source=source,
        file_encoding="utf-8",
        overwrite=True,
        output_path=target,
    )
    found = generator.generate(config=config)
    assert [f"{each.header}: {each.detail}" for each in found if each.level.name == "ERROR"] == []
    return {each.header.strip() for each in found}


def imported(package: Path) -> Iterator[Path]:
    """What the modules of a package import from it, inside functions too."""
    for module in package.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                yield module.parents[node.level - 1].joinpath(*(node.module or "").split("."))


@pytest.mark.parametrize("service", BUNDLED.services)
def test_a_python_client_has_every_operation(service: str, tmp_path: Path) -> None:
    package = tmp_path / "client"
    complaints = python_client(BUNDLED.files[service], package)
    assert complaints == BEYOND_PYTHON.get(service, set())
    made = [path for path in package.glob("api/*/*.py") if path.name != "__init__.py"]
    assert len(made) == sum(1 for _ in operations(BUNDLED.raw(service)))
    missing = {
        path.name
        for path in imported(package)
        if not (path.with_suffix(".py").exists() or (path / "__init__.py").exists())
    }
    assert missing == LOST_MODELS.get(service, set())


def test_a_python_client_walks_from_points_to_coupon(world: World, tmp_path: Path) -> None:
    pytest.importorskip("openapi_python_client", reason="openapi-python-client is not installed")
    project = shutil.copytree(EXAMPLES / "python", tmp_path / "python")
    assert as_written("Python", project, world) == WALK


# TypeScript.

EVERY_DOCUMENT = """
import { readdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const [, , documents, types] = process.argv;
for (const name of readdirSync(documents).filter((each) => each.endsWith(".yaml"))) {
  const made = await openapiTS(pathToFileURL(`${documents}/${name}`));
  writeFileSync(`${types}/${name.replace(".yaml", ".ts")}`, astToString(made));
}
"""


@pytest.fixture(scope="session")
def node_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TypeScript example with its packages installed."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("Node.js and npm are not installed")
    project = shutil.copytree(EXAMPLES / "typescript", tmp_path_factory.mktemp("node") / "typescript")
    command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        pytest.skip(f"npm cannot install the example's packages: {done.stderr.strip()[-300:]}")
    return project


def operation_types(path: Path) -> list[str]:
    """The names of the operations in generated types."""
    found = re.search(
        r"^export interface operations \{\n(.*?)^\}", path.read_text(), re.DOTALL | re.MULTILINE
    )
    assert found, path
    return re.findall(r'^    "?([^\s":]+)"?: \{$', found[1], re.MULTILINE)


def test_typescript_types_of_every_document_compile(node_project: Path, tmp_path: Path) -> None:
    (node_project / "every-document.mjs").write_text(EVERY_DOCUMENT, encoding="utf-8")
    run(
        ["node", "every-document.mjs", str(BUNDLED.files["coupon"].parent), str(tmp_path)],
        node_project,
    )
    made = sorted(tmp_path.glob("*.ts"))
    assert [path.stem for path in made] == sorted(BUNDLED.services)
    for path in made:
        expected = [node["operationId"] for _, _, node in operations(BUNDLED.raw(path.stem))]
        assert sorted(operation_types(path)) == sorted(expected), path.stem
    run(["node_modules/.bin/tsc", "--noEmit", "--strict", *map(str, made)], node_project)


def test_a_typescript_client_walks_from_points_to_coupon(world: World, node_project: Path) -> None:
    assert as_written("TypeScript", node_project, world) == WALK
