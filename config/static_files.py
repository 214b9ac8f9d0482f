"""In production, adds a hash of the content to the names of static files, so that browsers can cache them forever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Rewrites the imports between the modules of the front page to these names.

    Django's `support_js_module_import_aggregation` is not used: it finds false imports in minified scripts.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (
            "front/*.js",
            (
                (r'(?P<matched>from "(?P<url>\./[^"]+)")', 'from "%(url)s"'),
                (r'(?P<matched>import\("(?P<url>\./[^"]+)"\))', 'import("%(url)s")'),
            ),
        ),
    )
