"""People: names, roles that have a gender, and professions with where and with what they work."""

from __future__ import annotations

import random
from dataclasses import dataclass

from superb_lite_sources.english.tables import phrases, rows, words

MEN = words(
    """
    Adam Albert Alan Arthur Ben Carl Daniel David Edward Eric Felix Frank George Harry Henry Hugo Jack James John
    Leo Louis Mark Martin Max Oliver Oscar Paul Peter Philip Robert Simon Thomas Tom Victor Walter William
    """
)
WOMEN = words(
    """
    Alice Amy Anna Barbara Carol Clara Diana Dora Elena Ella Emily Emma Eva Fiona Grace Hannah Helen Ida Irene Jane
    Julia Karen Kate Laura Linda Lucy Maria Martha Mary Nina Nora Olivia Rosa Ruth Sarah Sophie
    """
)

COUPLES = tuple(
    (pair.split("/")[0], pair.split("/")[1])
    for pair in words("""
    king/queen prince/princess duke/duchess emperor/empress lord/lady count/countess baron/baroness actor/actress
    waiter/waitress host/hostess father/mother brother/sister son/daughter uncle/aunt nephew/niece husband/wife
    grandfather/grandmother grandson/granddaughter boy/girl man/woman gentleman/gentlewoman lad/lass groom/bride
    widower/widow monk/nun priest/priestess hero/heroine wizard/witch god/goddess heir/heiress steward/stewardess
    policeman/policewoman businessman/businesswoman sportsman/sportswoman salesman/saleswoman landlord/landlady
    stepfather/stepmother godfather/godmother bachelor/spinster master/mistress sultan/sultana
    headmaster/headmistress schoolboy/schoolgirl grandpa/grandma daddy/mummy cowboy/cowgirl
""")
)
"""Roles as (he, she)."""


@dataclass(frozen=True)
class Profession:
    """A profession and what it is known by."""

    name: str

    place: str
    """Where one works ("hospital")."""

    deed: str
    """What one does there, verb first."""

    tool: str
    """What one holds."""


PROFESSIONS = tuple(
    Profession(*row)
    for row in rows(
        """
        nurse | hospital | look after the patients | thermometer
        surgeon | clinic | operate on the injured | scalpel
        teacher | school | explain the lesson | piece of chalk
        professor | university | lecture to the students | book
        baker | bakery | bake the bread | rolling pin
        butcher | butchery | cut the meat | cleaver
        chef | restaurant | cook the dinner | frying pan
        barista | cafe | make the coffee | coffee machine
        judge | court | hear the case | gavel
        guard | prison | watch the prisoners | bunch of keys
        soldier | barracks | march in line | rifle
        sailor | ship | hoist the sails | rope
        pilot | airport | fly the plane | map
        conductor | railway station | check the tickets | whistle
        mechanic | garage | repair the engines | spanner
        miner | mine | dig for coal | pickaxe
        farmer | farm | plough the fields | pitchfork
        gardener | park | plant the flowers | spade
        forester | forest | fell the trees | axe
        fisherman | harbour | mend the nets | fishing net
        librarian | library | lend the books | catalogue
        curator | museum | arrange the exhibition | label
        painter | studio | paint the portraits | paintbrush
        clown | circus | juggle with balls | red nose
        violinist | concert hall | tune the strings | bow
        dancer | ballet | practise the steps | pair of slippers
        cashier | supermarket | count the change | till
        banker | bank | manage the savings | calculator
        tailor | workshop | sew the suits | needle
        barber | barbershop | trim the beards | pair of scissors
        pharmacist | pharmacy | prepare the medicine | pill box
        chemist | laboratory | mix the acids | test tube
        astronomer | observatory | observe the stars | telescope
        blacksmith | forge | hammer the iron | anvil
        brewer | brewery | brew the beer | barrel
        miller | mill | grind the grain | sack
        zookeeper | zoo | feed the elephants | bucket
        postman | post office | sort the letters | mailbag
        receptionist | hotel | welcome the guests | guest book
        vicar | church | lead the prayers | candle
        editor | newspaper | correct the articles | red pen
        welder | factory | join the metal parts | torch
        """
    )
)

DEEDS = words(
    """
    sleep eat run jump swim walk wait rest play listen move stop shout look breathe fall drink blink smile turn
    stare tremble sneeze yawn wander vanish march arrive hesitate stumble escape struggle starve shiver laugh
    whisper travel gather appear sigh
    """
)
"""What a living being does, without an object."""

HIS = phrases(
    """
    trimmed his beard; waxed his moustache; buttoned his waistcoat; knotted his tie; polished his boots; took off his
    top hat; lit his pipe; was called sir; lent his razor to a brother; became the father of a son; wore the trousers
    of his grandfather; shaved his chin; spoke in a deep voice; was a choirboy once; put on his bow tie; was every inch
    a gentleman
    """,
    ";",
)
"""What is said of men."""
HER = phrases(
    """
    plaited her hair; put on her lipstick; hooked her corset; clasped her necklace; buckled her high heels; took off her
    bonnet; powdered her nose; was called madam; lent her earrings to a sister; became the mother of a daughter; wore
    the gown of her grandmother; pinned up her curls; spoke in a high voice; was a ballet girl once; put on her
    petticoat; was every inch a lady
    """,
    ";",
)
"""What is said of women."""


@dataclass(frozen=True)
class Person:
    """Somebody by name, with the pronouns that take the name up."""

    name: str
    he: str
    him: str
    his: str
    himself: str


def person(rng: random.Random) -> Person:
    """A man or a woman, each half of the time."""
    return man(rng) if rng.random() < 0.5 else woman(rng)


def man(rng: random.Random) -> Person:
    return Person(rng.choice(MEN), "he", "him", "his", "himself")


def woman(rng: random.Random) -> Person:
    return Person(rng.choice(WOMEN), "she", "her", "her", "herself")
