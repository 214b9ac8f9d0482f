"""Bodies, their types and their encodings."""

import codecs
import gzip
import json
import zlib

from tests.hostile.attack import (
    INPUT,
    JSON,
    SUCCESS,
    UNKNOWN_HASH,
    VALIDATION,
    WRONG_HASH,
    Attack,
    Violation,
    limited,
    malformed,
    request,
)

TYPENAME = request("{ __typename }")
BAD = (malformed(),)
UNSUPPORTED = (malformed(415),)
FILES = (
    b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query": "{ __typename }", "variables": {"a": '
    b'null}}\r\n--x\r\nContent-Disposition: form-data; name="map"\r\n\r\n{"0": ["variables.a"]}\r\n--x\r\n'
    b'Content-Disposition: form-data; name="0"; filename="a.txt"\r\n\r\nhello\r\n--x--\r\n'
)


def nested(depth: int, opening: str = "[", closing: str = "]", innermost: str = "") -> str:
    return opening * depth + innermost + closing * depth


def with_raw_variables(variables: str) -> bytes:
    """A request with these variables, which need not be JSON."""
    return (
        '{"query": "query ($a: Int) { movies(first: $a) { totalCount } }", "variables": ' + variables + "}"
    ).encode()


def typed(content_type: str, body: bytes = TYPENAME) -> tuple[dict[str, str], bytes]:
    return {"Content-Type": content_type}, body


NOT_OBJECTS = [
    Attack(f"the body is {body}", BAD, body.encode(), stock=stock)
    for body, stock in [
        ("1", Violation.FAILED),
        ("1.5", Violation.FAILED),
        ("-0", Violation.FAILED),
        ('"x"', Violation.FAILED),
        ('""', Violation.FAILED),
        ("null", Violation.FAILED),
        ("true", Violation.FAILED),
        ("false", Violation.FAILED),
        ("NaN", Violation.FAILED),
        ("Infinity", Violation.FAILED),
        ("[]", Violation.NOT_JSON),
        ("[1]", Violation.NOT_JSON),
        ("[null]", Violation.NOT_JSON),
        ("[[]]", Violation.NOT_JSON),
        ("{}", Violation.NOT_JSON),
        ("", Violation.NOT_JSON),
        (" ", Violation.NOT_JSON),
        ("{", Violation.NOT_JSON),
        ("{}{}", Violation.NOT_JSON),
        ("{'query': '{ __typename }'}", Violation.NOT_JSON),
        ('{"query": "{ __typename }",}', Violation.NOT_JSON),
        ('{"query": "{ __typename }"} // hello', Violation.NOT_JSON),
        ('{"query": "{ __typename', Violation.NOT_JSON),
        ('{"query": "a\tb"}', Violation.NOT_JSON),
        ("query={ __typename }", Violation.NOT_JSON),
        ("{ __typename }", Violation.NOT_JSON),
        ("<?xml version='1.0'?><query/>", Violation.NOT_JSON),
    ]
]

BATCHES = [
    Attack("a batch of one", BAD, b"[" + TYPENAME + b"]", stock=Violation.NOT_JSON),
    Attack("a batch of 1,000", BAD, b"[" + b",".join([TYPENAME] * 1_000) + b"]", stock=Violation.NOT_JSON),
]

