"""What every process of a run needs whatever its service, though some of it is imported late."""

from importlib import import_module

from emporix_mock_contract import rules

for name in (
    "emporix_mock_contract.process",
    "schemathesis.cli.commands.run.executor",
    "schemathesis.engine.run.stateful",
    "schemathesis.engine.run.unit",
    "schemathesis.reporting.html",
    "schemathesis.specs.openapi.negative",
    "schemathesis.specs.openapi.schemas",
    "schemathesis.specs.openapi.stateful.dependencies.layers",
):
    import_module(name)
rules.registered()
