"""The URL of a poster can be the path of one that staff uploaded. The column does not change."""

import cinema.catalog.models
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('cinema', '0031_emails_about_bookings'),
    ]

    operations = [
        migrations.AlterField(
            model_name='movie',
            name='poster_url',
            field=cinema.catalog.models.PosterURLField(
                blank=True, max_length=500, verbose_name="URL of a poster on another server"
            ),
        ),
    ]
