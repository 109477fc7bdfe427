"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("questions_office", __name__, url_prefix="/office/questions")
