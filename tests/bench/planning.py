"""`python -m tests.bench.planning`: plan 170 communes for 18 months, in seconds and statements.

Every commune has two series: the first Saturday of June and December, and one every three months. BENCH_DATABASE_URL
names another empty database than a new SQLite file.
"""

import os
import tempfile
import time
from datetime import time as hour
from typing import Any

import flask_migrate
import sqlalchemy as sa
from sqlalchemy import event

from dialogues import clock, create_app
from dialogues.extensions import db
from dialogues.places.models import Commune, Province
from dialogues.places.rules import CommuneKind
from dialogues.schedule import series
from dialogues.schedule.round_models import Round, Series

COMMUNES = 170
RULES = ("FREQ=MONTHLY;BYMONTH=6,12;BYDAY=1SA", "FREQ=MONTHLY;INTERVAL=3")


def settle() -> None:
    """170 communes of one province with their series."""
    province = Province(name="tỉnh Sơn Khê")
    db.session.add(province)
    db.session.flush()
    names = [{"name": f"Xã {n}", "slug": f"xa-{n}"} for n in range(COMMUNES)]
    common = {"province_id": province.id, "kind": CommuneKind.XA}
    db.session.execute(sa.insert(Commune), [{**common, **name} for name in names])
    rows = [
        {
            "commune_id": commune_id, "title": "Đối thoại định kỳ", "rule": rule, "starts_on": clock.today(),
            "starts": hour(7, 30), "ends": hour(11, 30), "created_at": clock.now(),
        }
        for commune_id in db.session.scalars(sa.select(Commune.id))
        for rule in RULES
    ]  # fmt: skip
    db.session.execute(sa.insert(Series), rows)
    db.session.commit()


def measure() -> tuple[int, float, int]:
    """Rounds, seconds and statements of one planning with its commit."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    begun = time.perf_counter()
    planned = series.extend()
    db.session.commit()
    seconds = time.perf_counter() - begun
    event.remove(db.engine, "before_cursor_execute", note)
    return planned, seconds, len(seen)


def main() -> None:
    """Print two lines: planning all, and planning again, which adds nothing."""
    with tempfile.TemporaryDirectory() as folder:
        url = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/planning.db")
        app = create_app({"DATABASE_URL": url, "INSTANCE": folder, "TESTING": True})
        with app.app_context():
            flask_migrate.upgrade()
            settle()
            for name in ("plan 170 communes x 18 months", "plan again (nothing is missing)"):
                planned, seconds, statements = measure()
                print(f"{name}: {planned} rounds, {seconds:.2f} s, {statements} statements")
            count = db.session.scalar(sa.select(sa.func.count()).select_from(Round))
            print(f"{count} rounds stand in the plan")
            db.session.remove()
            db.engine.dispose()


if __name__ == "__main__":
    main()
