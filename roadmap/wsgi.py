"""The web process: what gunicorn serves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "roadmap.settings")
os.environ.setdefault("STAIRCASE_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
