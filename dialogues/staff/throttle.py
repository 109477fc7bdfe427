"""How often something may be tried: one upsert, right over threads, processes and restarts, on both databases."""

import hashlib
from datetime import timedelta
from ipaddress import ip_address, ip_network

import sqlalchemy as sa
from flask import request

from dialogues import clock
from dialogues.extensions import db, insert
from dialogues.staff.models import Throttle


def caller() -> str:
    """Who asks, as far as the line tells: the address; of IPv6 the network, in which one caller has all addresses."""
    address = request.remote_addr or ""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.version == 4:
        return address
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def is_throttled(name: str, most: int, per: timedelta, weight: int = 1) -> bool:
    """Count one try of `name` (an address, an account: only its hash is kept) and tell whether it is one too many.

    Joins the running transaction, so a view that then refuses must still commit. In a GET, whose transaction only
    reads, it uses one of its own. `weight=0` only asks, and writes nothing.
    """
    key = hashlib.blake2b(name.encode(), digest_size=20).hexdigest()
    now = clock.now()
    if not weight:
        running = sa.select(Throttle.tries).where(Throttle.name == key, Throttle.window_started_at > now - per)
        return (db.session.scalar(running) or 0) >= most
    fresh = Throttle.window_started_at > now - per
    statement = (
        insert(Throttle)
        .values(name=key, window_started_at=now, tries=weight)
        .on_conflict_do_update(
            index_elements=[Throttle.name],
            set_={
                "tries": sa.case((fresh, Throttle.tries + weight), else_=weight),
                "window_started_at": sa.case((fresh, Throttle.window_started_at), else_=now),
            },
        )
        .returning(Throttle.tries)
    )
    if request.method in ("GET", "HEAD"):
        with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
            tries = connection.execute(statement).scalar_one()
    else:
        tries = db.session.execute(statement).scalar_one()
    return bool(tries > most)


def forget(name: str) -> None:
    """Start again at zero: after a right password. Joins the running transaction."""
    key = hashlib.blake2b(name.encode(), digest_size=20).hexdigest()
    db.session.execute(sa.delete(Throttle).where(Throttle.name == key))


def sweep(older_than: timedelta = timedelta(days=1)) -> int:
    """Delete counters that no longer count; returns how many. Part of `flask --app wsgi tidy`."""
    result = db.session.execute(sa.delete(Throttle).where(Throttle.window_started_at < clock.now() - older_than))
    return int(result.rowcount)  # type: ignore[attr-defined]
