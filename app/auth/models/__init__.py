"""The old place of these tables; they are in `app.models.auth`."""

from app.models.auth import ApiToken as ApiToken
from app.models.auth import FailedSignIn as FailedSignIn
from app.models.auth import KnownPermission as KnownPermission
from app.models.auth import Notice as Notice
from app.models.auth import NoticeSeen as NoticeSeen
from app.models.auth import Operator as Operator
from app.models.auth import SetupLink as SetupLink
from app.models.auth import SignIn as SignIn

__all__ = [
    "ApiToken",
    "FailedSignIn",
    "KnownPermission",
    "Notice",
    "NoticeSeen",
    "Operator",
    "SetupLink",
    "SignIn",
]
