"""How static files are named in production: by their content, so that browsers may keep them for good."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """The modules of the front page import each other by these names, too.

    Django could rewrite the imports of every script, but finds some in minified ones where there are none.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("front/*.js", ((r'(?P<matched>from "(?P<url>\./[^"]+)")', 'from "%(url)s"'),)),
    )
