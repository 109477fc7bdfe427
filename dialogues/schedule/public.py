"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("schedule", __name__)
