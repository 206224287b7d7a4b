"""A viewer without a screen, for the benchmark of the live view: takes pictures as fast as they come, until the end."""

from __future__ import annotations

import http.client
import json
import os
import sys
from urllib.parse import urlsplit


def main(url: str) -> None:
    """Look at the page."""
    os.nice(19)  # it stands for another machine
    place = urlsplit(url)
    line = http.client.HTTPConnection(place.hostname or "", place.port, timeout=10)
    number, run, ended = 0, "", False
    while not ended:
        line.request("GET", f"/next?viewer=benchmark&run={run}&after={number}")
        body = line.getresponse().read()
        if not body:
            continue
        told = json.loads(body[4 : 4 + int.from_bytes(body[:4], "big")])
        number, run, ended = told["number"], told["run"], told["ended"]


if __name__ == "__main__":
    main(sys.argv[1])
