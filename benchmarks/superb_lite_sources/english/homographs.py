"""Homographs: words of one spelling and two meanings, each with what goes along with it.

Both meanings are nouns and stand in the same frames, so that nothing but the company tells them apart. None of the
words has a relation in the lexicon (`taxonomy`, `senses`, `people`): what glue-lite asks for keeps its company.
"""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite_sources.english.tables import blocks, phrases

HELD_OUT = 5
"""Two predicates whose places in their list add up to a multiple of this stand in one sentence of the held-out part,
and never in one of the corpus."""


@dataclass(frozen=True)
class Meaning:
    """One of the meanings of a homograph."""

    gloss: str
    """Another word for it, which labels its sentences."""

    predicates: tuple[str, ...]
    """Ten things that were true of one, in the past, without their subject."""


@dataclass(frozen=True)
class Homograph:
    """A word with two meanings."""

    word: str
    meanings: tuple[Meaning, Meaning]


def _homograph(lines: list[str]) -> Homograph:
    word, *meanings = phrases(" ".join(lines), "|")
    first, second = (
        Meaning(gloss, phrases(predicates, ";")) for gloss, predicates in (text.split(": ") for text in meanings)
    )
    return Homograph(word, (first, second))


HOMOGRAPHS = tuple(
    _homograph(block)
    for block in blocks(
        """
    bat | animal: hung upside down in the cave; flew out at dusk; caught insects in the dark; heard its own echo;
    slept all day under the rafters; had wings of skin; came out of the ruin at night; fluttered around the lantern;
    had fur and sharp ears; spent the winter in the cave | club: hit the ball over the fence; was made of ash wood;
    broke in the second innings; had a rubber grip; struck the ball hard; belonged to the captain of the team; swung
    at the ball; was leaning against the wicket; scored forty runs; was too long for the young player

    bark | tree: grew on the old stem; peeled off in long strips; was covered with moss; had deep cracks; hid
    beetles in the wood; was eaten by the deer; smelled of resin; was brown and rough; protected the wood from
    frost; was cut with a knife | dog: woke the neighbours at midnight; scared the burglar; came from the kennel;
    was answered by a growl; told the shepherd of the wolf; made the postman run; rang through the yard; came from
    the puppy; ended in a howl; frightened the cat

    seal | animal: swam under the ice; ate a herring; lay on the cliff by the sea; dived after the fish; had
    flippers and whiskers; fled from the whale; basked on the beach; came up to breathe; fed its pup on the ice;
    clapped its flippers | wax: was pressed into hot wax; closed the envelope; showed the arms of the duke; made the
    document valid; was broken by the notary; hung from the treaty; was red and carried a crest; proved who had
    signed; was stamped on the parchment; lay in the desk of the notary

    palm | tree: grew on the beach of the island; bore coconuts; swayed in the tropical wind; stood in the oasis;
    gave shade to the camels; had long green fronds; bent in the hurricane; dropped its dates on the sand; was
    planted along the shore; stood beside the lagoon | hand: was open for the coins; was wet with sweat; had deep
    lines; was read by the fortune teller; rubbed his cheek; lay flat below the five fingers; itched under the
    glove; was pressed against her forehead; slapped the other hand; was sore from the rope between the fingers

    mole | animal: dug a tunnel under the lawn; threw up heaps of earth; ate worms; was almost blind; had black fur
    and small eyes; lived under the meadow; dug with its paws; spoiled the lawn; came up between the tulips; pushed
    the earth aside | skin: was brown and round; grew on her cheek; was removed by the doctor; was as dark as a
    freckle; was on his left shoulder; was seen above her lip; had to be shown to the doctor; had been on the skin
    since birth; itched in the sun; was hidden under the powder

    wave | sea: broke on the rocks; threw the surfer off the board; came in with the tide; rose in the storm; washed
    over the pier; carried foam to the beach; rocked the boat; rolled across the ocean; flooded the harbour;
    followed the wind | greeting: was meant as a goodbye; came from the window of the train; was returned with a
    smile; was made with a handkerchief; greeted the crowd; was answered by the children; came from the royal
    carriage; welcomed the visitors at the gate; was the last that they saw of her; thanked the crowd from the
    balcony

    note | music: was sung by the choir; was too low for the soprano; was played on a string; rang out from the
    orchestra; was held for four bars; was written as a sharp; sounded out of tune; ended the melody; followed the
    chord; was marked in the score | message: was pinned to the door; was left on the pillow; had been scribbled
    with a pencil; told them when she would be back; was folded in two; said where the keys were; was found in a
    pocket; asked the milkman for two bottles; was signed with initials; was slipped under the door

    pitch | field: was mown before the game; was muddy after the rain; had two goals; was marked with white lines;
    was left by the injured goalkeeper; was surrounded by the spectators; was covered with grass; was entered by
    both teams; was lit up by floodlights; was inspected by the referee | tone: rose at the end of the phrase; was
    too high for the bass; was given by a tuning fork; was kept by the singers; fell when the voice broke; was
    measured in hertz; was a semitone lower; changed with the length of the string; was heard by a trained ear; was
    the same as on the piano

    scale | fish: shone on the back of the fish; was scraped off in the sink; covered the skin of the snake; stuck
    to the knife of the angler; came off the fish; was silver and thin; overlapped with the next; protected the
    lizard; grew near the fin; glittered on the tail of the mermaid | balance: weighed the flour; showed eighty
    kilos; stood in the bathroom of the fat man; measured the weight of the baby; was used by the greengrocer; was
    balanced with brass weights; had a pointer; went up to five kilos; weighed the parcel at the counter; proved
    that he had lost weight

    fan | admirer: cheered for the team; asked the singer for an autograph; waved a scarf in the stadium; knew every
    song by heart; bought a ticket for the semi-final; screamed at the concert; collected posters of the actor;
    wrote letters to the film star; travelled to every match; queued for hours to see the singer | machine: cooled
    the room; hung from the ceiling; blew the papers off the desk; had four blades; was switched on in the heat;
    turned with a hum; moved the hot air; ran on electricity; was plugged in by the window; dried the paint

    horn | animal: grew on the head of the goat; was long and pointed; belonged to the rhinoceros; wounded the
    bullfighter; was broken in a fight between rams; curved above the ear; grew with the antelope; was sawn off by
    the poachers; was carved into a cup; pierced the hide of the buffalo | car: warned the cyclist; was honked at
    the traffic lights; made the pedestrian jump; was pressed by the angry driver; hooted in the traffic; was fixed
    to the steering wheel; sounded in the tunnel; startled the pedestrians; beeped twice; was tested at the garage

    coach | trainer: trained the swimmers; shouted from the bench; chose the players for the final; blew the
    whistle; praised the goalkeeper; made the athletes run ten laps; explained the tactics at half time; was
    dismissed after three defeats; timed the sprinters; wanted the team to win the cup | bus: carried fifty
    tourists; stopped at the motorway services; had reclining seats; left the terminal at noon; had luggage under
    the seats; was delayed on the motorway; took the tourists to the coast; had a puncture; was driven by a man in
    uniform; filled up with diesel

    cell | prison: had iron bars; was locked by the guard; held two convicts; had a bunk and a barred window; was
    searched for weapons; was shared by a murderer and a thief; was guarded day and night; was where the convict
    served his sentence; was too narrow for three prisoners; was left through a tunnel | biology: divided in two;
    had a nucleus; was seen under the microscope; contained genes; was attacked by a virus; grew in a dish of the
    laboratory; had a thin membrane; made proteins; came from the blood of the patient; was stained blue by the
    biologist

    jam | food: was spread on the bread; was made of strawberries; was boiled with sugar; stood in the larder;
    tasted of raspberries; stuck to the spoon; dripped from the toast; was kept in a jar; was sweet and red; filled
    the doughnut | traffic: blocked the motorway; began at the roadworks; was ten miles long; made the commuters
    late; was caused by an accident; was reported on the traffic news; lasted the whole rush hour; kept the lorries
    from moving; trapped the ambulance; cleared up after the bridge

    nut | food: was cracked at the fireside; grew in a hard shell; was hidden by the squirrel; fell from the hazel
    bush; was roasted and salted; lay in the muesli; was stuck in the beak of the jay; was ground for the biscuits;
    tasted bitter; was buried before the winter | hardware: was turned with pliers; fitted the screw; held the wheel
    on the axle; came loose and rattled; was too rusty to turn; was tightened by the plumber; had six sides and a
    thread; dropped into the engine; was missing from the flat-pack shelf; was screwed on with a washer

    racket | tennis: hit the ball over the net; had new strings; was swung by the champion; returned the serve; lost
    a string in the first set; was thrown on the court; won the final at Wimbledon; had a frame of carbon; was lent
    to a partner for the doubles; met the ball with a backhand | noise: kept the neighbours awake; came from the
    building site; drowned every word; was made by the drunkards; gave everybody a headache; was made with pots and
    pans; brought the police; could be heard through the walls; deafened the children; lasted until dawn

    mouse | animal: nibbled at the cheese; hid from the cat; squeaked in the pantry; ran into a hole; was caught in
    a trap; had whiskers and a long tail; ate the grain in the barn; gnawed at the skirting board; was chased by the
    kitten; built a nest of straw | computer: was connected to the computer; moved the cursor; had two buttons; was
    clicked twice; lay beside the keyboard; opened the menu on the screen; needed a new battery; came with the
    laptop; was dragged across the desk to select a file; had a wheel for scrolling

    cape | cloak: hung from his shoulders; was lined with fur; had a hood; was worn by the magician; fluttered
    behind the rider; was fastened with a brooch; covered her gown; was made by the dressmaker; reached down to his
    boots; was thrown over the costume | headland: jutted into the sea; had been rounded by the explorers; was
    marked on the chart; was feared by the mariners; lay to the south of the bay; was known for its storms; had a
    beacon for the ships; was the southern tip of the continent; sheltered the fleet; was sighted from the mast

    volume | sound: was turned down; hurt their ears; was set with a knob; was too low to hear the radio; went up
    with the drums; was adjusted at the amplifier; made the speakers tremble; annoyed the people next door; was
    measured in decibels; faded with the song | book: stood on the top shelf; had six hundred pages; was bound in
    leather; was the third of the encyclopedia; was borrowed from the librarian; contained the letters of the poet;
    had a gold title on the spine; was printed in Venice; was opened at the first chapter; completed the edition

    current | water: carried the swimmer away; drove the raft downstream; was strong below the weir; ran along the
    coast; pulled the canoe under the bridge; brought warm water to the north; was too strong to row against; swept
    the driftwood out to sea; turned the mill wheel; was felt by the divers | electricity: flowed through the wire;
    was measured in amperes; came from the battery; blew the fuse; drove the motor; was switched off by the
    electrician; gave him a shock; passed through the copper coil; charged the phone; heated the filament

    bug | insect: crept under the leaf; bit the sleeper; had six legs and feelers; crawled up the stalk; sucked the
    sap of the plant; was squashed on the wall; hid in the mattress; laid its eggs on the stem; was eaten by a toad;
    buzzed around the lamp | error: crashed the program; was found by the programmer; was in the software; was fixed
    in the new version; deleted the data; stopped the computer; was hidden in line forty of the code; froze the
    screen; was reported by the users; slowed down the website

    ruler | king: governed the empire; wore the crown; signed the treaty with the neighbours; was overthrown by the
    rebels; levied taxes on the peasants; reigned for thirty years; led the army to war; inherited the throne; lived
    in the palace with the court; was obeyed by all subjects | stick: was thirty centimetres long; helped to draw a
    straight line; lay in the pencil case; was marked in inches; measured the length of the page; was made of
    transparent plastic; lay next to the compasses; was used in geometry; showed millimetres; underlined the heading

    band | musicians: played at the wedding; had two guitarists; recorded an album; marched through the town with
    trumpets; toured with a new singer; rehearsed in the garage; was applauded by the audience; performed on the
    stage; had a hit in the charts; needed a drummer | strap: held the papers together; was made of rubber; snapped
    when it was stretched; was worn around the wrist; kept her hair out of her face; was wound round the parcel; was
    elastic; tied the bunch of asparagus; was slipped over the roll of banknotes; stretched to twice its length

    bulb | lamp: gave sixty watts; was screwed into the socket; hung above the table without a shade; burnt out; was
    replaced by the electrician; lit up the corridor; flickered and went out; was a hundred watts too strong; was
    made of thin glass; was switched on at nightfall | plant: was planted in October; sprouted in March; became a
    tulip; lay deep in the soil; was eaten by a vole; grew roots in the flowerpot; slept through the frost; was
    bought at the garden centre; put out two green leaves; was dug up after it had bloomed
        """
    )
)
"""Twenty-four of them."""


def stand_together(first: int, second: int) -> bool:
    """Whether a sentence of the corpus may have both predicates of a meaning, by their places in its list."""
    return first != second and (first + second) % HELD_OUT != 0
