"""The names of the rows in the tables: what is measured."""

BARE = "bare Django view"
TYPENAME = "{ __typename }"
ME = "me"
INVALID = "invalid document"
BAD_TOKEN = "bad token"

MOVIES = "movies, 20"
SEARCH = "search for movies, 20"
DAY = "day, 100 shows"
MAP = "seat map, 300"
BOOKINGS = "my bookings, 20"
READS = (MOVIES, SEARCH, DAY, MAP, BOOKINGS)

HOT = "bookSeat, hot show"
MANY = "bookSeat, many shows"
REFUSED_300 = "bookSeat refused, 300 seats"
REFUSED_10_000 = "bookSeat refused, 10,000 seats"
BEST = "best available, 2 of 300"
ORIGINAL = "original design, hot show"
PGBENCH = "pgbench, hot show"

# One buyer, without other load and while another client sends many large reads.
ALONE = "bookSeat, one buyer"
FLOODED = "bookSeat, one buyer and a flood"

# The rows of our server, except those for growth and overload.
OURS = (TYPENAME, ME, INVALID, BAD_TOKEN, *READS, HOT, MANY, REFUSED_300, REFUSED_10_000, BEST)


def sql(read: str) -> str:
    """The row of the SQL statement that returns the same JSON."""
    return f"{read}: SQL"


def full(read: str) -> str:
    """The row of the read in the full database, compared with that in a smaller one."""
    return f"{read}: full size"


def tenth(read: str) -> str:
    """The row of the same read in a database with a tenth of the rows."""
    return f"{read}: a tenth"


# The row with which each row is compared.
BASELINES = {
    TYPENAME: BARE,
    ME: TYPENAME,
    INVALID: TYPENAME,
    BAD_TOKEN: TYPENAME,
    **{read: sql(read) for read in READS},
    MANY: HOT,
    REFUSED_300: HOT,
    REFUSED_10_000: HOT,
    BEST: HOT,
    HOT: ORIGINAL,
    PGBENCH: ORIGINAL,
}
