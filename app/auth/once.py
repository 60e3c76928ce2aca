"""A form that arrives twice is done once: each carries a key, and the second arrival is answered as
the first one was.

The key says for whom its page was made, and nobody can make one up. It is spent in the transaction
of the deed itself: either both are kept or neither.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, request
from itsdangerous import BadSignature, TimestampSigner
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from app.auth import current_operator
from app.core.acting import Acting
from app.core.parts import Parts, parts
from app.models.auth import SentForm

FIELD = "_once"
PROOF_FIELD = "_password"
NOT_SAID = frozenset({FIELD, PROOF_FIELD, "csrf_token"})
"""Fields that say nothing of what is asked for."""
KEPT_FOR = timedelta(days=2)
MOST_KEPT = 100_000
PATIENCE_SECONDS = 3.0


class SentAlready(Exception):
    """This form arrived before; ``form_id`` is under what its answer is kept."""

    def __init__(self, form_id: str) -> None:
        super().__init__(form_id)
        self.form_id = form_id


def once_key() -> str:
    """Return the key of the next form on this page, or that of the form it lets go on."""
    if "once_kept" in g:
        return str(g.once_kept)
    if "once_page" not in g:
        g.once_page, g.once_count = (
            _signed(f"{_reader()}.{secrets.token_urlsafe(9)}"),
            0,
        )
    g.once_count += 1
    return f"{g.once_page}~{g.once_count}"


def made_for(key: str, longest: timedelta = KEPT_FOR) -> int | None:
    """Return the number of the operator for whom the page with this key was made, 0 for nobody;
    None: it is no key of ours, or an old one.
    """
    page, _, _count = key.partition("~")
    try:
        text = _signer().unsign(page, max_age=int(longest.total_seconds()))
    except BadSignature:
        return None
    return int(text.partition(b".")[0])


def sent_form() -> str:
    """Return under what the answer to the form of this request is kept; nothing for one without a
    key of this operator.

    The same key at another address, with other words or from another operator is another form.
    """
    key = request.form.get(FIELD, "")
    if not key or made_for(key) != _reader():
        return ""
    words = [pair for pair in request.form.items(multi=True) if pair[0] not in NOT_SAID]
    for name, file in request.files.items(multi=True):
        words.append((name, file.filename or ""))
    whole = json.dumps([_reader(), request.full_path, key, words])
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def spend(act: Acting) -> str:
    """Use up the key of this request's form in the transaction of its deed, and return under what.

    Raises ``SentAlready`` when that was done before; whoever does it at this moment is waited for.
    """
    form_id = "" if g.get("once_spent") else sent_form()
    if form_id:
        try:
            act.session.add(SentForm(id=form_id, at=act.now))
            act.session.flush()
        except IntegrityError:
            raise SentAlready(form_id) from None
    return form_id


def keep_answer(form_id: str, answer: dict[str, Any]) -> None:
    """Keep where a form led and what was told there, for its second arrival."""
    with parts().database.write() as session:
        session.execute(
            update(SentForm).where(SentForm.id == form_id).values(answer=answer)
        )


def take_back(form_id: str) -> None:
    """Let a form be sent again: it was refused after all."""
    with parts().database.write() as session:
        session.execute(delete(SentForm).where(SentForm.id == form_id))


def first_answer(form_id: str) -> dict[str, Any] | None:
    """Return how the first arrival was answered, which is empty when nothing is known of it; None:
    there was none.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with parts().database.read() as session:
            found = session.get(SentForm, form_id)
        if found is None:
            return None
        if found.answer is not None:
            return found.answer
        if time.monotonic() > deadline:
            return {}
        time.sleep(0.05)


def run_forgetting(here: Parts) -> bool:
    """Forget the keys of forms that were sent days ago, and the oldest of too many."""
    with here.database.read() as session:
        eldest = session.scalar(
            select(SentForm.at).order_by(SentForm.at.desc()).offset(MOST_KEPT).limit(1)
        )
        before = max(filter(None, (eldest, _limit(here.now()))))
        old = session.scalar(select(SentForm.id).where(SentForm.at <= before).limit(1))
    if old is not None:
        with here.database.write() as session:
            session.execute(delete(SentForm).where(SentForm.at <= before))
    return old is not None


def _limit(now: datetime) -> datetime:
    return now - KEPT_FOR


def _reader() -> int:
    operator = current_operator()
    return operator.operator_id if operator else 0


def _signed(text: str) -> str:
    return _signer().sign(text).decode("ascii")


def _signer() -> TimestampSigner:
    return TimestampSigner(current_app.secret_key or "", salt="rung.once")
