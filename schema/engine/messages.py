"""Rewrites messages of graphql-core and Strawberry that name values of Python, or do not say what to do."""

import re

_REWRITTEN = [
    (
        re.compile(r"OneOf Input Object '(\w+)' must specify exactly one key\."),
        r"Set exactly one field of \1, and omit the others. A field that is null counts as set.",
    ),
    (
        re.compile(r"Value for member field '(\w+)' must be non-null|Field '(\w+\.\w+)' must be non-null\."),
        r"'\1\2' cannot be null. Set exactly one field, and omit the others.",
    ),
    (re.compile(r"(Expected type '[^']*') to be a mapping\."), r"\1 to be an object."),
]
# Text in quotes may be a value that the client has sent. It is not changed, also if it is cut and has no second quote.
_CONSTANT = re.compile(r"""(?<!\w)(?:'(?:[^'\\]|\\.)*(?:'|\\?$)|"(?:[^"\\]|\\.)*(?:"|\\?$))|\b(?:None|True|False)\b""")
_IN_JSON = {"None": "null", "True": "true", "False": "false"}


def rewritten(message: str) -> str:
    for pattern, replacement in _REWRITTEN:
        message = pattern.sub(replacement, message)
    return _CONSTANT.sub(lambda found: _IN_JSON.get(found[0], found[0]), message)
