"""What people and the worker do with directories, one function per sentence."""

from app.directory.actions.asked import accept_lenses, forget_log, read_log
from app.directory.actions.attempt import stop_reading
from app.directory.actions.check import (
    check_directory,
    check_if_changed,
    is_out_of_reach,
)
from app.directory.actions.connect import (
    add_directory,
    add_file_directory,
    add_placeholder,
    all_problems,
    connect_demo,
    edit_directory,
    forget_directory,
)
from app.directory.actions.freeze import freeze, unfreeze
from app.directory.actions.lease import LeaseLost, give_back, keep_lease, take_lease
from app.directory.actions.noting import note_change, note_changes, note_group
from app.directory.actions.reach import connection_of
from app.directory.actions.readings import (
    ask_reading,
    read_ldif,
    read_now,
    run_waiting_readings,
)
from app.directory.actions.renewing import ask_nightly_readings, bring_up_to_date
from app.directory.actions.repairing import (
    RepairBusy,
    ask_repair,
    mend,
    run_repair,
    run_waiting_repairs,
)
from app.directory.actions.rights import (
    mark_privileged,
    noted_of,
    put_back,
    set_lens,
    set_owner,
)
from app.directory.actions.servers import writer_to
from app.directory.rules import DirectoryValues

__all__ = [
    "DirectoryValues",
    "LeaseLost",
    "RepairBusy",
    "accept_lenses",
    "add_directory",
    "add_file_directory",
    "add_placeholder",
    "all_problems",
    "ask_nightly_readings",
    "ask_reading",
    "ask_repair",
    "bring_up_to_date",
    "check_directory",
    "check_if_changed",
    "connect_demo",
    "connection_of",
    "edit_directory",
    "forget_directory",
    "forget_log",
    "freeze",
    "give_back",
    "is_out_of_reach",
    "keep_lease",
    "mark_privileged",
    "mend",
    "note_change",
    "note_changes",
    "note_group",
    "noted_of",
    "put_back",
    "read_ldif",
    "read_log",
    "read_now",
    "run_repair",
    "run_waiting_readings",
    "run_waiting_repairs",
    "set_lens",
    "set_owner",
    "stop_reading",
    "take_lease",
    "unfreeze",
    "writer_to",
]
