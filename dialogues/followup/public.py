"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("followup", __name__)
