"""Hostile methods, URLs and headers."""

import base64
import json
from urllib.parse import quote

from tests.hostile.attack import (
    INPUT,
    JSON,
    NOT_ALLOWED,
    PARSE,
    SUCCESS,
    VALIDATION,
    Attack,
    Outcome,
    Violation,
    at_a_field,
    limited,
    malformed,
)
from tests.hostile.bodies import TYPENAME

TOO_LONG = (SUCCESS, malformed(), malformed(413), malformed(414), limited("characters", "tokens"))
ME = json.dumps({"query": "{ me { id } }"}).encode()


def get(name: str, query_string: str, *outcomes: Outcome, stock: Violation | None = None) -> Attack:
    return Attack(name, outcomes, method="GET", url=f"/graphql?{query_string}", headers={}, stock=stock)


def with_headers(
    name: str, headers: dict[str, str], *outcomes: Outcome, body: bytes = TYPENAME, stock: Violation | None = None
) -> Attack:
    return Attack(name, outcomes, body, headers={**JSON, **headers}, stock=stock)


METHODS = [
    Attack(f"{method}", (NOT_ALLOWED,), TYPENAME, method, stock=Violation.NOT_JSON)
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X" * 5_000)
]

MUTATION = quote('mutation { login(input: { username: "a", password: "b" }) { __typename } }')
URLS = [
    get("no query in the URL", "", malformed(), stock=Violation.NOT_JSON),
    get("an empty query in the URL", "query=", malformed(), stock=Violation.NOT_JSON),
    get("garbage in the URL", "%ff=%ff&%00=%00&&&===&%", malformed(), stock=Violation.NOT_JSON),
    get("a query that is not UTF-8", "query=%ff", PARSE, malformed()),
    get("a query that is NUL", "query=%00", PARSE, malformed()),
    get("half of a surrogate pair in the URL", "query=%ed%a0%80", PARSE, malformed()),
    get("a query that is cut off", "query=%7B__typename%7D%", PARSE, malformed()),
    get(
        "a mutation in the URL",
        f"query={MUTATION}",
        Outcome(NOT_ALLOWED.codes, 405, 405, allow="POST"),
        stock=Violation.NOT_JSON,
    ),
    get(
        "variables 100,000 deep in the URL",
        "query={__typename}&variables=" + "[" * 100_000,
        malformed(),
        stock=Violation.FAILED,
    ),
    get("variables that are not JSON", "query={__typename}&variables={", malformed(), stock=Violation.NOT_JSON),
    get("variables that are a list", "query={__typename}&variables=[]", malformed(), stock=Violation.NOT_JSON),
    get(
        "variables of 5,000 digits in the URL",
        "query={__typename}&variables=" + "9" * 5_000,
        malformed(),
        stock=Violation.FAILED,
    ),
    get(
        "extensions that are not JSON",
        "query={__typename}&extensions={",
        SUCCESS,
        malformed(),
        stock=Violation.NOT_JSON,
    ),
    get(
        "20,000 parameters",
        "query={__typename}&" + "&".join(f"a{n}=1" for n in range(20_000)),
        *TOO_LONG,
        stock=Violation.NOT_JSON,
    ),
    get("a URL of 100 KB", "query={__typename}&a=" + "x" * 100_000, *TOO_LONG),
    get("a query of 100 KB in the URL", "query={__typename}%23" + "x" * 100_000, *TOO_LONG),
    get("two queries", "query={unknown}&query={__typename}", SUCCESS, malformed(), VALIDATION),
    get(
        "an unknown operation",
        "query={__typename}&operationName=%00",
        INPUT,
        VALIDATION,
        stock=Violation.NOT_JSON,
    ),
    Attack("a body with GET", (malformed(),), TYPENAME, "GET", stock=Violation.NOT_JSON),
]

PATHS = [
    Attack("a slash at the end", (SUCCESS,), TYPENAME, url="/graphql/", stock=Violation.NOT_JSON),
    *(
        Attack(f"the path {path}", (malformed(404),), TYPENAME, url=path, stock=Violation.NOT_JSON)
        for path in (
            "/graphql/x",
            "/graphql/%ff",
            "/graphql/%00",
            "/graphql/..%2fadmin",
            "/graphql//",
            "/graphql/" + "x" * 20_000,
        )
    ),
]


