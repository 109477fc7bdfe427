"""The process that is measured: `python -m tests.bench.server DATABASE PORT`; waitress as in `make run`."""

import logging
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import waitress

from tests.bench.pages import CPU, HOST, REBUILD, bare_app, make_app


class Measured:
    """Tells its CPU time, and forgets the kept pages before a request that asks for it, as a write would."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.kept = app.extensions.get("page_cache")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == CPU:
            start_response("200 OK", [("Content-Type", "text/plain")])
            return [f"{time.process_time()}".encode()]
        if REBUILD in environ and self.kept:
            self.kept.clear()
        answer: Iterable[bytes] = self.app.wsgi_app(environ, start_response)
        return answer


def main(database: str, port: str) -> None:
    served = Measured(bare_app() if database == "bare" else make_app(database, str(Path(database).parent)))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    waitress.serve(served, host=HOST, port=int(port), threads=8, ident=None, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
