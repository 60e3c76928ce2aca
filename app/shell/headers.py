"""Settings of the web server that guard the browser: cookies, sizes, hosts, and headers on every
answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from app.core.settings import Settings, listed

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "X-Rung": "1",  # tells our script that no proxy answered in our place
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FOR_MACHINES = frozenset({"/healthz", "/readyz", "/api/cti"})
"""Asked by programs of this machine or its net, under whatever name it has there.

They make no link from that name; the telephone's calls are signed.
"""
FILES = ("static", "assets.built")
LARGEST_REQUEST = (
    64 * 1024 * 1024
)  # bytes; an LDIF export of a few thousand people fits
ONE_YEAR = 365 * 24 * 3600


def init_headers(app: Flask, settings: Settings) -> None:
    """Apply what ``settings`` say about cookies, hosts and proxies, and set the headers."""
    hosts = _trusted(settings)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        TRUSTED_HOSTS=hosts or None,
        SESSION_COOKIE_NAME="__Host-rung" if settings.secure_cookies else "rung",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,  # the token lives as long as the session it is bound to
    )
    if hosts:
        app.wsgi_app = AnyNameForMachines(app.wsgi_app, hosts[0].lstrip("."))  # type: ignore[method-assign]
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.after_request(_set)


def _trusted(settings: Settings) -> list[str]:
    """Return the hosts the server answers to, that of the public address among them; none: to
    any.
    """
    named = list(listed(settings.trusted_hosts))
    public = urlsplit(settings.public_url).hostname
    return [*named, public] if named and public else named


class AnyNameForMachines:
    """Answers what machines ask under any host name, where people are answered under the trusted
    names only.
    """

    def __init__(self, application: WSGIApplication, name: str) -> None:
        self._application = application
        self._name = name

    def __call__(
        self, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("PATH_INFO") in FOR_MACHINES:
            environ["HTTP_HOST"] = self._name
        return self._application(environ, start_response)


def _set(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint not in FILES:
        response.headers.setdefault("Cache-Control", "private, no-store")
    elif response.status_code in (200, 304):
        _cache_file(response)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}")
    return response


def _cache_file(response: Response) -> None:
    # Files are asked for with their fingerprint, or lie in a folder that carries their version.
    unchanging = "v" in request.args or "/vendor/" in request.path
    response.headers["Cache-Control"] = (
        f"public, max-age={ONE_YEAR}, immutable" if unchanging else "no-cache"
    )
