"""Files that people send: kept outside the web folder under names of our own, removed when their row is really gone."""

import os
import re
import secrets
from pathlib import Path

from flask import current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from dialogues.extensions import db

_NAME = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{2,4}")


def _folder(commune_id: int) -> Path:
    return Path(current_app.instance_path) / "uploads" / str(commune_id)


def keep(commune_id: int, data: bytes, ending: str, small: bytes = b"") -> str:
    """Write a checked file to the disk and give its name. It is complete or not there; one whose row is never committed
    is an orphan that nobody can ask for. `small`: the same picture made small, kept beside it (`small_name`)."""
    folder = _folder(commune_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{secrets.token_hex(16)}.{ending}"
    if small:
        _write(folder, small_name(name), small)
    _write(folder, name, data)
    return name


def small_name(name: str) -> str:
    """The name under which the small picture of this one stands."""
    return f"{name.partition('.')[0]}.tn"


def _write(folder: Path, name: str, data: bytes) -> None:
    half = folder / f"{name}.part"
    with half.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / name)


def found(commune_id: int, name: str) -> Path | None:
    """A kept file; None when there is none."""
    if not _NAME.fullmatch(name):
        return None
    path = _folder(commune_id) / name
    return path if path.is_file() else None


def remove_after_commit(commune_id: int, name: str) -> None:
    """Take the file away as soon as the transaction that lets go of it is committed; a rollback keeps it."""
    path = found(commune_id, name)
    if path is not None:
        db.session().info.setdefault("files_to_remove", []).append(path)


@event.listens_for(Session, "after_commit")
def _remove(session: Session) -> None:
    if session.in_nested_transaction():
        return  # only a savepoint
    for path in session.info.pop("files_to_remove", ()):
        path.unlink(missing_ok=True)


@event.listens_for(Session, "after_rollback")
def _keep_all(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop("files_to_remove", None)
