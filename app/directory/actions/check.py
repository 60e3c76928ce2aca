"""Ask a directory what it can do and what Rung may see and write there."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, replace

from app.auth.notices import tell_operators
from app.core import audit
from app.core.changes import one
from app.core.errors import Away
from app.core.parts import Parts
from app.core.said import nsaid, said
from app.directory.actions.reach import connection_of
from app.directory.queries import is_frozen
from app.directory.rules import DEMO_URL
from app.models.directory import Directory
from ldap_sync.port import DirectoryError
from ldap_sync.values import CheckFinding, CheckReport, Connection, Profile

CONNECTION = "connection"
BY = "Rung"


def check_directory(parts: Parts, directory_id: int, *, by: str) -> CheckReport:
    """Test a directory with both accounts and keep what was found, also that it could not be
    reached.

    Raises ``Away`` when a password cannot be fetched, ``Refused`` for a directory read from a file.
    """
    with parts.database.read() as session:
        connection = connection_of(
            one(session, Directory, directory_id), parts.trust, writing=True
        )
        frozen = is_frozen(session)
    try:
        report = _asked(parts, connection, scratch=not frozen)
    except DirectoryError as error:
        problem = CheckFinding(CONNECTION, "problem", str(error))
        report = CheckReport(connection.profile, (problem,), whole=False)
    if connection.url == DEMO_URL:
        report = replace(
            report, findings=tuple(filter(_beyond_this_machine, report.findings))
        )
    _keep(parts, directory_id, report, by)
    return report


def check_if_changed(parts: Parts, directory_id: int) -> CheckReport | None:
    """Check a directory again if its server is not the one that was checked, and tell operators.

    None: nothing changed. Raises ``Away`` where that cannot be found out.
    """
    with parts.database.read() as session:
        directory = one(session, Directory, directory_id)
        connection = connection_of(directory, parts.trust)
    try:
        with closing(parts.open_reader(connection)) as reader:
            if reader.is_as_checked():
                return None
    except DirectoryError as error:
        raise Away(str(error)) from error
    return check_again(parts, directory_id)


def check_again(parts: Parts, directory_id: int) -> CheckReport:
    """Check a directory whose server changed since the last check, and tell operators of it."""
    report = check_directory(parts, directory_id, by=BY)
    bad = sum(finding.level == "problem" for finding in report.findings)
    with parts.acting(BY) as act:
        name = one(act.session, Directory, directory_id).name
        text = _checked_again(name, bad)
        tell_operators(act, text, f"/directory/{directory_id}")
    return report


def _checked_again(name: str, problems: int) -> str:
    if not problems:
        return said(
            "The server of %(name)s is not the one that was checked. It was checked "
            "again: nothing stands in the way.",
            name=name,
        )
    return nsaid(
        "The server of %(name)s is not the one that was checked. It was checked "
        "again: %(number)s problem.",
        "The server of %(name)s is not the one that was checked. It was checked "
        "again: %(number)s problems.",
        problems,
        name=name,
    )


def is_out_of_reach(report: CheckReport) -> bool:
    """Tell whether a check failed because the directory could not be reached or did not let Rung
    in.
    """
    return any(
        finding.subject == CONNECTION and finding.level == "problem"
        for finding in report.findings
    )


def _beyond_this_machine(finding: CheckFinding) -> bool:
    """Leave out that the demo is not encrypted: it never leaves this machine."""
    return finding.subject != CONNECTION or finding.level != "warning"


def _asked(parts: Parts, connection: Connection, *, scratch: bool) -> CheckReport:
    reader = parts.open_reader(connection)
    try:
        return reader.check(scratch=scratch)
    finally:
        reader.close()


def _keep(parts: Parts, directory_id: int, report: CheckReport, by: str) -> None:
    now = parts.now()
    with parts.database.write() as session:
        directory = one(session, Directory, directory_id)
        known = Profile(**directory.profile) if directory.profile else Profile()
        profile = report.believed_over(known)
        directory.profile, directory.checked_at = asdict(profile), now
        directory.findings = [asdict(finding) for finding in report.findings]
        bad = sum(finding.level == "problem" for finding in report.findings)
        told = f"Checked the directory {directory.name}: " + (
            nsaid("%(number)s problem", "%(number)s problems", bad)
            if bad
            else "nothing stands in the way"
        )
        after = {"family": profile.family, "problems": bad}
        audit.record(
            session,
            by,
            "directory.check",
            f"directory:{directory_id}",
            told,
            after=after,
            at=now,
        )
