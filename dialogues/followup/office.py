"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("followup_office", __name__, url_prefix="/office")