ENCODINGS = [
    Attack("invalid UTF-8 in a string", BAD, b'{"query": "\xff"}', stock=Violation.FAILED),
    Attack("invalid UTF-8 at the start", BAD, b"\xff" + TYPENAME, stock=Violation.FAILED),
    Attack("an overlong encoding of a slash", BAD, b'{"query": "\xc0\xaf"}', stock=Violation.FAILED),
    Attack("a surrogate encoded as UTF-8", BAD, b'{"query": "\xed\xa0\x80"}', stock=Violation.FAILED),
    Attack("half of a character at the end", BAD, TYPENAME + b"\xf0\x9f", stock=Violation.FAILED),
    Attack("Latin-1", BAD, '{"query": "{ é }"}'.encode("latin-1"), stock=Violation.FAILED),
    Attack("UTF-16 with a byte order mark", BAD, TYPENAME.decode().encode("utf-16"), stock=Violation.FAILED),
    Attack("UTF-16 without a byte order mark", BAD, TYPENAME.decode().encode("utf-16-le"), stock=Violation.NOT_JSON),
    Attack("UTF-32", BAD, TYPENAME.decode().encode("utf-32"), stock=Violation.FAILED),
    Attack("UTF-8 with a byte order mark", (SUCCESS,), codecs.BOM_UTF8 + TYPENAME, stock=Violation.NOT_JSON),
    Attack("NUL after the JSON", BAD, TYPENAME + b"\0", stock=Violation.NOT_JSON),
    Attack("only NUL", BAD, b"\0" * 1_000, stock=Violation.NOT_JSON),
    Attack("gzip without Content-Encoding", BAD, gzip.compress(TYPENAME), stock=Violation.FAILED),
]
ENCODINGS += [
    Attack(
        f"Content-Encoding: {encoding}", UNSUPPORTED, body, headers={**JSON, "Content-Encoding": encoding}, stock=stock
    )
    for encoding, body, stock in [
        ("gzip", gzip.compress(TYPENAME), Violation.FAILED),
        ("GZip", gzip.compress(b"0" * 50_000_000), Violation.FAILED),
        ("deflate", zlib.compress(TYPENAME), Violation.FAILED),
        ("br", b"\x8b\x06\x80{}\x03", Violation.FAILED),
        ("zstd", b"\x28\xb5\x2f\xfd", Violation.FAILED),
        ("gzip, gzip", gzip.compress(gzip.compress(TYPENAME)), Violation.FAILED),
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
        ("", TYPENAME, UNSUPPORTED, Violation.NOT_JSON),
        ("text/plain", TYPENAME, UNSUPPORTED, Violation.NOT_JSON),
        ("text/html", TYPENAME, UNSUPPORTED, Violation.NOT_JSON),
        ("application/graphql", b"{ __typename }", UNSUPPORTED, Violation.NOT_JSON),
        ("application/x-www-form-urlencoded", b"query={__typename}", UNSUPPORTED, Violation.NOT_JSON),
        ("multipart/form-data; boundary=x", FILES, UNSUPPORTED, Violation.NOT_JSON),
        ("multipart/form-data", FILES, UNSUPPORTED, Violation.NOT_JSON),
        ("multipart/form-data; boundary=" + "x" * 5_000, b"--x", UNSUPPORTED, Violation.NOT_JSON),
        ("application/octet-stream", TYPENAME, UNSUPPORTED, Violation.NOT_JSON),
        ("application/jsonp", TYPENAME, UNSUPPORTED, None),
        ("nonsense", TYPENAME, UNSUPPORTED, Violation.NOT_JSON),
        ("a/b/c;;;;=;=", TYPENAME, UNSUPPORTED, Violation.NOT_JSON),
        ("/" * 8_000, TYPENAME, UNSUPPORTED, Violation.NOT_JSON),
        ("application/json; charset=nonsense", TYPENAME, (SUCCESS, *UNSUPPORTED), None),
        ("application/json; charset=utf-16", TYPENAME, (SUCCESS, *UNSUPPORTED), None),
        (
            "application/json; charset=utf-16",
            TYPENAME.decode().encode("utf-16"),
            (*BAD, *UNSUPPORTED),
            Violation.FAILED,
        ),
        ("APPLICATION/JSON;;;", TYPENAME, (SUCCESS, *UNSUPPORTED), None),
    ]
]

DEEP = [
    Attack("arrays 100,000 deep", BAD, nested(100_000).encode(), stock=Violation.FAILED),
    Attack("arrays 100,000 deep, never closed", BAD, b"[" * 100_000, stock=Violation.FAILED),
    Attack("objects 100,000 deep", BAD, nested(100_000, '{"a":', "}", "1").encode(), stock=Violation.FAILED),
    Attack("variables 100,000 deep", BAD, with_raw_variables('{"a": ' + nested(100_000) + "}"), stock=Violation.FAILED),
    Attack(
        "variables 900 deep", (INPUT, *BAD), with_raw_variables('{"a": ' + nested(900) + "}"), stock=Violation.LOGGED
    ),
    Attack(
        "variables 400 deep", (INPUT, *BAD), with_raw_variables('{"a": ' + nested(400) + "}"), stock=Violation.LOGGED
    ),
    Attack(
        "objects 400 deep for a filter",
        (INPUT, *BAD),
        request(
            "query ($a: MovieFilter) { movies(filter: $a) { totalCount } }", json.loads('{"a":' * 400 + "1" + "}" * 400)
        ),
        stock=Violation.LOGGED,
    ),
    Attack("an unknown variable 900 deep", (SUCCESS, *BAD), with_raw_variables('{"b": ' + nested(900) + "}")),
]

