"""Price lists."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import cinema.core.money


class Migration(migrations.Migration):
    dependencies = [
        ("cinema", "0023_rules_of_theaters"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                (
                    "currency",
                    models.CharField(blank=True, max_length=3, validators=[cinema.core.money.validate_currency]),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        name="one_price_list_per_name",
                        violation_error_code="unique",
                        violation_error_message="There is already a price list with this name.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ListPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("STANDARD", "A standard seat"),
                            ("PREMIUM", "A better seat at a higher price"),
                            ("WHEELCHAIR", "A space for a wheelchair, without a seat"),
                            ("COMPANION", "A seat next to a wheelchair space, for a companion"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=4, max_digits=12, validators=[django.core.validators.MinValueValidator(0)]
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="prices", to="cinema.pricelist"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("price_list", "category"), name="one_price_per_category_of_a_list"),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="no_list_price_below_zero"),
                ],
            },
        ),
    ]
