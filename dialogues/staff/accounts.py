"""Accounts of the commune: who signs in, with which roles."""

from flask import Blueprint

bp = Blueprint("staff_accounts", __name__, url_prefix="/office/accounts")
