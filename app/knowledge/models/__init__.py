"""The old place of these tables; they are in `app.models.knowledge`."""

from app.models.knowledge import Article as Article
from app.models.knowledge import ArticleFlag as ArticleFlag
from app.models.knowledge import ArticleState as ArticleState
from app.models.knowledge import ArticleUse as ArticleUse
from app.models.knowledge import Audience as Audience
from app.models.knowledge import UseKind as UseKind

__all__ = [
    "Article",
    "ArticleFlag",
    "ArticleState",
    "ArticleUse",
    "Audience",
    "UseKind",
]
