import os
import uuid
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection


@pytest.fixture
def environment(transactional_db: None) -> dict[str, str]:
    """The environment of a process that uses the database of these tests."""
    name = connection.settings_dict["NAME"]
    url = os.environ.get("TEST_DATABASE_URL")
    return {
        "PATH": os.environ["PATH"],
        "DEBUG": "true",
        "SECRET_KEY": uuid.uuid4().hex,
        "DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl() if url else f"sqlite:///{name}",
    }


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"
