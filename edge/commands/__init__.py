"""One module a tool: `HELP`, `add_arguments(parser)` and `run(args) -> exit code`. Heavy imports happen inside `run`."""
