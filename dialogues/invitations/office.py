"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("invitations_office", __name__, url_prefix="/office/calendar")
