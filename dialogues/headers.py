"""Response headers that every answer carries."""

from flask import Flask, Response, request

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def add(response: Response) -> Response:
    """After every request. Pages of signed-in people and of code holders are never stored anywhere."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if request.endpoint != "static" else "public, max-age=31536000"
    return response


def init(app: Flask) -> None:
    """Bind to the app."""
    app.after_request(add)
    if app.config["SETTINGS"].https:

        @app.after_request
        def add_https(response: Response) -> Response:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
            return response
