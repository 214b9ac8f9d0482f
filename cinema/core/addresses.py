from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address the request came from.

    Behind proxies (`TRUSTED_PROXIES` of them) it is the one that the outermost of ours saw; whatever a client
    wrote into X-Forwarded-For itself stands further left and is not believed.
    """
    remote = str(request.META.get("REMOTE_ADDR", ""))
    trusted: int = settings.TRUSTED_PROXIES
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    if not trusted or len(hops) < trusted:
        return remote
    return str(hops[-trusted])
