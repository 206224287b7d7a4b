"""`edge run`: the service."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

HELP = "run the service: every camera of the configuration, until told to stop"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--config", type=Path, default=Path("/etc/edge/edge.toml"), metavar="FILE", help="default: %(default)s"
    )


def run(args: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT."""
    from edge.clock import SystemClock
    from edge.config.reload import ConfigWatch
    from edge.logs import setup_logs
    from edge.service import Service

    watch = ConfigWatch(args.config)
    setup_logs(watch.current.device.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    Service(watch, SystemClock()).run(stop)
    return 0
