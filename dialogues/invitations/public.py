"""Placeholder until the views stand."""

from flask import Blueprint

bp = Blueprint("invitations", __name__)
