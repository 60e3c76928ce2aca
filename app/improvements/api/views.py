"""Improvements for programs: JSON at ``/api/v1``, through the same actions as the pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, jsonify, request

from app.auth import machine
from app.auth.programs import (
    answered_before,
    page_asked,
    program_acting,
    sent_object,
    told,
    whole_asked,
)
from app.core.changes import one
from app.core.errors import Invalid
from app.core.interface import checked, demand_known
from app.core.parts import parts
from app.core.said import said
from app.improvements.answers.actions import send_links
from app.improvements.answers.telling import (
    links_given,
    links_revoked,
    sent_told,
    would_be_sent,
    written_letter,
)
from app.improvements.api.queries import improvement_told, improvements_told, value_told
from app.improvements.api.rules import (
    ASK,
    IDEA,
    IMPROVEMENTS,
    LETTER,
    LINKS,
    MOVE,
    OPERATIONS,
    PEOPLE,
    VALUE,
    VALUES,
)
from app.improvements.blueprint import bp
from app.improvements.board.listing import RegisterFilter
from app.improvements.crowd.actions import CrowdAsked, ask_many, move_many, reach_of
from app.improvements.crowd.naming import (
    CrowdTyped,
    crowd_told,
    filter_typed,
    move_told,
    numbers_typed,
    reach_told,
    source_called,
    state_typed,
)
from app.improvements.crowd.rules import lines_of
from app.improvements.metrics.putting import PutValue, put_value
from app.improvements.metrics.queries import values_of
from app.improvements.metrics.rules import as_day
from app.improvements.people.actions import MoveSaid
from app.improvements.register.actions import raise_improvement
from app.models.improvements.metric import Metric
from app.models.improvements.words import ImprovementState


@bp.get("/api/v1/improvements")
@machine("read")
@told
def api_improvements() -> Response:
    """List improvements, the newest first."""
    demand_known(OPERATIONS, IMPROVEMENTS, request.args)
    asked = request.args
    wanted = RegisterFilter(
        q=asked.get("text", "")[:200],
        state=_state(asked.get("state", "")),
        owner=asked.get("owner", "")[:200],
        parent=whole_asked("parent_id", asked.get("parent_id", "0")),
    )
    today = parts().now().date()
    with parts().database.read() as session:
        return jsonify(improvements_told(session, wanted, today, page_asked()))


@bp.get("/api/v1/improvements/<int:improvement_id>")
@machine("read")
@told
def api_improvement(improvement_id: int) -> Response:
    """Return one improvement with its rungs and metrics."""
    today = parts().now().date()
    with parts().database.read() as session:
        return jsonify(improvement_told(session, improvement_id, today))


@bp.post("/api/v1/improvements")
@machine("improve")
@told
def api_raise() -> Response:
    """Raise an idea; the same Idempotency-Key answers with the improvement it made before."""
    values = checked(IDEA, sent_object())
    title = values.pop("title")
    with program_acting() as act:
        made, known = answered_before(
            act, lambda: raise_improvement(act, title, values).id
        )
        answer = jsonify(improvement_told(act.session, made, act.now.date()))
    answer.status_code = 200 if known else 201
    return answer


@bp.get("/api/v1/metrics/<int:metric_id>/values")
@machine("read")
@told
def api_values(metric_id: int) -> Response:
    """Return the values of a metric that count, the earliest first."""
    demand_known(OPERATIONS, VALUES, request.args)
    since, (limit, offset) = request.args.get("since", ""), page_asked()
    first = _day("since", since) if since else date.min
    with parts().database.read() as session:
        metric = one(session, Metric, metric_id)
        found = [
            each
            for each in values_of(session, [metric_id]).get(metric_id, [])
            if each.day >= first
        ]
    shown = [value_told(each, metric) for each in found[offset : offset + limit]]
    return jsonify(values=shown, total=len(found))


@bp.post("/api/v1/metrics/<int:metric_id>/values")
@machine("improve")
@told
def api_value(metric_id: int) -> Response:
    """Add the value of one period, or correct it; the same value again changes nothing."""
    values = checked(VALUE, sent_object())
    put = _put(values)
    with program_acting() as act:
        is_new = put_value(act, metric_id, put)
        metric = one(act.session, Metric, metric_id)
        known = values_of(act.session, [metric_id])[metric_id]
        (counts,) = [each for each in known if put.is_of(each.day, each.label, metric)]
        answer = jsonify(value_told(counts, metric))
    answer.status_code = 201 if is_new else 200
    return answer


@bp.get("/api/v1/rungs/<int:rung_id>/people")
@machine("read")
@told
def api_people_of_rung(rung_id: int) -> Response:
    """List the people of a rung and count where they stand."""
    demand_known(OPERATIONS, PEOPLE, request.args)
    asked, (limit, offset) = request.args, page_asked()
    wanted = filter_typed(CrowdTyped(asked.get("state", ""), asked.get("site", "")))
    with parts().database.read() as session:
        return jsonify(crowd_told(session, rung_id, wanted, limit, offset))


@bp.post("/api/v1/rungs/<int:rung_id>/people")
@machine("improve")
@told
def api_ask_people(rung_id: int) -> Response:
    """Ask people to take part in a rung, many at once; with ``dry_run`` they are only counted."""
    values = checked(ASK, sent_object())
    only_counted = values.pop("dry_run", False)
    names, but = lines_of(values.pop("names", "")), lines_of(values.pop("except", ""))
    technique = values.pop("technique", "")
    with program_acting() as act:
        source = source_called(act.session, **values)
        wanted = CrowdAsked(source, names, but, technique)
        if only_counted:
            return jsonify(reach_told(reach_of(act.session, rung_id, wanted)))
        answer = jsonify(reach_told(ask_many(act, rung_id, wanted)))
    answer.status_code = 201
    return answer


@bp.post("/api/v1/rungs/<int:rung_id>/people/move")
@machine("improve")
@told
def api_move_people(rung_id: int) -> Response:
    """Move many people of a rung at once; who stays is named with the reason."""
    values = checked(MOVE, sent_object())
    meant = CrowdTyped(
        state=values.get("state", ""),
        site=values.get("site", ""),
        names=lines_of(values.get("names", "")),
        but=lines_of(values.get("except", "")),
        everybody=values.get("all", False),
    )
    reason, seen_by = values.get("reason", ""), values.get("confirmed_by", "")
    to = state_typed(values["to"])
    with program_acting() as act:
        numbers = numbers_typed(act.session, rung_id, meant)
        told_by = MoveSaid(act.now, reason, seen_by)
        return jsonify(move_told(move_many(act, rung_id, numbers, to, told_by)))


@bp.post("/api/v1/rungs/<int:rung_id>/people/letter")
@machine("improve")
@told
def api_letter(rung_id: int) -> Response:
    """Send who has not said yet whether it works a link; with ``dry_run`` nothing is sent."""
    values = checked(LETTER, sent_object())
    only_shown = values.pop("dry_run", False)
    with program_acting() as act:
        letter = written_letter(act.session, rung_id, act.by, **values)
        if only_shown:
            return jsonify(would_be_sent(act.session, rung_id, letter))
        answer = jsonify(sent_told(send_links(act, rung_id, letter)))
    parts().ring()
    answer.status_code = 201
    return answer


@bp.post("/api/v1/rungs/<int:rung_id>/people/links")
@machine("improve")
@told
def api_links(rung_id: int) -> Response:
    """Give people of a rung a link to hand over, or with ``revoke`` make theirs worthless."""
    values = checked(LINKS, sent_object())
    names = lines_of(values["names"])
    with program_acting() as act:
        if values.get("revoke", False):
            return jsonify(revoked=links_revoked(act, rung_id, names))
        return jsonify(links=links_given(act, rung_id, names))


def _put(values: Mapping[str, Any]) -> PutValue:
    sent = [values[name] for name in ("value", "count") if name in values]
    if len(sent) != 1:
        raise Invalid(
            said("Send either value, or count with of."),
            field="count" if sent else "value",
        )
    return PutValue(
        day=_day("day", values["day"]),
        value=sent[0],
        whole=values.get("of"),
        label=values.get("label", ""),
        correct=values.get("correct", False),
        reason=values.get("reason", ""),
    )


def _day(name: str, text: str) -> date:
    try:
        return as_day(text)
    except ValueError as error:
        raise Invalid(error.args[0], field=name) from error


def _state(text: str) -> str:
    if text and text not in list(ImprovementState):
        raise Invalid(
            said(
                "There is no state %(text)s. Known: %(value)s.",
                text=text,
                value=", ".join(ImprovementState),
            ),
            field="state",
        )
    return text