NUMBERS = [
    Attack("an integer of 5,000 digits", BAD, with_raw_variables('{"a": ' + "9" * 5_000 + "}"), stock=Violation.FAILED),
    Attack(
        "an integer of 4,000 digits",
        (INPUT, *BAD),
        with_raw_variables('{"a": ' + "9" * 4_000 + "}"),
        stock=Violation.LOGGED,
    ),
    Attack(
        "an integer of 900,000 digits", BAD, with_raw_variables('{"a": ' + "9" * 900_000 + "}"), stock=Violation.FAILED
    ),
    Attack(
        "a fraction of 900,000 digits", (SUCCESS, INPUT, *BAD), with_raw_variables('{"a": 1.' + "9" * 900_000 + "}")
    ),
    *(
        Attack(
            f"the number {number}", (INPUT, *BAD), with_raw_variables('{"a": ' + number + "}"), stock=Violation.LOGGED
        )
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
    Attack("3 MB", (malformed(413),), request("{ __typename }", {"a": "x" * 3_000_000}), stock=Violation.NOT_JSON),
    Attack("3 MB of spaces", (malformed(413),), b" " * 3_000_000, stock=Violation.NOT_JSON),
    Attack("900 KB of space", (SUCCESS,), TYPENAME + b" " * 900_000),
    Attack("a string of 900 KB that is not used", (SUCCESS,), request("{ __typename }", {"a": "x" * 900_000})),
    Attack("a name of 900 KB that is not used", (SUCCESS,), request("{ __typename }", {"x" * 900_000: 1})),
    Attack(
        "10,000 variables that are not used",
        (SUCCESS,),
        request("{ __typename }", {f"a{n}": n for n in range(10_000)}),
    ),
    Attack("200,000 empty arrays", (SUCCESS, *BAD), request("{ __typename }", {"a": [[]] * 200_000})),
    Attack("one key 30,000 times", (SUCCESS, *BAD), b"{" + b'"query": "{ __typename }", ' * 30_000 + b'"a": 1}'),
    Attack(
        "a string of 900 KB for a number",
        (INPUT,),
        request("query ($a: Int) { movies(first: $a) { totalCount } }", {"a": "9" * 900_000}),
        stock=Violation.LOGGED,
    ),
    Attack(
        "a name of 900 KB in an input",
        (INPUT,),
        request("query ($a: MovieFilter) { movies(filter: $a) { totalCount } }", {"a": {"x" * 900_000: 1}}),
        stock=Violation.LARGE,
    ),
    Attack(
        "a name of 800 KB that 60 errors repeat",
        (INPUT,),
        request(
            "query ($a: MovieFilter) { movies(filter: $a) { totalCount } }",
            {"a": {"x" * 800_000: 1, **{f"a{n}": 1 for n in range(60)}}},
        ),
        stock=Violation.LARGE,
    ),
    Attack(
        "10,000 unknown fields of an input",
        (INPUT,),
        request(
            "query ($a: MovieFilter) { movies(filter: $a) { totalCount } }",
            {"a": {f"serach{n}": n for n in range(10_000)}},
        ),
        stock=Violation.LOGGED,
    ),
    Attack(
        "10,000 wrong values in a list",
        (INPUT,),
        request(
            "mutation ($a: CreateScreenInput!) { createScreen(input: $a) { __typename } }",
            {"a": {"theaterId": "x", "name": "x", "rows": [5] * 10_000}},
        ),
        stock=Violation.LOGGED,
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
        ("query", None, BAD, Violation.NOT_JSON),
        ("query", "", BAD, Violation.NOT_JSON),
        ("query", 5, BAD, Violation.NOT_JSON),
        ("query", True, BAD, Violation.NOT_JSON),
        ("query", [], BAD, Violation.NOT_JSON),
        ("query", ["{ __typename }"], BAD, Violation.NOT_JSON),
        ("query", {"a": 1}, BAD, Violation.NOT_JSON),
        ("variables", [], BAD, Violation.NOT_JSON),
        ("variables", [1], BAD, Violation.NOT_JSON),
        ("variables", "{}", BAD, Violation.NOT_JSON),
        ("variables", 0, BAD, Violation.NOT_JSON),
        ("variables", False, BAD, Violation.NOT_JSON),
        ("variables", None, (SUCCESS,), None),
        ("operationName", 5, BAD, Violation.NOT_JSON),
        ("operationName", [], BAD, Violation.NOT_JSON),
        ("operationName", {}, BAD, Violation.NOT_JSON),
        ("operationName", "", (SUCCESS, INPUT, VALIDATION), Violation.NOT_JSON),
        ("operationName", "Unknown", (INPUT, VALIDATION), Violation.NOT_JSON),
        ("operationName", "\0", (INPUT, VALIDATION), Violation.NOT_JSON),
        ("operationName", "\ud800", (INPUT, VALIDATION), Violation.NOT_JSON),
        ("operationName", "x" * 900_000, (INPUT, VALIDATION, limited("characters")), Violation.NOT_JSON),
        ("extensions", 5, BAD, Violation.NOT_JSON),
        ("extensions", [], BAD, Violation.NOT_JSON),
        ("extensions", {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}, (WRONG_HASH,), None),
        ("extensions", {"\0": "\ud800", "a": "x" * 500_000}, (SUCCESS,), None),
        ("id", "x", (SUCCESS,), None),
        ("__proto__", {"query": "{ unknown }"}, (SUCCESS,), None),
    ]
]
PARTS += [
    Attack(
        "a persisted query that was never sent",
        (UNKNOWN_HASH,),
        json.dumps({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}).encode(),
        stock=Violation.NOT_JSON,
    ),
]

BODIES = [*NOT_OBJECTS, *BATCHES, *ENCODINGS, *TYPES, *DEEP, *NUMBERS, *SIZES, *PARTS]
