"""Demo theaters: fictional theaters in real cities.

The syntax of a plan is described in `cinema.catalog.layouts`.
"""

from dataclasses import dataclass

from cinema.catalog.models import ShowFormat


@dataclass(frozen=True, kw_only=True)
class DemoScreen:
    """A demo screen. `formats` are the formats that it can show, the best first."""

    name: str
    plan: str
    formats: tuple[ShowFormat, ...] = (ShowFormat.TWO_D,)

    @property
    def rows(self) -> list[str]:
        return self.plan.split()


@dataclass(frozen=True, kw_only=True)
class DemoTheater:
    """A demo theater. `language` is the language into which family movies are dubbed."""

    name: str
    city: str
    time_zone: str
    currency: str
    language: str
    screens: tuple[DemoScreen, ...]


LISBON = DemoTheater(
    name="Cinema Miradouro",
    city="Lisbon",
    time_zone="Europe/Lisbon",
    currency="EUR",
    language="pt-PT",
    screens=(
        DemoScreen(
            name="Sala 1",
            formats=(ShowFormat.THREE_D, ShowFormat.TWO_D),
            plan="""
                __SSSS_SSSSSS_SSSS__
                _SSSSS_SSSSSS_SSSSS_
                SSSSSS_SSSSSS_SSSSSS
                SSSSSS_SSSSSS_SSSSSS
                SSSSSS_PPPPPP_SSSSSS
                SSSSSS_PPPPPP_SSSSSS
                WCWC___SSSSSS___CWCW
            """,
        ),
        DemoScreen(
            name="Sala 2",
            plan="""
                SSS_SSSS
                SSS_SSSS
                SSS_SSSS
                SSS_SSSS
                PPP_PPPP
                PPP__WCW
            """,
        ),
    ),
)
NEW_YORK = DemoTheater(
    name="The Gaslight",
    city="New York",
    time_zone="America/New_York",
    currency="USD",
    language="en",
    screens=(
        DemoScreen(
            name="IMAX",
            formats=(ShowFormat.IMAX_THREE_D, ShowFormat.IMAX),
            plan="""
                ___SSSS_SSSSSS_SSSS___
                __SSSSS_SSSSSS_SSSSS__
                _SSSSSS_SSSSSS_SSSSSS_
                SSSSSSS_SSSSSS_SSSSSSS
                SSSSSSS_SSSSSS_SSSSSSS
                WCCW____SSSSSS____WCCW
                SSSSSSS_SSSSSS_SSSSSSS
                SSSSSSS_PPPPPP_SSSSSSS
                PPPPPPP_PPPPPP_PPPPPPP
                PPPPPPP_PPPPPP_PPPPPPP
                SSSSSSS_SSSSSS_SSSSSSS
            """,
        ),
        DemoScreen(
            name="Screen 2",
            plan="""
                SSSS_SSSS_SSSS
                SSSS_SSSS_SSSS
                SSSS_SSSS_SSSS
                SSSS_PPPP_SSSS
                SSSS_PPPP_SSSS
                SSSS_SSSS_CWWC
            """,
        ),
    ),
)
TOKYO = DemoTheater(
    name="Hikari Theater",
    city="Tokyo",
    time_zone="Asia/Tokyo",
    currency="JPY",
    language="ja",
    screens=(
        DemoScreen(
            name="Screen 1",
            formats=(ShowFormat.THREE_D, ShowFormat.TWO_D),
            plan="""
                SSSSSS__SSSSSS
                SSSSSS__SSSSSS
                SSSSSS__SSSSSS
                SSSSSS__SSSSSS
                WCWC______CWCW
                SSSSSS__SSSSSS
                SSSPPP__PPPSSS
                SSSPPP__PPPSSS
                (PP)(PP)(PP)__(PP)(PP)(PP)
            """,
        ),
        DemoScreen(
            name="4DX",
            formats=(ShowFormat.FOUR_DX,),
            plan="""
                SSSS_SSSS_SSSS
                SSSS_SSSS_SSSS
                PPPP_PPPP_PPPP
                PPPP_PPPP_PPPP
                SSSS_WCCW_SSSS
            """,
        ),
    ),
)
THEATERS = (LISBON, NEW_YORK, TOKYO)
