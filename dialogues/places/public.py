"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("places", __name__)
