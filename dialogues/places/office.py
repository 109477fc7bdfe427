"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("places_office", __name__, url_prefix="/office/commune")
