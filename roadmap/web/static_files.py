"""How static files are built: under names that hold a hash of their content, also where one script imports another."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's own, with the addresses in what our scripts import hashed too. Django's switch for it would read every library's."""

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "js/*.js",
            (
                (r"""(?P<matched>import (?P<names>[^"';]+) from "(?P<url>\./[^"]+)";)""", 'import %(names)s from "%(url)s";'),
                (r"""(?P<matched>import\("(?P<url>\./[^"]+)"\))""", 'import("%(url)s")'),
            ),
        ),
    )
