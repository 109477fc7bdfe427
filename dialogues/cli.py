"""Thin commands: `flask --app wsgi NAME`."""

import click
from flask import Flask, current_app

from dialogues.extensions import db


def init(app: Flask) -> None:
    """Bind the commands."""
    app.cli.add_command(start)
    app.cli.add_command(demo)


@click.command()
def demo() -> None:
    """Build the demo commune xã Minh Tâm (refused when it stands already, or outside this computer)."""
    from dialogues.demo.build import build
    from dialogues.errors import RuleBroken

    try:
        counts = build()
    except RuleBroken as broken:
        raise click.ClickException(str(broken.message)) from None
    db.session.commit()
    click.echo(", ".join(f"{number} {name}" for name, number in counts.items()))


@click.command()
@click.option("--demo/--no-demo", "with_demo", default=True, help="Load the demo commune if the database is empty.")
def start(with_demo: bool) -> None:
    """Bring the database to the newest state, load the demo if it is empty, and serve."""
    from dialogues.serve import serve

    serve(current_app._get_current_object(), with_demo=with_demo)  # type: ignore[attr-defined]
