"""Bodies, their types and their encodings."""

import codecs
import gzip
import json
import zlib

from tests.hostile.attack import FINE, INPUT, JSON, VALIDATION, Attack, Crime, limited, malformed, request

TYPENAME = request("{ __typename }")
BAD = (malformed(),)
UNSUPPORTED = (malformed(415),)
FILES = (
    b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query": "{ __typename }", "variables": {"a": '
    b'null}}\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0": ["variables.a"]}\r\n--x\r\n'
    b'Content-Disposition: form-data; name="0"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
)


def nested(depth: int, opening: str = "[", closing: str = "]", inmost: str = "") -> str:
    return opening * depth + inmost + closing * depth


def with_variables(variables: str) -> bytes:
    """Variables as they are written, whether that is JSON or not."""
    return (
        '{"query": "query ($a: Int) { movies(first: $a) { totalCount } }", "variables": ' + variables + "}"
    ).encode()


def typed(content_type: str, body: bytes = TYPENAME) -> tuple[dict[str, str], bytes]:
    return {"Content-Type": content_type}, body


NOT_OBJECTS = [
    Attack(f"the body is {body}", BAD, body.encode(), stock=stock)
    for body, stock in [
        ("1", Crime.FAILED),
        ("1.5", Crime.FAILED),
        ("-0", Crime.FAILED),
        ('"x"', Crime.FAILED),
        ('""', Crime.FAILED),
        ("null", Crime.FAILED),
        ("true", Crime.FAILED),
        ("false", Crime.FAILED),
        ("NaN", Crime.FAILED),
        ("Infinity", Crime.FAILED),
        ("[]", Crime.NOT_JSON),
        ("[1]", Crime.NOT_JSON),
        ("[null]", Crime.NOT_JSON),
        ("[[]]", Crime.NOT_JSON),
        ("{}", Crime.NOT_JSON),
        ("", Crime.NOT_JSON),
        (" ", Crime.NOT_JSON),
        ("{", Crime.NOT_JSON),
        ("{}{}", Crime.NOT_JSON),
        ("{'query': '{ __typename }'}", Crime.NOT_JSON),
        ('{"query": "{ __typename }",}', Crime.NOT_JSON),
        ('{"query": "{ __typename }"} // hello', Crime.NOT_JSON),
        ('{"query": "{ __typename', Crime.NOT_JSON),
        ('{"query": "a\tb"}', Crime.NOT_JSON),
        ("query={ __typename }", Crime.NOT_JSON),
        ("{ __typename }", Crime.NOT_JSON),
        ("<?xml version='1.0'?><query/>", Crime.NOT_JSON),
    ]
]

BATCHES = [
    Attack("a batch of one", BAD, b"[" + TYPENAME + b"]", stock=Crime.NOT_JSON),
    Attack("a batch of 1,000", BAD, b"[" + b",".join([TYPENAME] * 1_000) + b"]", stock=Crime.NOT_JSON),
]

ENCODINGS = [
    Attack("invalid UTF-8 in a string", BAD, b'{"query": "\xff"}', stock=Crime.FAILED),
    Attack("invalid UTF-8 at the start", BAD, b"\xff" + TYPENAME, stock=Crime.FAILED),
    Attack("an overlong encoding of a slash", BAD, b'{"query": "\xc0\xaf"}', stock=Crime.FAILED),
    Attack("a surrogate encoded as UTF-8", BAD, b'{"query": "\xed\xa0\x80"}', stock=Crime.FAILED),
    Attack("half of a character at the end", BAD, TYPENAME + b"\xf0\x9f", stock=Crime.FAILED),
    Attack("Latin-1", BAD, '{"query": "{ é }"}'.encode("latin-1"), stock=Crime.FAILED),
    Attack("UTF-16 with a byte order mark", BAD, TYPENAME.decode().encode("utf-16"), stock=Crime.FAILED),
    Attack("UTF-16 without one", BAD, TYPENAME.decode().encode("utf-16-le"), stock=Crime.NOT_JSON),
    Attack("UTF-32", BAD, TYPENAME.decode().encode("utf-32"), stock=Crime.FAILED),
    Attack("UTF-8 with a byte order mark", (FINE, *BAD), codecs.BOM_UTF8 + TYPENAME, stock=Crime.NOT_JSON),
    Attack("NUL after the JSON", BAD, TYPENAME + b"\0", stock=Crime.NOT_JSON),
    Attack("nothing but NUL", BAD, b"\0" * 1_000, stock=Crime.NOT_JSON),
    Attack("gzip that nobody tells of", BAD, gzip.compress(TYPENAME), stock=Crime.FAILED),
]
ENCODINGS += [
    Attack(
        f"Content-Encoding: {encoding}", UNSUPPORTED, body, headers={**JSON, "Content-Encoding": encoding}, stock=stock
    )
    for encoding, body, stock in [
        ("gzip", gzip.compress(TYPENAME), Crime.FAILED),
        ("GZip", gzip.compress(b"0" * 50_000_000), Crime.FAILED),
        ("deflate", zlib.compress(TYPENAME), Crime.FAILED),
        ("br", b"\x8b\x06\x80{}\x03", Crime.FAILED),
        ("zstd", b"\x28\xb5\x2f\xfd", Crime.FAILED),
        ("gzip, gzip", gzip.compress(gzip.compress(TYPENAME)), Crime.FAILED),
        ("nonsense", TYPENAME, None),
    ]
]

