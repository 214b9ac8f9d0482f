"""Demo films. They are real; a release date is that of the country of origin."""

from dataclasses import dataclass
from datetime import date

from cinema.catalog.models import ShowFormat


@dataclass(frozen=True, kw_only=True)
class DemoFilm:
    """`formats`: the formats the film exists in. A `family` film is dubbed in the daytime.

    `youtube` is the ID of its trailer on YouTube.
    """

    title: str
    release_date: date
    minutes: int
    genres: tuple[str, ...]
    cast: tuple[str, ...]
    certificate: str
    youtube: str
    synopsis: str
    language: str = "en"
    formats: tuple[ShowFormat, ...] = (ShowFormat.TWO_D,)
    family: bool = False

    @property
    def trailer_url(self) -> str:
        return f"https://www.youtube.com/watch?v={self.youtube}"


FILMS = (
    DemoFilm(
        title="Back to the Future",
        release_date=date(1985, 7, 3),
        minutes=116,
        genres=("Adventure", "Comedy", "Science Fiction"),
        cast=("Michael J. Fox", "Christopher Lloyd", "Lea Thompson"),
        certificate="PG",
        youtube="qvsgGtivCgs",
        synopsis="A teenager lands in 1955 in a sports car turned time machine. To have a future to go "
        "back to, he must see to it that his parents fall in love.",
    ),
    DemoFilm(
        title="Toy Story",
        release_date=date(1995, 11, 22),
        minutes=81,
        genres=("Animation", "Comedy", "Family"),
        cast=("Tom Hanks", "Tim Allen"),
        certificate="G",
        youtube="v-PjgYDrg70",
        synopsis="Woody, a cowboy doll, has always been a boy's favorite toy, until a space ranger "
        "moves in who does not know that he is one.",
        family=True,
    ),
    DemoFilm(
        title="The Matrix",
        release_date=date(1999, 3, 31),
        minutes=136,
        genres=("Action", "Science Fiction"),
        cast=("Keanu Reeves", "Laurence Fishburne", "Carrie-Anne Moss"),
        certificate="R",
        youtube="vKQi3bBA1y8",
        synopsis="A programmer who has long felt that something is wrong with the world learns that it "
        "is a simulation, and joins those who fight the machines behind it.",
    ),
    DemoFilm(
        title="Amélie",
        release_date=date(2001, 4, 25),
        minutes=122,
        genres=("Comedy", "Romance"),
        cast=("Audrey Tautou", "Mathieu Kassovitz"),
        certificate="R",
        language="fr",
        youtube="HUECWi5pX7o",
        synopsis="A shy waitress in Montmartre secretly rearranges the lives of the people around her "
        "for the better, and is slow to do the same with her own.",
    ),
    DemoFilm(
        title="Spirited Away",
        release_date=date(2001, 7, 20),
        minutes=125,
        genres=("Animation", "Fantasy", "Family"),
        cast=("Rumi Hiiragi", "Miyu Irino"),
        certificate="PG",
        language="ja",
        youtube="ByXuk9QqQkk",
        synopsis="On the way to a new home, ten-year-old Chihiro strays into a world of spirits. She "
        "takes work in their bathhouse to free her parents, who have been turned into pigs.",
        family=True,
    ),
    DemoFilm(
        title="City of God",
        release_date=date(2002, 8, 30),
        minutes=130,
        genres=("Crime", "Drama"),
        cast=("Alexandre Rodrigues", "Leandro Firmino"),
        certificate="R",
        language="pt-BR",
        youtube="dcUOO4Itgmw",
        synopsis="Two boys grow up in a poor suburb of Rio de Janeiro. One takes up a camera and the other a gun.",
    ),
    DemoFilm(
        title="The Lives of Others",
        release_date=date(2006, 3, 23),
        minutes=137,
        genres=("Drama", "Thriller"),
        cast=("Ulrich Mühe", "Martina Gedeck", "Sebastian Koch"),
        certificate="R",
        language="de",
        youtube="n3_iLOp6IhM",
        synopsis="East Berlin, 1984: an officer of the secret police who listens in on a playwright "
        "begins to doubt what he is doing it for.",
    ),
    DemoFilm(
        title="Avatar",
        release_date=date(2009, 12, 18),
        minutes=162,
        genres=("Action", "Adventure", "Science Fiction"),
        cast=("Sam Worthington", "Zoe Saldaña", "Sigourney Weaver"),
        certificate="PG-13",
        youtube="5PSNL1qE6VY",
        synopsis="A former marine in a wheelchair walks again in the body of a native of the moon "
        "Pandora, and has to choose between them and those who sent him.",
        formats=(ShowFormat.TWO_D, ShowFormat.THREE_D, ShowFormat.IMAX_THREE_D, ShowFormat.FOUR_DX),
    ),
    DemoFilm(
        title="Inception",
        release_date=date(2010, 7, 16),
        minutes=148,
        genres=("Action", "Science Fiction", "Thriller"),
        cast=("Leonardo DiCaprio", "Joseph Gordon-Levitt", "Elliot Page"),
        certificate="PG-13",
        youtube="YoHD9XEInc0",
        synopsis="A thief who steals secrets out of dreams is hired to do the opposite: to plant an "
        "idea, three dreams deep.",
        formats=(ShowFormat.TWO_D, ShowFormat.IMAX),
    ),
    DemoFilm(
        title="Gravity",
        release_date=date(2013, 10, 4),
        minutes=91,
        genres=("Drama", "Science Fiction", "Thriller"),
        cast=("Sandra Bullock", "George Clooney"),
        certificate="PG-13",
        youtube="OiTiKOy59o4",
        synopsis="Debris destroys a space shuttle, and two astronauts drift in orbit with little air "
        "and no contact with the ground.",
        formats=(ShowFormat.TWO_D, ShowFormat.THREE_D, ShowFormat.IMAX_THREE_D, ShowFormat.FOUR_DX),
    ),
    DemoFilm(
        title="Get Out",
        release_date=date(2017, 2, 24),
        minutes=104,
        genres=("Horror", "Thriller"),
        cast=("Daniel Kaluuya", "Allison Williams"),
        certificate="R",
        youtube="DzfpyUB60YY",
        synopsis="A young photographer meets the family of his girlfriend over a weekend in the "
        "country. They could not be more welcoming, and that is what is wrong.",
    ),
    DemoFilm(
        title="Coco",
        release_date=date(2017, 11, 22),
        minutes=105,
        genres=("Animation", "Family", "Music"),
        cast=("Anthony Gonzalez", "Gael García Bernal"),
        certificate="PG",
        youtube="Rvr68u6k5sI",
        synopsis="Miguel, from a family in which music is forbidden, borrows a guitar on the Day of "
        "the Dead and finds himself among his ancestors.",
        formats=(ShowFormat.TWO_D, ShowFormat.THREE_D),
        family=True,
    ),
    DemoFilm(
        title="Spider-Man: Into the Spider-Verse",
        release_date=date(2018, 12, 14),
        minutes=117,
        genres=("Action", "Animation", "Family"),
        cast=("Shameik Moore", "Jake Johnson", "Hailee Steinfeld"),
        certificate="PG",
        youtube="g4Hbz2jLxvQ",
        synopsis="Miles Morales of Brooklyn has only just become Spider-Man when several others turn "
        "up, each from a universe of their own.",
        formats=(ShowFormat.TWO_D, ShowFormat.THREE_D, ShowFormat.IMAX_THREE_D, ShowFormat.FOUR_DX),
        family=True,
    ),
    DemoFilm(
        title="Parasite",
        release_date=date(2019, 5, 30),
        minutes=132,
        genres=("Comedy", "Drama", "Thriller"),
        cast=("Song Kang-ho", "Lee Sun-kyun", "Cho Yeo-jeong"),
        certificate="R",
        language="ko",
        youtube="5xH0HfJHsaY",
        synopsis="The four Kims are out of work. One after the other they find employment with the "
        "same rich family, which must not know that they are related.",
    ),
    DemoFilm(
        title="Knives Out",
        release_date=date(2019, 11, 27),
        minutes=130,
        genres=("Comedy", "Crime"),
        cast=("Daniel Craig", "Ana de Armas", "Chris Evans"),
        certificate="PG-13",
        youtube="qGqiHJTsRkQ",
        synopsis="A writer of mysteries dies on the night of his 85th birthday. Everybody in the house "
        "gains by it, and somebody has sent for a detective.",
    ),
    DemoFilm(
        title="Oppenheimer",
        release_date=date(2023, 7, 21),
        minutes=180,
        genres=("Drama", "History"),
        cast=("Cillian Murphy", "Emily Blunt", "Robert Downey Jr."),
        certificate="R",
        youtube="uYPbbksJxIg",
        synopsis="The physicist who led the building of the first atomic bomb comes to fear what he "
        "has made, and is put on trial over it in all but name.",
        formats=(ShowFormat.TWO_D, ShowFormat.IMAX),
    ),
    DemoFilm(
        title="Dune: Part Two",
        release_date=date(2024, 3, 1),
        minutes=166,
        genres=("Adventure", "Drama", "Science Fiction"),
        cast=("Timothée Chalamet", "Zendaya", "Rebecca Ferguson"),
        certificate="PG-13",
        youtube="Way9Dexny3w",
        synopsis="Paul Atreides lives among the Fremen of the desert planet Arrakis and takes revenge "
        "on those who destroyed his house, at a price that he has foreseen.",
        formats=(ShowFormat.TWO_D, ShowFormat.IMAX, ShowFormat.FOUR_DX),
    ),
)
