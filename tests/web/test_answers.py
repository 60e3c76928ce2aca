"""Headers, faults and answers that hold for every page."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Blueprint, Flask, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import Headers
from werkzeug.wrappers import Response
from wtforms import PasswordField

from app import create_app
from app.auth import fresh, public, requires
from app.core.errors import Away, Conflict, Invalid, Refused
from app.core.htmx import Undo, answer, changed, done
from app.core.parts import KEY
from app.core.settings import Settings
from app.core.web import csv_answer, safe_path
from app.shell.again import SECRETS
from ldap_sync.port import IncompleteRead, Unavailable
from tests.conftest import Clock
from tests.html import faults_of_page, faults_of_piece, faults_of_pointers, parse
from tests.pages import HTMX, PASSWORD, Pages
from tests.web.demo import add_demo

ERRORS = {
    "refused": Refused("The wave is frozen.", details=("anna froze it",)),
    "invalid": Invalid("Name is missing.", field="name"),
    "conflict": Conflict("Others changed it."),
    "away": Away("The database is locked."),
    "unavailable": Unavailable("Nobody answers at ldap.example.org."),
    "incomplete": IncompleteRead("The server cut the answer at 500 entries."),
}
bp = Blueprint("try", __name__, url_prefix="/try")


@bp.route("/fail/<string:kind>", methods=["GET", "POST"])
@public
def fail(kind: str) -> Response:
    raise ERRORS[kind]


@bp.post("/change")
@requires("read")
def change() -> Response:
    return changed("/try/told", "It is changed.", "small.html", "part")


@bp.post("/move")
@requires("read")
def move() -> Response:
    return done("/parts", "It is moved.", undo=Undo("/try/change"))


@bp.post("/apply")
@requires("apply")
@fresh
def apply() -> Response:
    return done(
        "/parts",
        f"Applied {request.form['wave']} for {request.form.getlist('person')}.",
    )


@bp.get("/list")
@public
def csv_list() -> Response:
    return csv_answer(
        "list.csv",
        ["name", "note"],
        [["Zoë", '=HYPERLINK("x")'], ["a,b", None], ["-1", "+1"]],
    )


@bp.get("/told")
@public
def told() -> Response:
    return answer("small.html", "part", told="Saved.")


@pytest.fixture
def trial(app: Flask) -> Iterator[Flask]:
    add_demo(app).register_blueprint(bp)
    yield app


@pytest.fixture
def browser(trial: Flask) -> Pages:
    return Pages(trial).as_operator()


def headers_of(app: Flask, path: str) -> Headers:
    with app.test_client().get(path) as answer:
        return answer.headers


def test_every_answer_carries_the_headers_that_guard_the_browser(app: Flask) -> None:
    for path in (
        "/sign-in",
        "/healthz",
        "/nothing",
        "/static/js/app.js",
        "/assets/rung.css",
    ):
        headers = headers_of(app, path)
        policy = headers["Content-Security-Policy"]
        assert policy.startswith(
            "default-src 'none'; script-src 'self'; style-src 'self'"
        )
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in headers


def test_pages_are_kept_by_nobody_and_fingerprinted_files_for_ever(app: Flask) -> None:
    assert headers_of(app, "/sign-in")["Cache-Control"] == "private, no-store"
    assert (
        "immutable"
        in headers_of(app, "/static/vendor/htmx-4.0.1/htmx.min.js")["Cache-Control"]
    )
    assert "immutable" in headers_of(app, "/static/js/app.js?v=1")["Cache-Control"]
    assert headers_of(app, "/static/js/app.js")["Cache-Control"] == "no-cache"
    assert "immutable" not in headers_of(app, "/static/js/none.js?v=1").get(
        "Cache-Control", ""
    )


def test_the_session_cookie_is_out_of_reach_for_scripts_and_other_sites(
    app: Flask,
) -> None:
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert cookie.startswith("rung=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_tls_the_cookie_is_secure_and_bound_to_the_host(
    settings: Settings,
) -> None:
    app = create_app(replace(settings, secure_cookies=True, trusted_proxies=1))
    answer = app.test_client().get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert answer.headers["Set-Cookie"].startswith("__Host-rung=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]
    app.extensions[KEY].database.dispose()


def test_forwarded_headers_are_believed_only_when_a_proxy_is_configured(
    app: Flask,
) -> None:
    answer = app.test_client().get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer.headers


def test_only_the_configured_host_names_are_answered(settings: Settings) -> None:
    app = create_app(replace(settings, trusted_hosts="rung.example.org, localhost"))
    assert app.test_client().get("/sign-in").status_code == 200
    assert (
        app.test_client().get("/sign-in", headers={"Host": "evil.example"}).status_code
        == 400
    )
    app.extensions[KEY].database.dispose()


@pytest.mark.parametrize(
    "trusted", ["rung.example.org", ".example.org", "rung.example.org:8443, x.example"]
)
@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8000", "localhost", "[::1]:8000", "rung.example.org", "", "10.1.2.3"],
)
def test_machines_ask_under_any_host_name(
    settings: Settings, trusted: str, host: str
) -> None:
    app = create_app(
        replace(settings, trusted_hosts=trusted, trusted_proxies=1, cti_secret="x" * 16)
    )
    client = app.test_client()
    for forwarded in ({}, {"X-Forwarded-Host": "evil.example"}):
        headers = {"Host": host, **forwarded}
        assert client.get("/healthz", headers=headers).status_code == 200
        assert client.get("/readyz", headers=headers).status_code == 200
        assert client.post("/api/cti", headers=headers).status_code in (
            401,
            403,
        )  # not signed, but not refused by name
        assert client.get(
            "/healthz/", headers={**headers, "Host": "evil.example"}
        ).status_code in (
            400,
            404,
        )
    app.extensions[KEY].database.dispose()


@pytest.mark.parametrize(
    ("kind", "status", "title"),
    [
        ("refused", 409, "This was not done"),
        ("invalid", 422, "Something is missing"),
        ("conflict", 409, "This was not done"),
        ("away", 503, "Not available now"),
        ("unavailable", 503, "The directory cannot be read"),
        ("incomplete", 503, "The directory cannot be read"),
    ],
)
def test_an_error_is_a_page_in_plain_words(
    browser: Pages, kind: str, status: int, title: str
) -> None:
    page = browser.get(f"/try/fail/{kind}", status=status)
    assert page.h1 == title
    assert str(ERRORS[kind]) in page.content


def test_an_error_says_its_details(browser: Pages) -> None:
    assert "anna froze it" in browser.get("/try/fail/refused", status=409).content


def test_htmx_gets_an_error_in_the_status_line_so_that_the_form_stays(
    browser: Pages,
) -> None:
    page = browser.post("/try/fail/refused", status=409, fragment=True)
    assert page.response.headers["HX-Retarget"] == "#told"
    assert page.root.one(role="alert").text.startswith(
        "This was not done. The wave is frozen."
    )


def test_an_unforeseen_error_shows_nothing_of_the_inside(trial: Flask) -> None:
    browser = Pages(trial)
    trial.testing = False
    page = browser.get("/try/fail/unheard-of", status=500)
    assert page.h1 == "Something went wrong"
    assert "KeyError" not in page.html


def test_an_error_page_is_shown_even_when_the_database_is_gone(browser: Pages) -> None:
    with browser.parts.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE sign_in")
    page = browser.get("/account", status=503)
    assert "rung db upgrade" in page.content


def test_a_form_of_another_session_is_refused_in_plain_words(trial: Flask) -> None:
    client = Pages(trial).as_operator().client
    answer = client.post("/try/move", data={"csrf_token": "of yesterday"})
    assert answer.status_code == 400
    assert "The form was too old" in answer.text


def test_a_request_that_is_too_large_is_told_the_limit(trial: Flask) -> None:
    trial.config["MAX_CONTENT_LENGTH"] = 1000
    answer = (
        Pages(trial)
        .as_operator()
        .client.post("/try/move", data={"csrf_token": "x", "long": "y" * 5000})
    )
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_what_just_happened_is_said_once_with_its_undo(browser: Pages) -> None:
    page = browser.post("/try/move")
    assert (page.told, page.undoable) == ("It is moved.", True)
    assert page.root.one("form", action="/try/change").all("button")[0].text == "Undo"
    assert browser.get("/parts").told == ""


def test_htmx_gets_the_changed_block_and_the_status_line_beside_it(
    browser: Pages,
) -> None:
    page = browser.post("/try/change", fragment=True)
    assert page.root.one(id="told").attrs["hx-swap-oob"] == "true"
    assert page.told == "It is changed."
    assert page.root.one(id="part").text == "The part."


def test_a_plain_form_is_sent_on_after_a_change(browser: Pages) -> None:
    browser.get("/parts")
    answer = browser.client.post("/try/change", data={"csrf_token": browser._token})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/try/told")


def test_htmx_is_told_to_leave_the_page(browser: Pages) -> None:
    page = browser.post("/try/move", fragment=True)
    assert page.response.headers["HX-Redirect"] == "/parts"
    assert browser.get("/parts").told.startswith("It is moved.")


def test_a_page_can_say_what_happened_itself(browser: Pages) -> None:
    assert browser.get("/try/told").told == "Saved."


def test_a_restored_history_entry_is_a_whole_page(browser: Pages) -> None:
    answer = browser.client.get(
        "/parts", headers={**HTMX, "HX-History-Restore-Request": "true"}
    )
    assert "<html" in answer.text


def test_an_ended_session_is_answered_to_htmx_with_the_sign_in_over_the_page(
    trial: Flask,
) -> None:
    answer = trial.test_client().get("/account", headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["X-Rung-Sign-In"]
    assert "HX-Redirect" not in answer.headers
    assert 'id="again-password"' in answer.text


def test_a_form_of_an_ended_session_is_kept_without_passwords_and_tells_of_its_files(
    trial: Flask, clock: Clock
) -> None:
    anna = Pages(trial).as_operator("anna")
    key = anna.get("/parts").root.all("input", name="_once")[0]
    clock.forward(hours=13)
    sent = {"_once": key.attrs["value"], "wave": "3", "file": (BytesIO(b"x"), "a.csv")}
    kept = anna.client.post("/try/apply", data=sent)
    assert kept.status_code == 401
    assert 'name="wave" value="3"' in kept.text
    assert "A file cannot be kept. Choose it again afterwards: a.csv" in kept.text
    secret = {"_once": key.attrs["value"], "old": "x", "password": "y"}
    answer = anna.client.post("/account/password", data=secret)
    assert answer.headers["Location"] == "/sign-in"


def test_a_form_that_no_page_of_ours_made_is_not_kept_for_after_the_sign_in(
    trial: Flask,
) -> None:
    for key in ("", "1.made.up~1"):
        answer = trial.test_client().post("/try/apply", data={"_once": key})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_every_field_for_a_password_is_known_as_one_that_is_never_kept() -> None:
    names = {
        name
        for form in FlaskForm.__subclasses__()
        for name in dir(form)
        if getattr(getattr(form, name), "field_class", None) is PasswordField
    }
    assert names
    assert names <= SECRETS


def test_the_password_is_asked_again_before_something_grave_and_then_it_goes_on(
    browser: Pages, clock: Clock
) -> None:
    clock.forward(minutes=16)
    browser.get("/parts")
    page = browser.post(
        "/try/apply", {"wave": "3", "person": ["zoë", "søren"]}, status=401
    )
    assert page.h1 == "Your password, please"
    page = browser.submit(_password="not this one", status=422)
    assert "This is not your password." in page.content
    page = browser.submit(_password=PASSWORD)
    assert page.told == "Applied 3 for ['zoë', 'søren']."
    assert browser.post("/try/apply", {"wave": "4"}).told == "Applied 4 for []."


def test_htmx_shows_the_password_page_instead_of_the_whole_page(
    browser: Pages, clock: Clock
) -> None:
    clock.forward(minutes=16)
    page = browser.post("/try/apply", {"wave": "3"}, status=401, fragment=True)
    assert page.response.headers["HX-Retarget"] == "#content"


def test_a_csv_is_safe_to_open_in_a_spreadsheet(browser: Pages) -> None:
    answer = browser.client.get("/try/list")
    assert answer.headers["Content-Disposition"] == "attachment; filename=list.csv"
    assert answer.get_data().decode("utf-8-sig") == (
        'name,note\r\nZoë,"\'=HYPERLINK(""x"")"\r\n"a,b",\r\n\'-1,\'+1\r\n'
    )


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        ("/waves/3", "/waves/3"),
        ("", "/"),
        (None, "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\nb", "/"),
        ("/\t/evil.example", "/"),
    ],
)
def test_nobody_is_sent_to_another_site(asked: str | None, goes: str) -> None:
    assert safe_path(asked) == goes


def test_health_is_told_without_signing_in(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "pass"}
    assert client.get("/readyz").json == {"status": "pass", "database": "pass"}


def test_a_database_that_is_behind_is_not_ready(app: Flask) -> None:
    with app.extensions[KEY].database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json and answer.json["status"] == "fail"


def test_the_lint_finds_what_it_is_there_for() -> None:
    bad = """<html><body><h1>a</h1><h3>c</h3><p id=x onclick="x()">1</p><p id=x style="a:b">2</p>
      <input name=q>
      <a href="javascript:x()">x</a><img src=x><svg></svg><form action="/x"></form>
      <form method=post></form>
      <button></button><div hx-get="/x">x</div><button hx-get="/y">y</button><script>1</script>
      <table></table>
      <label for=nothing>l</label></div></body></html>"""
    root, shape = parse(bad)
    found = " ".join(
        [
            *shape,
            *faults_of_page(root, bad),
            *faults_of_piece(root),
            *faults_of_pointers(root),
        ]
    )
    for fault in (
        "closes",
        "no doctype",
        "title",
        "status line",
        "language",
        "h1 is followed by h3",
        "'x' is there 2 times",
        "inline handler onclick",
        "inline style",
        "no label",
        "script in href",
        "no alt",
        "neither hidden",
        "no method",
        "0 CSRF",
        "no name a screen",
        "does nothing without script",
        "inline script",
        "no caption",
        "'nothing'",
    ):
        assert fault in found, fault