TYPES = [
    Attack(
        f"Content-Type: {content_type[:40] or 'none'}, with {body[:5]!r}",
        right,
        body,
        headers={"Content-Type": content_type},
        stock=stock,
    )
    for content_type, body, right, stock in [
        ("", TYPENAME, UNSUPPORTED, Crime.NOT_JSON),
        ("text/plain", TYPENAME, UNSUPPORTED, Crime.NOT_JSON),
        ("text/html", TYPENAME, UNSUPPORTED, Crime.NOT_JSON),
        ("application/graphql", b"{ __typename }", UNSUPPORTED, Crime.NOT_JSON),
        ("application/x-www-form-urlencoded", b"query={__typename}", UNSUPPORTED, Crime.NOT_JSON),
        ("multipart/form-data; boundary=x", FILES, UNSUPPORTED, Crime.NOT_JSON),
        ("multipart/form-data", FILES, UNSUPPORTED, Crime.NOT_JSON),
        ("multipart/form-data; boundary=" + "x" * 5_000, b"--x", UNSUPPORTED, Crime.NOT_JSON),
        ("application/octet-stream", TYPENAME, UNSUPPORTED, Crime.NOT_JSON),
        ("application/jsonp", TYPENAME, UNSUPPORTED, None),
        ("nonsense", TYPENAME, UNSUPPORTED, Crime.NOT_JSON),
        ("a/b/c;;;;=;=", TYPENAME, UNSUPPORTED, Crime.NOT_JSON),
        ("/" * 8_000, TYPENAME, UNSUPPORTED, Crime.NOT_JSON),
        ("application/json; charset=nonsense", TYPENAME, (FINE, *UNSUPPORTED), None),
        ("application/json; charset=utf-16", TYPENAME, (FINE, *UNSUPPORTED), None),
        ("application/json; charset=utf-16", TYPENAME.decode().encode("utf-16"), (*BAD, *UNSUPPORTED), Crime.FAILED),
        ("APPLICATION/JSON;;;", TYPENAME, (FINE, *UNSUPPORTED), None),
    ]
]

DEEP = [
    Attack("arrays 100,000 deep", BAD, nested(100_000).encode(), stock=Crime.FAILED),
    Attack("arrays 100,000 deep, never closed", BAD, b"[" * 100_000, stock=Crime.FAILED),
    Attack("objects 100,000 deep", BAD, nested(100_000, '{"a":', "}", "1").encode(), stock=Crime.FAILED),
    Attack("variables 100,000 deep", BAD, with_variables('{"a": ' + nested(100_000) + "}"), stock=Crime.FAILED),
    Attack("variables 900 deep", (INPUT, *BAD), with_variables('{"a": ' + nested(900) + "}"), stock=Crime.LOGGED),
    Attack("variables 400 deep", (INPUT, *BAD), with_variables('{"a": ' + nested(400) + "}"), stock=Crime.LOGGED),
    Attack(
        "objects 400 deep for a filter",
        (INPUT, *BAD),
        request(
            "query ($a: MovieFilter) { movies(filter: $a) { totalCount } }", json.loads('{"a":' * 400 + "1" + "}" * 400)
        ),
        stock=Crime.LOGGED,
    ),
    Attack("an unknown variable 900 deep", (FINE, *BAD), with_variables('{"b": ' + nested(900) + "}")),
]

NUMBERS = [
    Attack("an integer of 5,000 digits", BAD, with_variables('{"a": ' + "9" * 5_000 + "}"), stock=Crime.FAILED),
    Attack(
        "an integer of 4,000 digits", (INPUT, *BAD), with_variables('{"a": ' + "9" * 4_000 + "}"), stock=Crime.LOGGED
    ),
    Attack("an integer of 900,000 digits", BAD, with_variables('{"a": ' + "9" * 900_000 + "}"), stock=Crime.FAILED),
    Attack("a fraction of 900,000 digits", (FINE, INPUT, *BAD), with_variables('{"a": 1.' + "9" * 900_000 + "}")),
    *(
        Attack(f"the number {number}", (INPUT, *BAD), with_variables('{"a": ' + number + "}"), stock=Crime.LOGGED)
        for number in (
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-1e999",
            "1e308",
            "1.5",
            str(2**31),
            str(2**63),
            str(2**64),
        )
    ),
]

