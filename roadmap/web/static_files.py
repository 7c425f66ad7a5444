"""How static files are built: under names that hold a hash of their content, also where one script imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's own, with the addresses in scripts' imports hashed too."""

    support_js_module_import_aggregation = True
