"""Ask a directory what it can do and what Rung may see and write there."""

from __future__ import annotations

from dataclasses import asdict, replace

from app.core import audit
from app.core.changes import one
from app.core.parts import Parts
from app.core.said import nsaid
from app.directory.actions.reach import connection_of
from app.directory.queries import is_frozen
from app.directory.rules import DEMO_URL
from app.models.directory import Directory
from ldap_sync.port import DirectoryError
from ldap_sync.values import CheckFinding, CheckReport, Connection

CONNECTION = "connection"


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
        report = CheckReport(
            connection.profile, (CheckFinding(CONNECTION, "problem", str(error)),)
        )
    if connection.url == DEMO_URL:
        report = replace(
            report, findings=tuple(filter(_beyond_this_machine, report.findings))
        )
    _keep(parts, directory_id, report, by)
    return report


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
        directory.profile, directory.checked_at = asdict(report.profile), now
        directory.findings = [asdict(finding) for finding in report.findings]
        bad = sum(finding.level == "problem" for finding in report.findings)
        told = f"Checked the directory {directory.name}: " + (
            nsaid("%(number)s problem", "%(number)s problems", bad)
            if bad
            else "nothing stands in the way"
        )
        after = {"family": report.profile.family, "problems": bad}
        audit.record(
            session,
            by,
            "directory.check",
            f"directory:{directory_id}",
            told,
            after=after,
            at=now,
        )
