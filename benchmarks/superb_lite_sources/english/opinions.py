"""Words of praise and of blame, what they are said of, and what people do then."""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite_sources.english.tables import phrases, rows, words

PRAISE = words(
    """
    good great excellent wonderful fantastic superb brilliant marvellous splendid magnificent amazing awesome lovely
    delightful charming pleasant enjoyable perfect flawless outstanding remarkable impressive exceptional terrific
    fabulous stunning beautiful gorgeous elegant graceful attractive inviting welcoming friendly cosy comfortable
    relaxing refreshing satisfying rewarding inspiring moving touching thrilling exciting entertaining amusing
    memorable unforgettable first-rate admirable praiseworthy commendable exquisite divine heavenly glorious sublime
    dazzling breathtaking captivating enchanting fascinating engaging appealing adorable likeable agreeable reliable
    helpful thoughtful skilful masterful polished refined tasteful stylish uplifting joyful
    """
)
BLAME = words(
    """
    bad terrible awful horrible dreadful lacklustre disgusting revolting repulsive nasty unpleasant disappointing
    boring tedious dreary monotonous tiresome annoying irritating frustrating infuriating lousy pathetic miserable
    dismal appalling atrocious abysmal ghastly hideous ugly shabby sloppy careless clumsy amateurish mediocre
    inferior second-rate unbearable intolerable unacceptable inexcusable shameful disgraceful embarrassing laughable
    ridiculous worthless useless pointless senseless tasteless bland vulgar offensive insulting unfriendly hostile
    cold-hearted uncomfortable cramped depressing drab bleak uninspired unconvincing confusing chaotic unreliable
    faulty defective flawed overrated overpriced unimaginative forgettable regrettable wretched deplorable
    lamentable painful sickening
    """
)


@dataclass(frozen=True)
class Venue:
    """What a review is about."""

    name: str
    """What is reviewed ("restaurant")."""

    visit: str
    """How one came to it ("ate at the restaurant")."""

    aspects: tuple[str, ...]
    """What about it is good or bad."""


VENUES = tuple(
    Venue(name, visit, phrases(aspects))
    for name, visit, aspects in rows(
        """
        restaurant | ate at the restaurant | soup, service, wine, dessert, menu, salad, sauce, waiter
        hotel | stayed at the hotel | room, bed, breakfast, view, staff, lobby, bathroom, pool
        film | watched the film | plot, acting, ending, dialogue, music, camera work, script, opening scene
        novel | read the novel | style, first chapter, hero, final chapter, language, story, prologue, cover
        concert | heard the concert | singer, orchestra, sound, encore, programme, choir, conductor, stage
        museum | visited the museum | exhibition, guide, building, cafe, garden, audio tour, collection, shop
        play | went to the play | cast, set, costumes, first act, lighting, director, actress, theatre
        course | took the course | teacher, textbook, lecture, homework, examination, classroom, seminar, timetable
        cruise | went on the cruise | cabin, captain, food, deck, entertainment, crew, excursion, ship
        phone | tried the phone | screen, battery, camera, keyboard, design, speaker, software, price
        car | drove the car | engine, steering, interior, seat, paintwork, dashboard, brake system, gearbox
        holiday flat | rented the flat | kitchen, balcony, furniture, location, landlord, neighbourhood, shower, terrace
        """
    )
)

PLEASED = phrases(
    """
    {we} smiled all evening; {we} came back the next day; {we} recommended it to all {our} friends; {we} thanked
    everybody; {we} left a big tip; {we} would gladly do it again; {we} clapped and cheered; {we} gave it five
    stars; {we} praised it in a letter; {we} went home happy; {we} loved every minute; {we} told the owner how much
    {we} liked it; {we} booked again at once; {we} were glad that {we} had come
    """,
    ";",
)
CROSS = phrases(
    """
    {we} frowned all evening; {we} never came back; {we} warned all {our} friends; {we} complained to the manager;
    {we} asked for {our} money back; {we} would not do it again; {we} booed and whistled; {we} gave it one star;
    {we} criticised it in a letter; {we} went home angry; {we} hated every minute; {we} told the owner how little
    {we} liked it; {we} left before the end; {we} were sorry that {we} had come
    """,
    ";",
)

SUBJECTS = words(
    """
    day party present idea speech match meeting picnic song painting letter joke dance lesson walk party_game neighbour
    colleague guest weather wedding story dress haircut cake sermon parade show poem visit evening dream weekend garden
    """
)
"""What else is praised or blamed."""
LUCKY = phrases(
    """
    everybody beamed with joy; the audience cheered; the critics threw roses; {he} jumped for joy; {he} laughed with
    delight; {he} thanked heaven; there was a storm of applause; {he} wanted more of it; {he} hugged {his} friends;
    {he} won the first prize; {he} congratulated all of them; {he} felt on top of the world; a happy smile lit up {his}
    face; {he} fell in love with it; luck was on {his} side; it made {him} proud and glad
    """,
    ";",
)
UNLUCKY = phrases(
    """
    everybody groaned with anger; the audience hissed; the critics threw tomatoes; {he} burst into tears; {he} swore in
    rage; {he} cursed the day; there was a storm of protest; {he} had more than enough of it; {he} fell out with {his}
    friends; {he} came last of all; {he} insulted all of them; {he} felt down in the dumps; a frown darkened {his}
    face; {he} got sick of it; luck was against {him}; it made {him} ashamed and sad
    """,
    ";",
)
"""How it ends for somebody."""
