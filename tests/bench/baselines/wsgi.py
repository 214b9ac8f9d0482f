"""The WSGI application of the project in DJANGO_SETTINGS_MODULE."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
