"""The front page. It reads and writes all data with the public API, like any other front end."""

import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

STATIC = Path(__file__).parent / "static"
IMPORT = re.compile(r'from "\./([^"]+)"')


def _imports(module: str, found: set[str]) -> set[str]:
    """Add a module and the modules that it needs to start to `found`, and return it."""
    if module not in found:
        found.add(module)
        for name in IMPORT.findall((STATIC / module).read_text(encoding="utf-8")):
            _imports(f"front/{name}", found)
    return found


# The page preloads its modules. Otherwise, the browser finds each only after it has read the one that imports it.
# The schedule needs the first modules. The pages behind it need the later ones.
FIRST_MODULES = sorted(_imports("front/main.js", set()))
LATER_MODULES = sorted({str(path.relative_to(STATIC)) for path in STATIC.glob("front/*.js")} - set(FIRST_MODULES))


@require_safe
@cache_control(no_cache=True)
def front_page(request: HttpRequest) -> HttpResponse:
    """Return the page. It is the same for all users. Its scripts load the user's data."""
    return render(request, "front/index.html", {"first_modules": FIRST_MODULES, "later_modules": LATER_MODULES})


def front_page_of_link(request: HttpRequest) -> HttpResponse:
    """Return the page at the address of a link in an email. Its script uses the token in the address."""
    response = front_page(request)
    # The requests of the page do not send its address, which has the token.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