def forged(header: str) -> str:
    """A token with this header and an invalid signature."""
    return f"Bearer {base64.urlsafe_b64encode(header.encode()).rstrip(b'=').decode()}.e30.AAAA"


HEADERS = [
    with_headers(f"the host {host!r}", {"Host": host}, malformed(), stock=Violation.NOT_JSON)
    for host in ("evil.example", "", "a b", "[::1", "testserver:x", "x" * 5_000, "é", "testserver@evil", "a,b")
]
HEADERS += [
    with_headers(f"X-Request-ID: {request_id[:20]!r}", {"X-Request-ID": request_id}, SUCCESS)
    for request_id in ("", "x", "é", "<script>", "0" * 8_000, "../../etc/passwd", "%00", "00000000-0000", "\ud800")
]
HEADERS += [
    with_headers(f"Accept: {accept[:30]!r}", {"Accept": accept}, *right)
    for accept, right in [
        ("", (SUCCESS,)),
        ("*/*", (SUCCESS,)),
        ("application/*", (SUCCESS,)),
        ("nonsense", (SUCCESS, malformed(406))),
        (";;;,,,===", (SUCCESS, malformed(406))),
        ("application/json;q=nonsense", (SUCCESS, malformed(406))),
        ("application/json;q=1e999", (SUCCESS, malformed(406))),
        ("application/json;q=nan", (SUCCESS, malformed(406))),
        ("*/*;q=" + "9" * 5_000, (SUCCESS, malformed(406))),
        ("text/plain", (malformed(406),)),
        ("image/png, text/css", (malformed(406),)),
        ("application/json;q=0", (malformed(406),)),
        ("text/html", (SUCCESS, malformed(406))),
        (",".join(f"a/b{n};q=0.1" for n in range(2_000)), (malformed(406),)),
        ("é/\ud800", (SUCCESS, malformed(406))),
    ]
]
HEADERS += [
    with_headers(f"Authorization: {value[:80]!r}", {"Authorization": value}, right, body=ME, stock=stock)
    for value, right, stock in [
        ("", SUCCESS, None),
        ("nonsense", SUCCESS, None),
        ("Basic YTpi", SUCCESS, None),
        *(
            (token, at_a_field("UNAUTHENTICATED"), Violation.LOGGED)
            for token in (
                "Bearer x",
                "Bearer ..",
                "Bearer a.b.c",
                "Bearer é",
                "Bearer \ud800",
                "bearer " + "x" * 8_000,
                "Bearer " + "." * 8_000,
                forged('{"alg": "none"}'),
                forged('{"alg": "HS256", "kid": ["x"]}'),
                forged('{"alg": ["HS256"]}'),
                forged('{"alg": "HS256", "crit": ["x"]}'),
                forged('{"alg": "HS256", "b64": false}'),
                forged("[" * 3_000),
                forged("[]"),
                forged("9" * 5_000),
                forged("\xff"),
                forged('{"alg": "HS256", "typ": "\\ud800"}'),
            )
        ),
    ]
]
HEADERS += [
    with_headers(
        "an unknown session",
        {"Cookie": "sessionid=\xff\0; csrftoken=;;;=" + "x" * 8_000},
        SUCCESS,
        stock=Violation.COOKIE,
    )
]
HEADERS += [
    with_headers(f"{name}: {value[:20]!r}", {name: value}, SUCCESS)
    for name, value in [
        ("Cookie", "sessionid=" + "x" * 32),
        ("X-Forwarded-For", "," * 5_000),
        ("X-Forwarded-For", "999.999.999.999, ::g"),
        ("X-Forwarded-Proto", "nonsense"),
        ("X-Forwarded-Host", "evil.example"),
        ("Origin", "null"),
        ("Origin", "https://evil.example"),
        ("Referer", "\xff" * 1_000),
        ("Range", "bytes=0-0,1-1,2-2"),
        ("If-None-Match", "*"),
        ("If-Modified-Since", "never"),
        ("Accept-Language", "x" * 8_000),
        ("Accept-Encoding", "gzip;q=nonsense, br;q=1e999"),
        ("X-HTTP-Method-Override", "DELETE"),
        ("Upgrade", "websocket"),
    ]
]

REQUESTS = [*METHODS, *URLS, *PATHS, *HEADERS]
