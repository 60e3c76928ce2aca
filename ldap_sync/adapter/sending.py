"""Guarded Modifies on their way, and what became of them: the server's code is held against what is
read afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from ldap_sync.adapter import family, presence, scopes, words
from ldap_sync.adapter.answers import Result
from ldap_sync.adapter.reading import Reader
from ldap_sync.adapter.requests import Control
from ldap_sync.adapter.wire import Lost, Modify, assertion
from ldap_sync.managed import at_members
from ldap_sync.merging import Packet, Window, windows
from ldap_sync.port import DirectoryError, IncompleteRead
from ldap_sync.values import (
    DirectoryChange,
    MemberPresence,
    Outcome,
    Profile,
    Proof,
    Status,
    stands_at_member,
)

_NO_SUCH_OBJECT, _ASSERTION_FAILED = 32, 122
_PERHAPS_ALREADY = frozenset(
    {16, 20, 53, 68}
)  # which of them means what differs per server, ldap-notes section 4

DONE = Outcome(Status.DONE, Proof.ACKED, 0)
ALREADY = Outcome(Status.ALREADY, Proof.ALREADY_THERE, text="It was so before.")
Became = dict[int, Outcome]
"""What became of changes, by their places in the list that was to be sent."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends windows of Modifies under the write account, which ``own`` reads with as well.

    ``single`` is how one change is sent alone; nothing more is sent once ``late`` says yes.
    """

    own: Reader
    single: Callable[[DirectoryChange], Outcome]
    late: Callable[[], bool]

    def send(self, window: Window, changes: Sequence[DirectoryChange]) -> Became:
        """Send one window; return what became of which of ``changes``."""
        became: Became = {}
        unopposed = [*self._unopposed(window, changes, became)]
        ready = [*self._identified(unopposed, became)]
        changes_ready = [packet.change for packet in ready]
        results = sent(self.own, changes_ready, self.late)
        stand = self._standing(ready, results)
        for at, (packet, result) in enumerate(zip(ready, results, strict=True)):
            if at in stand:
                became |= dict.fromkeys(packet.places, DONE)
            else:
                became |= self._of_packet(packet, result, changes)
        return became

    def _unopposed(
        self, window: Window, changes: Sequence[DirectoryChange], became: Became
    ) -> Iterator[Packet]:
        """Yield the packets without the changes that must not be sent although the server might
        take them.
        """
        for packet in window:
            opposed = {
                place: objection(self.own, changes[place]) for place in packet.places
            }
            for place, why in opposed.items():
                if why:
                    became[place] = Outcome(Status.REFUSED, text=why)
            yield from _without(packet, changes, became)

    def _identified(
        self, packets: Sequence[Packet], became: Became
    ) -> Iterator[Packet]:
        """Yield the packets that may go: where no guard goes with one, the identity is read
        first.
        """
        session, profile = self.own.session, self.own.profile
        unguarded = [one for one in packets if not guard(profile, one.change)]
        changes = [one.change for one in unguarded]
        stand = presence.all_stand(session, profile, changes)
        for packet, stands in zip(unguarded, stand, strict=True):
            if not stands:
                text = f"{packet.change.dn} is not as it was read: nothing was changed."
                drift = Outcome(Status.DRIFT, text=text)
                became.update(dict.fromkeys(packet.places, drift))
        yield from (one for one in packets if one.places[0] not in became)

    def _of_packet(
        self, packet: Packet, result: Result | Lost, changes: Sequence[DirectoryChange]
    ) -> Became:
        if isinstance(result, Lost):
            if not result.sent:
                return {}
            lost = Outcome(Status.UNKNOWN, text=str(result))
            return dict.fromkeys(packet.places, lost)
        if result.code and len(packet.places) > 1:
            return self._parted(packet, result, changes)
        return {
            place: judged(self.own, changes[place], result) for place in packet.places
        }

    def _standing(
        self, packets: Sequence[Packet], results: Sequence[Result | Lost]
    ) -> set[int]:
        """Return of which packets, by their number, everything is in place; not to be told is no,
        and each is asked by itself.
        """
        done = [
            at
            for at, result in enumerate(results)
            if isinstance(result, Result) and not result.code
        ]
        changes = [packets[at].change for at in done]
        try:
            own = self.own
            stand = presence.all_after(own.session, own.profile, changes)
        except DirectoryError:
            return set()
        return {at for at, stands in zip(done, stand, strict=True) if stands}

    def _parted(
        self, packet: Packet, result: Result, changes: Sequence[DirectoryChange]
    ) -> Became:
        """Send again what was refused as a whole, of which nothing was written: merged without what
        others did already, else one by one, so that exactly the cause is refused.
        """
        if self._is_gone(packet.change, result):
            drift = judged(self.own, packet.change, result)
            return dict.fromkeys(packet.places, drift)
        became: Became = {}
        try:
            for place, outcome in self._again(packet.places, changes):
                became[place] = outcome
        except DirectoryError:
            pass  # What is missing in the answer was not sent; the caller goes on with it.
        return became

    def _is_gone(self, change: DirectoryChange, result: Result) -> bool:
        """Tell whether the group is not there any more: Active Directory says the same of a group
        as of a single value that names nobody.
        """
        if result.code != _NO_SUCH_OBJECT or self.own.profile.family != family.AD:
            return result.code in (_NO_SUCH_OBJECT, _ASSERTION_FAILED)
        own = self.own
        return not presence.stands(own.session, own.profile, change.key, change.dn)

    def _again(
        self, places: Sequence[int], changes: Sequence[DirectoryChange]
    ) -> Iterator[tuple[int, Outcome]]:
        found = {place: self.own.presence(changes[place]) for place in places}
        left = []
        for place, state in found.items():
            if state is MemberPresence.AFTER:
                yield place, ALREADY
            else:
                left.append(place)
        if 1 < len(left) < len(places):
            yield from self._merged_anew(left, changes).items()
        else:
            yield from ((place, self.single(changes[place])) for place in left)

    def _merged_anew(
        self, places: Sequence[int], changes: Sequence[DirectoryChange]
    ) -> Became:
        """Send the rest of a refused packet merged once more."""
        rest = [changes[place] for place in places]
        became: Became = {}
        for window in windows(rest):
            sent = self.send(window, rest)
            became |= {places[at]: outcome for at, outcome in sent.items()}
        return became


def sent(
    own: Reader, changes: Sequence[DirectoryChange], late: Callable[[], bool]
) -> list[Result | Lost]:
    """Send what makes each change, all before the first answer is read, until ``late`` says yes;
    return what became of each.
    """
    if not changes:
        return []
    parts = [_modifies(own.profile, change) for change in changes]
    modifies = [one for part in parts for one in part]
    results = iter(own.session.wire.modify_all(modifies, late))
    return [_worst([next(results) for _ in part]) for part in parts]


def _worst(results: Sequence[Result | Lost]) -> Result | Lost:
    """Return what counts of several Modifies: a lost answer, else one that was refused.

    Where a part was done and a part not sent, nobody knows of the whole: reading decides.
    """
    lost = [result for result in results if isinstance(result, Lost)]
    answered = [result for result in results if isinstance(result, Result)]
    if lost and any(one.code == 0 for one in answered):
        return Lost(str(lost[0]), sent=True)
    refused = (one for one in answered if one.code)
    return next((one for one in lost if one.sent), None) or next(
        iter([*lost, *refused, *results])
    )


def _modifies(profile: Profile, change: DirectoryChange) -> list[Modify]:
    """Return the guarded Modify that makes a change; for a managed role one at each holder."""
    if stands_at_member(change.attribute):
        return [
            Modify(one.dn, change.attribute, one.delete, one.add)
            for one in at_members(change)
        ]
    return [_modify(profile, change)]


def _modify(profile: Profile, change: DirectoryChange) -> Modify:
    dn = family.target(profile, change.key, change.dn)
    controls = guard(profile, change)
    return Modify(dn, change.attribute, change.delete, change.add, controls)


def guard(profile: Profile, change: DirectoryChange) -> tuple[Control, ...]:
    """Return the control that keeps the Modify from another object behind the same DN, where it was
    self-tested.
    """
    if not (profile.tested and profile.assertions) or stands_at_member(
        change.attribute
    ):
        return ()
    return (assertion(family.still_behind(profile, change.key, change.dn)),)


def objection(own: Reader, change: DirectoryChange) -> str:
    """Say why this change must not be sent although the server might take it, or nothing."""
    if own.profile.family != family.AD:
        return ""
    try:
        return scopes.objection(own.session, change)
    except IncompleteRead as error:
        return str(error)


def judged(own: Reader, change: DirectoryChange, result: Result) -> Outcome:
    """Say what became of a Modify that was answered."""
    text = ""
    if result.code:
        text = words.why_refused(result, own.session.wire.name, change.dn)
    if result.code in (_NO_SUCH_OBJECT, _ASSERTION_FAILED):
        return Outcome(Status.DRIFT, code=result.code, text=text)
    try:
        state = own.presence(change)
    except DirectoryError as error:
        told = f"{text} It could not be read back: {error}".strip()
        return Outcome(Status.UNKNOWN, code=result.code, text=told)
    return _verdict(result.code, state, text)


def without_doubles(change: DirectoryChange) -> DirectoryChange:
    """Name each value once: Samba stores a second spelling and never lets go of it (ldap-notes
    section 4).
    """
    add, delete = (
        presence.distinct(change.attribute, values)
        for values in (change.add, change.delete)
    )
    return replace(change, add=add, delete=delete)


def _without(
    packet: Packet, changes: Sequence[DirectoryChange], became: Became
) -> Iterator[Packet]:
    """Yield the packet without the changes of which it is known already what became of them."""
    left = [place for place in packet.places if place not in became]
    if len(left) == len(packet.places):
        yield Packet(without_doubles(packet.change), packet.places)
    elif left:
        [again] = windows([changes[place] for place in left])[0]
        places = tuple(left[at] for at in again.places)
        yield Packet(without_doubles(again.change), places)


def _verdict(code: int, state: MemberPresence, text: str) -> Outcome:
    """Weigh the server's code against what was read afterwards."""
    if state is MemberPresence.AFTER:
        if code == 0:
            return DONE
        if code in _PERHAPS_ALREADY:
            return Outcome(Status.ALREADY, Proof.ALREADY_THERE, code, text)
        return Outcome(Status.UNKNOWN, code=code, text=text)
    if state is MemberPresence.BEFORE and code != 0:
        return Outcome(Status.REFUSED, code=code, text=text)
    return Outcome(
        Status.DRIFT,
        code=code,
        text=text or "The server accepted the change, but it is not in place.",
    )
