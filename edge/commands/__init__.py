"""One module a tool: `HELP`, `add_arguments(parser)`, `run(args) -> exit code`. Heavy imports happen inside `run`."""
