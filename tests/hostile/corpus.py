"""All attacks that take no more than a request."""

from tests.hostile.attack import Attack
from tests.hostile.bodies import BODIES
from tests.hostile.documents import DOCUMENTS
from tests.hostile.requests import REQUESTS

CORPUS: list[Attack] = [*BODIES, *DOCUMENTS, *REQUESTS]
