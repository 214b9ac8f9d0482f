"""Settings of the limits of the API, and of what it caches."""

from django.core.exceptions import ImproperlyConfigured

from config.environment import env
from config.trusted_documents import trusted_documents

# The number of requests that a process handles at a time, and the time that a client has to send one.
THREADS = env.int("THREADS", 4)
# Whether each process stays on its own CPU, if there are as many CPUs as processes.
PIN_WORKERS = env.bool("PIN_WORKERS", True)
SECONDS_TO_SEND_A_REQUEST = env.float("SECONDS_TO_SEND_A_REQUEST", 10)
# The time that a request waits for a free thread.
QUEUE_TIMEOUT_SECONDS = env.float("QUEUE_TIMEOUT_SECONDS", 5)
if THREADS < 1 or min(SECONDS_TO_SEND_A_REQUEST, QUEUE_TIMEOUT_SECONDS) <= 0:
    raise ImproperlyConfigured(
        "THREADS must be at least 1. SECONDS_TO_SEND_A_REQUEST and QUEUE_TIMEOUT_SECONDS must be greater than 0."
    )
DATA_UPLOAD_MAX_MEMORY_SIZE = env.int("MAX_REQUEST_BYTES", 1_000_000)
# Staff can select each seat of the largest screen.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 11_000
MAX_ANSWER_BYTES = env.int("MAX_ANSWER_BYTES", 5_000_000)
INTROSPECTION = env.bool("INTROSPECTION", True)
# By identifier. If it is not None, other documents are refused.
TRUSTED_DOCUMENTS = trusted_documents(env.str("TRUSTED_DOCUMENTS", None))
# The explorer sends other documents.
EXPLORER = env.bool("EXPLORER", True) and TRUSTED_DOCUMENTS is None
# How many tokens of valid documents each process caches. With its plans, a document takes up to 2.5 kB for each token.
# A long text counts as the tokens that take the same memory.
DOCUMENT_CACHE_TOKENS = env.int("DOCUMENT_CACHE_TOKENS", 20_000)
# How many bytes of documents each process stores for automatic persisted queries.
PERSISTED_QUERY_CACHE_BYTES = env.int("PERSISTED_QUERY_CACHE_BYTES", 5_000_000)
# How long caches may use the response to a GET of public data without asking the server.
PUBLIC_CACHE_SECONDS = env.int("PUBLIC_CACHE_SECONDS", 10)
QUERY_LIMITS = {
    "characters": env.int("QUERY_MAX_CHARACTERS", 50_000),
    # Finding the line of an error takes time for each line. A comment is not a token, but takes a line.
    "lines": env.int("QUERY_MAX_LINES", 2_000),
    "tokens": env.int("QUERY_MAX_TOKENS", 2_000),
    # The depth of brackets, and of selections with fragments expanded.
    "depth": env.int("QUERY_MAX_DEPTH", 25),
    # Counted with fragments expanded, like the next two.
    "fields": env.int("QUERY_MAX_FIELDS", 500),
    "aliases": env.int("QUERY_MAX_ALIASES", 50),
    "directives": env.int("QUERY_MAX_DIRECTIVES", 50),
    # An estimate of how many fields are resolved.
    "cost": env.int("QUERY_MAX_COST", 20_000),
    # Mutations that check a credential: one in each request, so that guesses can be counted.
    "credentialMutations": 1,
}
if min(DATA_UPLOAD_MAX_MEMORY_SIZE, MAX_ANSWER_BYTES, *QUERY_LIMITS.values()) < 1:
    raise ImproperlyConfigured("MAX_REQUEST_BYTES, MAX_ANSWER_BYTES and each QUERY_MAX_ limit must be at least 1.")
if min(DOCUMENT_CACHE_TOKENS, PERSISTED_QUERY_CACHE_BYTES, PUBLIC_CACHE_SECONDS) < 0:
    raise ImproperlyConfigured(
        "DOCUMENT_CACHE_TOKENS, PERSISTED_QUERY_CACHE_BYTES and PUBLIC_CACHE_SECONDS must be at least 0."
    )
