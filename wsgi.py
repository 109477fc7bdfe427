"""WSGI entry point: `flask --app wsgi ...`, `waitress-serve wsgi:app`, `gunicorn wsgi:app`."""

from dialogues import create_app, plainly

app = plainly(create_app)
