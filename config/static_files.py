"""Names static files by their content in production, so that browsers may cache them forever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """The modules of the front page import each other by these names, too.

    Django could rewrite the imports of every script, but finds some in minified ones where there are none.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("front/*.js", ((r'(?P<matched>from "(?P<url>\./[^"]+)")', 'from "%(url)s"'),)),
    )
