"""Every attack that is a single request."""

from tests.hostile.attack import Attack
from tests.hostile.bodies import BODIES
from tests.hostile.documents import DOCUMENTS
from tests.hostile.operations import OPERATIONS
from tests.hostile.requests import REQUESTS
from tests.hostile.shapes import SHAPES

CORPUS: list[Attack] = [*BODIES, *DOCUMENTS, *SHAPES, *OPERATIONS, *REQUESTS]
