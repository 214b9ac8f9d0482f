"""The part of the schema for accounts."""

from cinema.accounts import queries
from schema.accounts.mutations import AccountsMutations
from schema.accounts.problems import PROBLEM_HANDLERS
from schema.accounts.queries import AccountsQueries
from schema.engine.slices import Slice

accounts = Slice(
    queries=AccountsQueries,
    mutations=AccountsMutations,
    problems=PROBLEM_HANDLERS,
    nodes={"User": lambda context: queries.users_seen_by(context.viewer)},
)
