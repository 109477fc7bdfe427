"""Thin commands: `flask --app wsgi NAME`."""

import sys

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from dialogues.extensions import db


def init(app: Flask) -> None:
    """Bind the commands."""
    app.cli.add_command(start)
    app.cli.add_command(demo)
    app.cli.add_command(commune)
    app.cli.add_command(tidy)
    app.cli.add_command(plan)
    app.cli.add_command(receive)
    app.cli.add_command(deliver)
    app.cli.add_command(remind)


def _bring_up_to_date() -> None:
    """Commands that write work on the newest tables, also in an empty folder."""
    from dialogues.serve import bring_up_to_date

    bring_up_to_date(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command()
def demo() -> None:
    """Build the demo commune xã Minh Tâm (refused when it stands already, or outside this computer)."""
    from dialogues.demo.build import build
    from dialogues.errors import RuleBroken

    _bring_up_to_date()
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


commune = AppGroup("commune", help="Communes of this installation.")


@commune.command("create")
@click.option("--kind", type=click.Choice(["xa", "phuong", "dac_khu"]), default="xa", show_default=True)
@click.option("--name", required=True, help='Without the kind: "Minh Tâm".')
@click.option("--slug", required=True, help="The address, kept for ever: minh-tam.")
@click.option("--province", required=True, help='"tỉnh Sơn Khê".')
@click.option("--admin-email", required=True, help="The first administrator signs in with it.")
@click.option("--admin-name", default="Quản trị", show_default=True)
def create_commune(kind: str, name: str, slug: str, province: str, admin_email: str, admin_name: str) -> None:
    """Make a commune and its first administrator; print the link with which this person sets a password."""
    from dialogues.errors import RuleBroken
    from dialogues.staff.founding import found_commune

    _bring_up_to_date()
    try:
        path = found_commune(
            kind=kind, name=name, slug=slug, province=province, admin_email=admin_email, admin_name=admin_name
        )
    except RuleBroken as broken:
        db.session.rollback()
        raise click.ClickException(str(broken.message)) from None
    db.session.commit()
    click.echo(f"{current_app.config['SETTINGS'].base_url}{path}")


@commune.command("reset-link")
@click.option("--email", required=True, help="Whose password is set anew.")
def print_reset_link(email: str) -> None:
    """Print a link with which this person sets a new password: when the administrator lost the own one."""
    from dialogues.staff.service import make_reset_link, staff_by_email

    _bring_up_to_date()
    staff = staff_by_email(email)
    if staff is None or not staff.is_active:
        raise click.ClickException("No open account has this e-mail address.")
    token = make_reset_link(staff=staff, actor=None)
    db.session.commit()
    click.echo(f"{current_app.config['SETTINGS'].base_url}/office/reset/{token}")


@click.command()
@click.option("--stdin", "from_stdin", is_flag=True, help="Read one mail from standard input.")
def receive(from_stdin: bool) -> None:
    """Take answers of guests: the new mails of the box IMAP_URL, or one mail from standard input."""
    from dialogues.invitations import receive as replies
    from dialogues.invitations import reply_box

    _bring_up_to_date()
    url = current_app.config["SETTINGS"].imap_url
    if url and not from_stdin:
        try:
            found = reply_box.read(url, db.session.commit)
        except reply_box.BoxTrouble as trouble:
            raise click.ClickException(str(trouble)) from None
        click.echo(", ".join(f"{number} {verdict}" for verdict, number in found.items()) or "nothing new")
        return
    verdict = replies.take(sys.stdin.buffer.read(replies.MOST_BYTES + 1))
    db.session.commit()
    click.echo(verdict.value)


@click.command()
def tidy() -> None:
    """Delete old counters, erase personal data whose term is over, plan rounds ahead, and count days anew where days
    off changed. Run it once a day."""
    from dialogues.askers import erasing as askers
    from dialogues.followup.recount import recount_all
    from dialogues.imports import staging
    from dialogues.invitations import guests
    from dialogues.invitations import receive as replies
    from dialogues.post import erasing
    from dialogues.reminders import links
    from dialogues.schedule.series import extend
    from dialogues.staff.throttle import sweep
    from dialogues.subscribers import following
    from dialogues.subscribers import service as subscribers
    from dialogues.verdicts import ratings

    _bring_up_to_date()
    count = sweep()
    planned = extend()
    moved = recount_all()
    forgotten = subscribers.sweep() + following.sweep()
    lines = replies.sweep()
    people = askers.erase_old()
    addresses = guests.erase_old(askers.keeps_until)
    erased = subscribers.erase_letters() + following.erase_letters() + askers.erase_letters() + erasing.erase_old()
    files = staging.erase_old()
    links.sweep()
    ratings.erase_old()
    db.session.commit()
    click.echo(
        f"{count} counters deleted, {planned} rounds planned, {forgotten} addresses of readers deleted, "
        f"{erased} letters erased, {lines} received replies deleted, contact data of {people} askers and "
        f"{addresses} guests erased."
    )
    if moved:
        click.echo(f"{moved} counted days of promises worked out anew: the days off changed.")
    if files:
        click.echo(f"{files} files with questions erased.")


@click.command()
def plan() -> None:
    """Plan the rounds of the next 18 months for all communes; running it again adds nothing."""
    from dialogues.schedule.series import extend

    _bring_up_to_date()
    planned = extend()
    db.session.commit()
    click.echo(f"{planned} rounds planned.")


@click.command()
def remind() -> None:
    """Write the morning messages about promises, if those of today are not written yet. `deliver` does it by itself."""
    from dialogues import clock
    from dialogues.post import delivery

    _bring_up_to_date()
    written = delivery.do_rounds(clock.now())
    click.echo(f"{written} morning messages written.")


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now and end: for a timer.")
def deliver(once: bool) -> None:
    """Send the letters of the outbox, until Ctrl-C or SIGTERM. Several may run; no letter goes out twice."""
    import logging
    import signal
    from threading import Event

    from dialogues.post import delivery

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    _bring_up_to_date()
    settings = current_app.config["SETTINGS"]
    if not settings.smtp_url and not settings.gateway_url:
        click.echo("Neither SMTP_URL nor GATEWAY_URL is set: letters are written down, and none is sent.")
    if once:
        click.echo(str(delivery.Deliverer.of(settings).round()))
        return
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker = delivery.start(current_app._get_current_object(), stop)  # type: ignore[attr-defined]
    stop.wait()
    worker.join(delivery.STOP_WITHIN)
    click.echo("Stopped.")
