"""What the demo shows of the time after a move: a change by hand, a wave that begins by itself, a
review, a rehearsal, and whether every undo would still work.
"""

from __future__ import annotations

import io
from contextlib import closing
from datetime import datetime, timedelta

from sqlalchemy import select

from app.access.drift.asking import ask_who_did_it
from app.access.duties.actions import name_duty, says_no_go
from app.access.fit.queries import rights_held
from app.access.queries import plan_of
from app.access.reviews.actions import start_review
from app.access.suggest.actions import refuse
from app.access.undo.health import look_at_all
from app.access.waves.armed import Window, arm
from app.access.waves.running import run_due_waves
from app.access.waves.terms import Terms
from app.core.acting import Acting
from app.core.parts import Parts
from app.directory.actions import connection_of, read_log, read_now
from app.models.access.duties import WaveDuty
from app.models.access.review import AccessReview
from app.models.access.role import Role
from app.models.access.suggestion import RefusedSuggestion
from app.models.access.wave import Wave
from app.models.directory import Directory
from app.people.queries import find_person
from app.upkeep.stories.moving import as_of
from app.upkeep.stories.player import tell
from ldap_sync.demo.accounts import GROUPS, PEOPLE, SERVICES
from ldap_sync.values import DirectoryChange, inverse

CARRIED_OUT = timedelta(hours=25)
LOG = "slapd.log"
ASKED = (("crm", "app-crm-users"), ("gateway", "vpn-users"), ("crm", "share-sales"))
"""Which invented application asks which group."""


def tell_of_later(parts: Parts, *, by: str) -> None:
    """Tell what happened after people were moved, and let somebody change one of them by hand."""
    with parts.acting(by) as act:
        told = tell(act, "later")
    if not told:
        return
    run_due_waves(as_of(parts, CARRIED_OUT))
    with parts.database.read() as session:
        wave = session.scalars(select(Wave).order_by(Wave.id.desc()).offset(1)).first()
    if wave is None:
        return
    _not_yet(parts, wave.id, by=by)
    home = _changed_by_hand(parts, wave, by=by)
    look_at_all(parts)
    log = io.BytesIO(_log_of_yesterday(parts.now()).encode())
    read_log(parts, home, LOG, log, by=by)


def _not_yet(parts: Parts, wave_id: int, *, by: str) -> None:
    """Let the head of logistics say no-go to more people."""
    with as_of(parts, timedelta(hours=4)).acting(by) as act:
        number = asked_for_go(act, wave_id, "Head of logistics", "otto.wagner").id
        says_no_go(act, number, "Not before the stocktaking on Friday.")


def _log_of_yesterday(now: datetime) -> str:
    """Return what a server would have logged of two applications that look for members."""
    stamp = format(int((now - timedelta(days=1)).timestamp()), "x")
    lines = [
        f"{stamp}.{number} 0x7f conn={number} {line}"
        for number, (app, group) in enumerate(ASKED)
        for line in (
            f'op=0 BIND dn="cn={app},{SERVICES}" method=128',
            f'op=0 BIND dn="cn={app},{SERVICES}" mech=SIMPLE bind_ssf=0 ssf=0',
            "op=0 RESULT tag=97 err=0 etime=0.000052 text=",
            f'op=1 SRCH base="cn={group},{GROUPS}" scope=0 deref=0 '
            f'filter="(member=uid=nils.jensen,{PEOPLE})"',
            "op=1 SEARCH RESULT tag=101 err=0 nentries=1 text=",
        )
    ]
    return "\n".join(lines) + "\n"


def _changed_by_hand(parts: Parts, wave: Wave, *, by: str) -> int:
    """Let the administrator put the first person of a wave back into a right, have that read, and
    return the number of the directory.
    """
    with parts.database.read() as session:
        number = session.get_one(Role, wave.role_id).directory_id
        directory = session.get_one(Directory, number)
    changes = [step.change for step in plan_of(wave).people[0].going]
    ours = [each for each in changes if isinstance(each, DirectoryChange)]
    connection = connection_of(directory, parts.trust, writing=True)
    with closing(parts.open_writer(connection)) as writer:
        writer.apply(inverse(ours[-1]))
    read_now(parts, number, by=by)
    ask_who_did_it(parts)
    return number


def armed(act: Acting, wave_id: int, opens: datetime, closes: datetime) -> Wave:
    """Arm an approved wave under the usual terms."""
    return arm(act, wave_id, Terms(), Window(opens, closes))


def asked_for_go(act: Acting, wave_id: int, duty: str, uid: str) -> WaveDuty:
    """Name a duty, by the account of its person, that says go or no-go to a wave."""
    return name_duty(act, wave_id, duty, find_person(act.session, uid, None).id)


def reviewed(act: Acting, owner: str) -> AccessReview:
    """Ask the owner of rights, by the account, about who holds them."""
    return start_review(act, find_person(act.session, owner, None).id)


def not_a_role(act: Acting, like: str, reason: str) -> RefusedSuggestion:
    """Refuse what somebody holds, by the account, as a role."""
    person = find_person(act.session, like, None)
    rights = rights_held(act.session, person.id)
    return refuse(act, person.directory_id, rights, reason)
