"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("questions", __name__)
