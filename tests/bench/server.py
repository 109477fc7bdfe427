"""The process that is measured: `python -m tests.bench.server DATABASE PORT`; waitress as in `make run`."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import waitress

from tests.bench.pages import HOST, REBUILD, bare_app, make_app


class Rebuilding:
    """Forgets the kept pages before a request that asks for it, as a write would."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.kept = app.extensions["page_cache"]

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if REBUILD in environ:
            self.kept.clear()
        answer: Iterable[bytes] = self.app.wsgi_app(environ, start_response)
        return answer


def main(database: str, port: str) -> None:
    served: Any = bare_app() if database == "bare" else Rebuilding(make_app(database, str(Path(database).parent)))
    waitress.serve(served, host=HOST, port=int(port), threads=8, ident=None, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