SIZES = [
    Attack("3 MB", (malformed(413),), request("{ __typename }", {"a": "x" * 3_000_000}), stock=Crime.NOT_JSON),
    Attack("3 MB of nothing", (malformed(413),), b" " * 3_000_000, stock=Crime.NOT_JSON),
    Attack("900 KB of space", (FINE,), TYPENAME + b" " * 900_000),
    Attack("a text of 900 KB that nobody asked for", (FINE,), request("{ __typename }", {"a": "x" * 900_000})),
    Attack("a name of 900 KB that nobody asked for", (FINE,), request("{ __typename }", {"x" * 900_000: 1})),
    Attack(
        "10,000 variables that nobody asked for",
        (FINE,),
        request("{ __typename }", {f"a{n}": n for n in range(10_000)}),
    ),
    Attack("200,000 empty arrays", (FINE, *BAD), request("{ __typename }", {"a": [[]] * 200_000})),
    Attack("one key 30,000 times", (FINE, *BAD), b"{" + b'"query": "{ __typename }", ' * 30_000 + b'"a": 1}'),
    Attack(
        "a text of 900 KB for a number",
        (INPUT,),
        request("query ($a: Int) { movies(first: $a) { totalCount } }", {"a": "9" * 900_000}),
        stock=Crime.LOGGED,
    ),
    Attack(
        "a name of 900 KB in an input",
        (INPUT,),
        request("query ($a: MovieFilter) { movies(filter: $a) { totalCount } }", {"a": {"x" * 900_000: 1}}),
        stock=Crime.LARGE,
    ),
    Attack(
        "a name of 800 KB that 60 errors repeat",
        (INPUT,),
        request(
            "query ($a: MovieFilter) { movies(filter: $a) { totalCount } }",
            {"a": {"x" * 800_000: 1, **{f"a{n}": 1 for n in range(60)}}},
        ),
        stock=Crime.LARGE,
    ),
    Attack(
        "10,000 unknown fields of an input",
        (INPUT,),
        request(
            "query ($a: MovieFilter) { movies(filter: $a) { totalCount } }",
            {"a": {f"serach{n}": n for n in range(10_000)}},
        ),
        stock=Crime.LOGGED,
    ),
    Attack(
        "10,000 wrong values in a list",
        (INPUT,),
        request(
            "mutation ($a: CreateScreenInput!) { createScreen(input: $a) { __typename } }",
            {"a": {"theaterId": "x", "name": "x", "rows": [5] * 10_000}},
        ),
        stock=Crime.LOGGED,
    ),
]

PARTS = [
    Attack(
        f"{part} is {json.dumps(value)[:30]}",
        right,
        json.dumps({"query": "{ __typename }", part: value}).encode(),
        stock=stock,
    )
    for part, value, right, stock in [
        ("query", None, BAD, Crime.NOT_JSON),
        ("query", "", BAD, Crime.NOT_JSON),
        ("query", 5, BAD, Crime.NOT_JSON),
        ("query", True, BAD, Crime.NOT_JSON),
        ("query", [], BAD, Crime.NOT_JSON),
        ("query", ["{ __typename }"], BAD, Crime.NOT_JSON),
        ("query", {"a": 1}, BAD, Crime.NOT_JSON),
        ("variables", [], BAD, Crime.NOT_JSON),
        ("variables", [1], BAD, Crime.NOT_JSON),
        ("variables", "{}", BAD, Crime.NOT_JSON),
        ("variables", 0, BAD, Crime.NOT_JSON),
        ("variables", False, BAD, Crime.NOT_JSON),
        ("variables", None, (FINE,), None),
        ("operationName", 5, BAD, Crime.NOT_JSON),
        ("operationName", [], BAD, Crime.NOT_JSON),
        ("operationName", {}, BAD, Crime.NOT_JSON),
        ("operationName", "", (FINE, INPUT, VALIDATION), Crime.NOT_JSON),
        ("operationName", "Nobody", (INPUT, VALIDATION), Crime.NOT_JSON),
        ("operationName", "\0", (INPUT, VALIDATION), Crime.NOT_JSON),
        ("operationName", "\ud800", (INPUT, VALIDATION), Crime.NOT_JSON),
        ("operationName", "x" * 900_000, (INPUT, VALIDATION, limited("characters")), Crime.NOT_JSON),
        ("extensions", 5, BAD, Crime.NOT_JSON),
        ("extensions", [], BAD, Crime.NOT_JSON),
        ("extensions", {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}, (FINE,), None),
        ("extensions", {"\0": "\ud800", "a": "x" * 500_000}, (FINE,), None),
        ("id", "x", (FINE,), None),
        ("__proto__", {"query": "{ nothing }"}, (FINE,), None),
    ]
]
PARTS += [
    Attack(
        "a persisted query that was never sent",
        BAD,
        json.dumps({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}).encode(),
        stock=Crime.NOT_JSON,
    ),
]

BODIES = [*NOT_OBJECTS, *BATCHES, *ENCODINGS, *TYPES, *DEEP, *NUMBERS, *SIZES, *PARTS]
