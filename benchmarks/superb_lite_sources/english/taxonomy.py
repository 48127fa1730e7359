"""Things and what they are: categories with their members, what is true of all of them, and what one does with them."""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite_sources.english.inflection import article, plural
from superb_lite_sources.english.tables import blocks, phrases, words


@dataclass(frozen=True)
class Category:
    """A kind of things and its members."""

    name: str
    """The hypernym, singular ("bird")."""

    kin: str
    """The wider kind ("animal")."""

    traits: tuple[tuple[str, str], ...]
    """True of every member, with a verb in its base form before the slash ("have/feathers")."""

    scenes: tuple[str, ...]
    """What a person did with one, in the past, with {x} for the thing."""

    members: tuple[str, ...]
    """Nouns, singular."""


def _category(head: str, traits: str, scenes: str, members: str) -> Category:
    kin, name = head.split("/")
    verbs_and_rests = [trait.split("/") for trait in phrases(traits, ";")]
    return Category(
        name, kin, tuple((verb, rest) for verb, rest in verbs_and_rests), phrases(scenes, ";"), phrases(members)
    )


CATEGORIES = tuple(
    _category(*block)
    for block in blocks(
        """
    animal/bird
    have/feathers and two wings; lay/eggs in a nest; use/the beak to eat
    heard {x} sing in the tree; saw {x} spread its wings; found a feather of {x}; watched {x} build a nest
    sparrow, robin, swallow, blackbird, crow, pigeon, owl, eagle, hawk, heron, parrot, seagull, starling, magpie

    animal/fish
    live/in the water; breathe/through gills; have/fins and scales
    caught {x} with a net; saw {x} swim under the boat; fed {x} in the tank; pulled {x} out of the water
    trout, salmon, herring, carp, cod, tuna, pike, perch, sardine, goldfish, shark, eel

    animal/insect
    have/six legs; hatch/from tiny eggs; crawl/over leaves and flowers
    saw {x} crawl over a leaf; was bitten by {x}; chased {x} off the plate; watched {x} under the magnifying glass
    ant, bee, wasp, beetle, butterfly, moth, mosquito, fly, hornet, grasshopper, ladybird, dragonfly

    animal/wild beast
    live/in the wild; have/four legs and fur; hunt/or graze far away from people
    saw {x} on the safari; followed the tracks of {x}; photographed {x} from the jeep; heard {x} growl in the jungle
    lion, tiger, leopard, wolf, bear, fox, panther, hyena, jackal, cheetah, lynx, badger

    animal/domestic animal
    live/in a stable or on a pasture; have/hooves; eat/grass and hay
    led {x} into the stable; brushed {x} in the barn; gave hay to {x}; drove {x} to the pasture
    cow, horse, sheep, goat, donkey, ram, ox, pony, mule, lamb, calf, bull

    food/fruit
    grow/on trees or bushes; contain/seeds and sweet juice; taste/good in a cake
    peeled {x} and ate it; picked {x} from the branch; squeezed the juice out of {x}; put slices of {x} on the cake
    apple, pear, plum, peach, cherry, orange, lemon, banana, apricot, mango, fig, melon, kiwi, grapefruit

    food/vegetable
    grow/in rows in the ground; have/to be washed; belong/in the soup pot
    chopped {x} for the soup; boiled {x} in salted water; dug up {x} in the garden bed; fried {x} with onions and oil
    carrot, cabbage, potato, turnip, leek, radish, cucumber, pumpkin, cauliflower, aubergine, parsnip, beetroot

    food/drink
    come/in a glass or a cup; quench/the thirst; have/to be poured
    poured {x} into the glass; sipped {x} slowly; ordered {x} at the bar; spilled {x} on the tablecloth
    lemonade, coffee, tea, cocoa, beer, cider, wine, milkshake, whisky, espresso, punch, smoothie

    food/dish
    come/hot from the oven; have/to be served on a plate; fill/the stomach
    baked {x} in the oven; served {x} on a plate; cut {x} into four pieces; tasted {x} with a fork
    pie, lasagne, omelette, pizza, casserole, pancake, quiche, risotto, stew, pudding, dumpling, sandwich

    object/tool
    help/workers with repairs; belong/in the workshop; hang/above the workbench
    repaired the fence with {x}; took {x} from the workbench; used {x} to fix the roof; put {x} back into the box
    hammer, saw, screwdriver, chisel, drill, wrench, shovel, rake, axe, crowbar, hoe, sickle

    object/piece of furniture
    stand/in a room; be/made of wood and cloth; come/from the carpenter
    moved {x} to the other wall; dusted {x} in the living room; sat down beside {x}; ordered {x} from the carpenter
    table, chair, settee, wardrobe, cupboard, desk, bed, bookcase, stool, bench, armchair, dresser

    object/garment
    be/worn on the body; have/to be washed and ironed; hang/in the closet
    put on {x} before the party; ironed {x} on Sunday; sewed a button on {x}; hung {x} in the closet
    shirt, tunic, jacket, skirt, blouse, sweater, dress, vest, scarf, cardigan, pullover, apron

    object/vehicle
    carry/passengers from place to place; have/wheels; need/fuel and a driver
    parked {x} in the street; drove {x} to the station; filled the tank of {x}; climbed into {x} and started the engine
    bus, van, lorry, taxi, tractor, truck, limousine, jeep, minibus, motorcycle, ambulance, tram

    object/instrument
    make/music; be/played in an orchestra; need/to be tuned
    played a tune on {x}; practised scales on {x}; tuned {x} before the concert; played {x} in the orchestra
    violin, piano, flute, guitar, cello, trumpet, clarinet, harp, drum, oboe, trombone, organ

    object/container
    hold/things inside; have/a lid; be/empty before one fills it
    filled {x} to the brim; put the lid on {x}; packed the toys into {x}; emptied {x} on the floor
    box, basket, barrel, crate, jar, suitcase, bucket, chest, carton, pouch, tub, trunk

    object/weapon
    wound/people; be/forbidden in schools; belong/to warriors of old
    drew {x} against the enemy; fought the warrior with {x}; raised {x} in the battle; laid down {x} after the battle
    sword, spear, dagger, pistol, rifle, cannon, musket, sabre, lance, crossbow, revolver, bayonet

    plant/tree
    have/a trunk and branches; grow/in the forest; lose/or keep the leaves in autumn
    climbed {x} in the forest; sat in the shade of {x}; cut a branch off {x}; raked the leaves under {x}
    oak, beech, birch, maple, willow, elm, ash, poplar, pine, spruce, fir, cedar

    plant/flower
    bloom/in a vase or a flower bed; have/petals and a sweet smell; need/water and sun
    put {x} into a vase; smelled {x} in the flower bed; tied a ribbon around {x}; watered {x} on the windowsill
    rose, tulip, daisy, lily, violet, daffodil, orchid, sunflower, carnation, poppy, marigold, dandelion

    matter/metal
    be/melted in a furnace; come/out of a mine; conduct/electricity
    melted {x} in the furnace; made a wire of {x}; dug {x} out of the mine; hammered {x} into a plate
    iron, copper, silver, gold, tin, lead, zinc, nickel, aluminium, steel, bronze, brass

    matter/cloth
    be/woven on a loom; be/cut with scissors and sewn; feel/soft on the skin
    cut {x} with scissors; wove {x} on the loom; sewed curtains out of {x}; dyed {x} blue
    cotton, silk, wool, linen, velvet, satin, denim, flannel, corduroy, tweed, lace, nylon

    matter/gem
    shine/in a ring; be/cut by a jeweller; cost/a fortune
    set {x} in a ring; admired {x} at the jeweller's; polished {x} for the crown; wore {x} around the neck
    diamond, ruby, emerald, sapphire, pearl, opal, topaz, amethyst, garnet, jade, turquoise, amber

    activity/sport
    have/rules and a referee; take/place in a stadium; be/played by teams of athletes
    won a match of {x}; watched {x} in the stadium; trained for {x} with the team; wore a jersey for {x}
    football, tennis, hockey, basketball, cricket, rugby, volleyball, handball, badminton, baseball, golf, squash

    activity/dance
    have/steps and a rhythm; need/a partner and music; fill/the ballroom
    learnt the steps of {x}; danced {x} in the ballroom; asked a partner for {x}; turned to the rhythm of {x}
    waltz, tango, polka, foxtrot, rumba, samba, salsa, quickstep, mambo, flamenco, minuet, jive

    activity/science
    be/studied at the university; need/experiments and theories; fill/many textbooks
    studied {x} at the university; wrote a textbook of {x}; passed the examination in {x}; did an experiment in {x}
    physics, chemistry, biology, geology, astronomy, botany, zoology, mathematics, ecology, genetics, optics

    trouble/disease
    make/people ill; spread/or grow without treatment; be/treated by a doctor
    caught {x} and stayed in bed; took pills against {x}; recovered from {x}; asked the doctor about {x}
    measles, flu, mumps, malaria, cholera, asthma, bronchitis, pneumonia, tuberculosis, diabetes, smallpox

    trouble/crime
    be/against the law; lead/to a trial; be/punished with prison
    was arrested for {x}; was accused of {x} in court; went to prison for {x}; denied {x} before the judge
    theft, murder, robbery, fraud, burglary, blackmail, arson, smuggling, forgery, kidnapping, bribery, perjury

    house/building
    have/walls and a roof; stand/on a street; be/built by masons
    walked around {x}; admired the roof of {x}; opened the gate of {x}; took a picture of the walls of {x}
    castle, palace, cottage, villa, cathedral, temple, skyscraper, chapel, lighthouse, mansion, hut, bungalow

    house/room
    have/a door and a window; be/a part of a house; need/to be heated in winter
    swept the floor of {x}; painted the door of {x}; opened the window of {x}; turned on the light in {x}
    kitchen, bedroom, bathroom, attic, cellar, pantry, nursery, library, dining room, parlour, hallway, living room
        """
    )
)

