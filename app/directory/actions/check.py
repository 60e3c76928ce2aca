"""Ask a directory what it can do and what Rung may see and write there."""

from __future__ import annotations

from dataclasses import asdict

from app import audit
from app.directory.actions.connect import connection_of, the_directory
from app.directory.queries import warnings_of
from app.errors import Away
from app.parts import Parts
from ldap_sync.port import DirectoryError
from ldap_sync.values import CheckReport, Connection, Finding


def check_directory(parts: Parts, directory_id: int, *, by: str) -> CheckReport:
    """Test a directory with both accounts and keep what was found. Raises ``Away`` when it cannot be reached at all.

    A directory that cannot be reached gets a finding that says why, so that its page tells it too.
    """
    with parts.database.read() as session:
        directory = the_directory(session, directory_id)
        connection = connection_of(directory, writing=True)
        told = [Finding("settings", "warning", text) for text in warnings_of(directory)]
    try:
        report = _asked(parts, connection)
    except DirectoryError as error:
        _keep(parts, directory_id, CheckReport(connection.profile, (Finding("connection", "problem", str(error)),)), by)
        raise Away(str(error)) from error
    report = CheckReport(report.profile, (*told, *report.findings))
    _keep(parts, directory_id, report, by)
    return report


def _asked(parts: Parts, connection: Connection) -> CheckReport:
    reader = parts.open_reader(connection)
    try:
        return reader.check()
    finally:
        reader.close()


def _keep(parts: Parts, directory_id: int, report: CheckReport, by: str) -> None:
    now = parts.now()
    with parts.database.write() as session:
        directory = the_directory(session, directory_id)
        directory.profile, directory.checked_at = asdict(report.profile), now
        directory.findings = [asdict(finding) for finding in report.findings]
        bad = sum(finding.level == "problem" for finding in report.findings)
        told = f"Checked the directory {directory.name}: " + (f"{bad} problems" if bad else "nothing stands in the way")
        after = {"family": report.profile.family, "problems": bad}
        audit.record(session, by, "directory.check", f"directory:{directory_id}", told, after=after, at=now)
