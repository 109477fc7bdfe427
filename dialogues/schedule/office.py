"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("schedule_office", __name__, url_prefix="/office/dialogues")
