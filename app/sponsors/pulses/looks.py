"""How states and kinds of pulses are called and shown."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.words import Look, give_words
from app.models.sponsors.words import PulseKind, PulseState, ThemeAnswer
from app.sponsors.blueprint import bp

KIND_WORDS = {
    PulseKind.SPONSOR: _("The sponsor"),
    PulseKind.PARTICIPANTS: _("People taking part"),
    PulseKind.RELATIONSHIP: _("Working together"),
    PulseKind.STAFF: _("Our own people"),
}
give_words(
    bp,
    pulse_kinds=KIND_WORDS,
    pulse_kind_words={
        PulseKind.SPONSOR: _(
            "A check-in with who pays for it. The answer bears the sponsor's name, "
            "and the page says so."
        ),
        PulseKind.PARTICIPANTS: _(
            "Everybody who takes part is asked. From five people on nobody sees who "
            "answered what; fewer answer by name and are told so."
        ),
        PulseKind.RELATIONSHIP: _(
            "Once a quarter for each service, team or site; kept apart from ratings "
            "of single incidents."
        ),
        PulseKind.STAFF: _(
            "Those of us whose work changes: from unsure to bought in. Asked again, the "
            "page shows how it went. Nobody is rated by it."
        ),
    },
    pulse_looks={
        PulseState.OPEN: Look("run", "play"),
        PulseState.CLOSED: Look("warn", "eye"),
        PulseState.SUMMED_UP: Look("good", "check"),
        PulseState.REVOKED: Look("neutral", "x"),
    },
    theme_looks={
        ThemeAnswer.OPEN: Look("warn", "circle-dashed", _("not answered yet")),
        ThemeAnswer.DID: Look("good", "check", _("we did")),
        ThemeAnswer.DID_NOT: Look("neutral", "x", _("we did not, because")),
    },
    scale_words={1: _("not at all"), 3: _("partly"), 5: _("wholly")},
)
