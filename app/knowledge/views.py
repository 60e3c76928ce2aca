"""Pages of the knowledge room."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_permissions, public, requires
from app.auth.acting import acting, posted
from app.core.changes import one
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.web import asked_page
from app.core.web.lists import (
    ListFilter,
    Listing,
    Option,
    listed,
    remembered,
    with_any,
)
from app.knowledge import actions, queries
from app.knowledge.forms import ArticleForm, FlagForm, StateForm
from app.knowledge.queries import Asked
from app.knowledge.rules import blocks
from app.models.knowledge import Article, ArticleState, Audience

bp = Blueprint("knowledge", __name__)
bp.add_app_template_filter(blocks, "blocks")


@bp.get("/knowledge")
@requires("desk")
@remembered
def index() -> Response:
    """List the articles, found while typing."""
    asked, page = _asked(), asked_page()
    with parts().database.read() as session:
        lines, total = queries.article_lines(session, asked, page.size, page.offset)
        stands, services = queries.standing(session), queries.service_choices(session)
    listing = Listing("articles", _filters(asked, services), page.of(total))
    return listed(
        "knowledge/index.html", listing, lines=lines, asked=asked, stands=stands
    )


@bp.get("/knowledge/<int:article_id>")
@requires("desk")
def article(article_id: int) -> Response:
    """Show an article with where it helped and what is said against it."""
    return _show(article_id)


@bp.route("/knowledge/new", methods=["GET", "POST"])
@requires("desk")
def article_new() -> AnyResponse:
    """Write an article."""
    form = ArticleForm(data={"title": request.args.get("title", "")[:200]})
    return posted(
        form,
        lambda act: actions.add(act, form.values()),
        lambda made: _page(made.id),
        _("The article is there as work in progress."),
    ) or answer("knowledge/edit.html", "form", form=form, one=None)


@bp.route("/knowledge/<int:article_id>/edit", methods=["GET", "POST"])
@requires("desk")
def article_edit(article_id: int) -> AnyResponse:
    """Fix an article."""
    with parts().database.read() as session:
        article = one(session, Article, article_id)
    form = ArticleForm(obj=article)
    return posted(
        form,
        lambda act: actions.fix(
            act,
            article_id,
            form.values(),
            began_at=form.began_at,
        ),
        _page(article_id),
        _("The article is changed."),
    ) or answer("knowledge/edit.html", "form", form=form, one=article)


@bp.post("/knowledge/<int:article_id>/state")
@requires("desk")
def article_state(article_id: int) -> AnyResponse:
    """Say how far an article is trusted."""
    form = StateForm()
    if form.validate_on_submit():
        with acting() as act:
            before = one(act.session, Article, article_id).state
            actions.trust(act, article_id, form.state.data)
        undo = Undo(
            url_for("knowledge.article_state", article_id=article_id),
            {"state": before.value},
        )
        return done(
            _page(article_id),
            _("The article is now: %(state)s.", state=form.state.data),
            undo=undo if before is not form.state.data else None,
        )
    return _show(article_id)


@bp.post("/knowledge/<int:article_id>/flag")
@requires("desk")
def article_flag(article_id: int) -> AnyResponse:
    """Say what is wrong with an article."""
    form = FlagForm()
    if form.validate_on_submit():
        with acting() as act:
            actions.flag(act, article_id, form.text.data)
        return done(
            _page(article_id),
            _("The article is flagged and stands on the review list."),
        )
    return _show(article_id, form)


@bp.post("/knowledge/flags/<int:flag_id>/settle")
@requires("desk")
def flag_settle(flag_id: int) -> AnyResponse:
    """Say that what was wrong is put right."""
    with acting() as act:
        found = actions.settle(act, flag_id)
    return done(_page(found.id), _("The flag is settled."))


@bp.get("/knowledge/public")
@public
def open_articles() -> Response:
    """List what everybody may read: validated and public."""
    words, page = request.args.get("words", "")[:200], asked_page()
    with parts().database.read() as session:
        found, total = queries.open_articles(session, words, page.size, page.offset)
    return answer(
        "knowledge/public.html", "list", found=found, words=words, paging=page.of(total)
    )


@bp.get("/knowledge/public/<int:article_id>")
@public
def open_article(article_id: int) -> Response:
    """Show an article to everybody."""
    with parts().database.read() as session:
        one = queries.open_article(session, article_id)
    return answer("knowledge/public_article.html", "body", one=one)


def _show(article_id: int, flag: FlagForm | None = None) -> Response:
    with parts().database.read() as session:
        page = queries.article_page(session, article_id, current_permissions())
    flag = flag or FlagForm(formdata=None)
    status = 422 if flag.errors else 200
    return answer(
        "knowledge/article.html",
        "body",
        status=status,
        page=page,
        one=page.one,
        flag=flag,
        states=list(ArticleState),
    )


def _filters(asked: Asked, services: Sequence[Option]) -> list[ListFilter]:
    states, audiences = list(ArticleState), list(Audience)
    review = [("yes", _("to look at again"))]
    return [
        ListFilter("words", _("Words"), asked.words),
        ListFilter("state", _("State"), asked.state, with_any(states, _("all in use"))),
        ListFilter(
            "service_id",
            _("Service"),
            asked.service_id,
            with_any(services, _("any")),
            pick="services",
        ),
        ListFilter(
            "audience",
            _("Who may read it"),
            asked.audience,
            with_any(audiences, _("anyone")),
        ),
        ListFilter(
            "review",
            _("Review"),
            "yes" if asked.review else "",
            with_any(review, _("all")),
        ),
    ]


def _asked() -> Asked:
    given = request.args
    return Asked(
        given.get("words", "")[:200],
        given.get("state", ""),
        given.get("service_id", "").strip()[:200],
        given.get("audience", ""),
        given.get("review") == "yes",
    )


def _page(article_id: int) -> str:
    return url_for("knowledge.article", article_id=article_id)
