"""The app for any WSGI server, as in `gunicorn wsgi:app`; the worker then runs by itself: `rung
worker`.
"""

from app import create_app
from app.core.parts import KEY
from app.core.schema import make_ready
from app.core.settings import load
from app.upkeep.logs import configure_logs

configure_logs(load())
app = create_app()
make_ready(app.extensions[KEY].database, app.extensions[KEY].settings.backups)
