"""The product's settings, without what a test run has no use for: hashed names of static files."""

import os

os.environ.setdefault("ENVIRONMENT", "development")

from roadmap.settings import *  # noqa: F403

# Static files come from where they are written; that the hashed ones can be built has a test of its own.
STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