UNCOUNTABLE = frozenset(words("lemonade coffee tea cocoa beer cider wine whisky punch amber jade turquoise")) | {
    m for c in CATEGORIES if c.name in ("metal", "cloth", "sport", "science", "disease", "crime") for m in c.members
}
"""Nouns that take no article and no plural."""


@dataclass(frozen=True)
class Kin:
    """A kind of categories and what is said of whatever belongs to it."""

    names: str
    """What all of it is called ("animals")."""

    place: str
    """Where one finds it together ("at the zoo")."""

    facts: tuple[str, ...]
    """Sentences without a subject, about "they"."""


KINS = {
    kin: Kin(names, place, phrases(facts, ";"))
    for kin, names, place, facts in blocks(
        """
        animal
        animals
        at the zoo
        breathe and have young ones; are looked after by a vet; run away when they are afraid; are born and die

        food
        things to eat and drink
        at the grocer's
        are on the menu; taste best to somebody hungry; go bad after a while; are swallowed with pleasure

        object
        useful objects
        at the flea market
        are made in a factory; belong to their owner; are sold second-hand; get dusty in the attic

        plant
        plants
        at the nursery garden
        grow out of seeds; wither without rain; have roots in the soil; are watered by the gardener

        matter
        raw materials
        in the warehouse
        are sold by weight or by length; are worked on by craftsmen; come by ship; are turned into other goods

        activity
        things to learn
        at the youth club
        take years of practice; are taught in a course; fill the free time of many people; have famous masters

        trouble
        troubles
        in the news
        make people suffer; worry the whole town; are hard to get rid of; happen to the careless

        house
        places to live and stay
        on the plan of the architect
        have a floor and a ceiling; are cleaned and painted; are entered through a door; shelter people from rain
        """
    )
}
"""What is said of the kins."""


def indefinite(noun: str) -> str:
    """a sparrow, an owl, lemonade."""
    return noun if noun in UNCOUNTABLE else article(noun)


def generic(noun: str) -> tuple[str, bool]:
    """The noun as one speaks of the kind, and whether it is plural: (sparrows, True), (lemonade, False)."""
    return (noun, False) if noun in UNCOUNTABLE else (plural(noun), True)
