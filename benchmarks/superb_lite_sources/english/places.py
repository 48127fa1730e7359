"""Countries with their people, language, cities and what they are known for; and places that are not proper names."""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite_sources.english.tables import phrases, rows


@dataclass(frozen=True)
class Country:
    """A country and what it is known by."""

    name: str

    people: str
    """The adjective of its people and things."""

    language: str

    cities: tuple[str, ...]
    """The capital first."""

    known: tuple[str, ...]
    """What comes from the country."""


COUNTRIES = tuple(
    Country(name, people, language, phrases(cities), phrases(known))
    for name, people, language, cities, known in rows(
        """
        France | French | French | Paris, Lyon, Marseille, Bordeaux, Lille | croissants, brie, champagne
        Germany | German | German | Berlin, Munich, Hamburg, Cologne, Leipzig | pretzels, sauerkraut, fast cars
        Spain | Spanish | Spanish | Madrid, Seville, Barcelona, Valencia, Malaga | paella, flamenco, oranges
        Italy | Italian | Italian | Rome, Milan, Naples, Florence, Turin | pasta, opera, pizza
        Portugal | Portuguese | Portuguese | Lisbon, Porto, Coimbra, Braga, Faro | cork, port wine, custard tarts
        Greece | Greek | Greek | Athens, Patras, Corinth, Sparta, Thebes | olives, feta, ancient temples
        Poland | Polish | Polish | Warsaw, Krakow, Gdansk, Poznan, Lodz | dumplings, amber, salt mines
        Hungary | Hungarian | Hungarian | Budapest, Debrecen, Szeged, Pecs, Eger | paprika, goulash, hot baths
        Austria | Austrian | German | Vienna, Salzburg, Graz, Linz, Innsbruck | waltzes, strudel, ski slopes
        Sweden | Swedish | Swedish | Stockholm, Uppsala, Malmo, Gothenburg, Lund | meatballs, birch forests, saunas
        Norway | Norwegian | Norwegian | Oslo, Bergen, Trondheim, Stavanger, Tromso | fjords, herring, northern lights
        Scotland | Scottish | English | Edinburgh, Glasgow, Aberdeen, Dundee, Inverness | bagpipes, kilts, whisky
        Ireland | Irish | Irish | Dublin, Cork, Galway, Limerick, Sligo | harps, stout, green hills
        Russia | Russian | Russian | Moscow, Kazan, Omsk, Samara, Perm | caviar, ballet, fur hats
        Turkey | Turkish | Turkish | Ankara, Istanbul, Izmir, Bursa, Konya | kebabs, carpets, mosques
        Egypt | Egyptian | Arabic | Cairo, Alexandria, Luxor, Aswan, Suez | pyramids, papyrus, cotton fields
        Morocco | Moroccan | Arabic | Rabat, Marrakesh, Fez, Tangier, Casablanca | couscous, mint tea, desert camels
        Kenya | Kenyan | Swahili | Nairobi, Mombasa, Kisumu, Nakuru, Eldoret | safaris, lions, tea farms
        Nigeria | Nigerian | English | Abuja, Lagos, Kano, Ibadan, Jos | drums, yams, oil wells
        India | Indian | Hindi | Delhi, Mumbai, Jaipur, Agra, Pune | curry, saris, mango groves
        China | Chinese | Chinese | Beijing, Shanghai, Nanjing, Wuhan, Xian | silk, pandas, green tea
        Japan | Japanese | Japanese | Tokyo, Kyoto, Osaka, Nagoya, Kobe | sushi, kimonos, cherry blossoms
        Korea | Korean | Korean | Seoul, Busan, Daegu, Incheon, Ulsan | kimchi, ginseng, phone makers
        Vietnam | Vietnamese | Vietnamese | Hanoi, Hue, Saigon, Dalat, Haiphong | noodle soup, rice fields, straw hats
        Thailand | Thai | Thai | Bangkok, Phuket, Chiang Mai, Pattaya, Krabi | coconut soup, golden temples, boxing
        Australia | Australian | English | Canberra, Sydney, Melbourne, Perth, Brisbane | kangaroos, koalas, surfing
        Canada | Canadian | English | Ottawa, Toronto, Montreal, Vancouver, Calgary | maple syrup, ice hockey, moose
        Mexico | Mexican | Spanish | Mexico City, Puebla, Cancun, Tijuana, Oaxaca | tacos, cactus plants, sombreros
        Brazil | Brazilian | Portuguese | Brasilia, Recife, Salvador, Manaus, Natal | samba, coffee farms, rain forests
        Argentina | Argentine | Spanish | Buenos Aires, Cordoba, Rosario, Mendoza, Salta | tango, beef, cattle ranches
        Peru | Peruvian | Spanish | Lima, Cusco, Arequipa, Trujillo, Iquitos | llamas, alpaca wool, mountain ruins
        Chile | Chilean | Spanish | Santiago, Valparaiso, Antofagasta, Temuco, Arica | copper mines, grapes, dry deserts
        Cuba | Cuban | Spanish | Havana, Holguin, Camaguey, Matanzas, Cienfuegos | cigars, rum, old cars
        Finland | Finnish | Finnish | Helsinki, Tampere, Turku, Oulu, Lahti | rye bread, clear lakes, snow sledges
        Denmark | Danish | Danish | Copenhagen, Aarhus, Odense, Aalborg, Esbjerg | butter, toy bricks, wind farms
        Belgium | Belgian | Dutch | Brussels, Antwerp, Ghent, Bruges, Namur | waffles, comics, dark chocolate
        """
    )
)

SPOTS = phrases(
    """
    in the kitchen, in the garden, in the cellar, in the attic, in the barn, in the square, in the tower, in the
    valley, in the cave, in the yard, in the hall, in the meadow, in the village, in the corridor, in the orchard,
    in the bathroom, on the roof, on the beach, on the bridge, on the hill, on the island, on the balcony, on the
    stairs, on the terrace, on the pier, on the platform, on the pavement, on the shore, on the porch, on the
    mountain, on the lawn, on the river, at the gate, at the corner, at the market, at the bus stop, at the
    fountain, at the border, at the lake, at the well, at the crossroads, at the entrance, at the stadium, at the
    pool, at the campsite, at the office, at the shop, at the door
    """
)
"""Where something happens: a third each with in, on and at, as the times are."""

TIMES = phrases(
    """
    in January, in March, in April, in June, in July, in August, in October, in December, in spring, in summer, in
    autumn, in winter, in the morning, in the evening, in the afternoon, in the holidays, on Monday, on Tuesday, on
    Wednesday, on Thursday, on Friday, on Saturday, on Sunday, on Christmas Day, on New Year's Eve, on his birthday,
    on her birthday, on the first day, on the last night, on the weekend, on Easter Sunday, on payday, at noon, at
    midnight, at dawn, at dusk, at sunrise, at sunset, at night, at lunchtime, at bedtime, at breakfast, at dinner
    time, at five o'clock, at seven o'clock, at ten o'clock, at teatime, at nightfall
    """
)
