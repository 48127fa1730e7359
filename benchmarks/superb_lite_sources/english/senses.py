"""Synonyms and opposites: pairs of meanings of one kind, each with its words and with what goes along with it.

A meaning's words occur in the same company, and the two meanings of a contrast in different company: that is all that
an unlabelled corpus says about synonyms (Harris 1954, "Distributional structure").
"""

from __future__ import annotations

from dataclasses import dataclass

from superb_lite_sources.english.tables import blocks, phrases, words


@dataclass(frozen=True)
class Sense:
    """A meaning that several words have."""

    words: tuple[str, ...]
    """Synonyms, at least two."""

    cues: tuple[str, ...]
    """Clauses (or, of verbs, continuations) that go along with them."""


@dataclass(frozen=True)
class Contrast:
    """Two meanings that exclude each other."""

    about: tuple[str, ...]
    """The nouns that either may be said of (or, of verbs, their objects; of nouns, their adjectives). In the corpus the
    first half goes mostly with the left meaning and the second with the right one."""

    left: Sense

    right: Sense

    @property
    def of_people(self) -> bool:
        """Whether it is said of people (and perhaps of animals) rather than of things."""
        return any(noun in _PEOPLE for noun in self.about)


_PEOPLE = frozenset(
    words(
        """
        boss bride child clerk driver family girl guest lady neighbour nurse patient prisoner pupil singer uncle
        waiter widow witness woman wrestler
        """
    )
)


def _contrast(about: str, left: str, right: str) -> Contrast:
    return Contrast(phrases(about), _sense(left), _sense(right))


def _sense(line: str) -> Sense:
    synonyms, cues = line.split(": ")
    return Sense(phrases(synonyms), phrases(cues, ";"))


ADJECTIVES = tuple(
    _contrast(*block)
    for block in blocks(
        """
    box, dog, stone, cake
    big, large, huge: it did not fit through the door; two giants were needed to move it
    small, little, tiny: it vanished in a pocket; a child could hide it in one fist

    soup, iron, stove, plate
    hot, boiling: it burnt my fingers; steam came out of it
    cold, chilly: it made us shiver; ice and snow clung to it

    towel, shirt, coat, tent
    wet, damp, soaked: water dripped from it; the rain had run through it
    dry, arid: it had lain in the sun all day; dust came out when we beat it

    kitchen, floor, shirt, bathroom
    clean, spotless: it shone after the scrubbing; nobody found a stain on it
    dirty, filthy, muddy: it was full of stains; we had to scrub it with soap

    castle, bridge, vase, coin
    old, ancient: knights and monks had seen it; moss and cracks were all over it
    new, modern: it came straight from the factory; it still had the plastic and the label on it

    woman, lady, teacher, widow
    young, youthful: she had only just left school; life lay before her like an open book
    elderly, aged: she walked with a stick; her hair had turned white

    runner, train, horse, car
    fast, quick, rapid: it overtook all the others; a moment later it shot over the finish
    slow, sluggish: a snail might have won against it; it crept and took hours

    party, class, street, engine
    loud, noisy: the neighbours covered their ears; one had to shout
    quiet, silent: one heard a pin drop; a whisper was enough

    bag, suitcase, stone, parcel
    heavy, weighty: her back hurt from carrying it; it broke the shelf
    light, weightless: the wind blew it away; a feather and a bubble weigh more

    merchant, family, widow, baron
    rich, wealthy: gold lay in five banks; they owned three villas and a yacht
    poor, penniless: there was no bread on the table; they begged with bare feet

    bus, hall, cinema, train
    crowded, packed: people stood on each other's toes; elbows and shoulders pressed against us
    empty, deserted: our steps echoed; not a soul sat on the rows of benches

    room, lamp, sky, hall
    bright, sunlit: we needed our sunglasses; our eyes hurt and blinked
    dark, gloomy, dim: we stumbled over our own feet; somebody groped for a candle

    mattress, bread, cushion, chair
    hard, solid: our knuckles hurt from knocking; a hammer could not dent it
    soft, fluffy: one sank into it; it felt like a cloud of feathers

    wrestler, rope, bull, boy
    strong, powerful, sturdy: it pulled the cart out of the mud; ten men could not beat it
    weak, feeble, frail: it gave way at once; a cup of tea was too much for it

    gate, shop, drawer, window
    open, unlocked: anybody could walk in; the wind came in
    closed, shut, locked: we rang in vain; a bolt and a chain were before it

    watch, ticket, dress, meal
    cheap, inexpensive: it cost only a few pennies; a pupil with pocket money could pay for it
    expensive, costly: millionaires alone wear such things; the bill was a month's wages

    tower, tree, wall, mast
    tall, high: clouds hid its top; sailors recognised it from miles away
    low, stubby: a hen could jump over it; it reached to the knee

    river, road, street, belt
    wide, broad: four lorries could pass side by side; the opposite edge was out of sight
    narrow, slim: only one thin man could squeeze through; we walked in single file

    book, blanket, wall, coat
    thick, bulky: no frost came through it; it weighed as much as three bricks
    thin, flimsy: light came through it; one tug and it tore

    lake, well, pond, wound
    deep, bottomless: no diver touched the ground; a long rope disappeared in it
    shallow, knee-deep: the water reached our ankles; toddlers could wade through with rolled trousers

    guest, train, spring, reply
    early, premature: the cook was still asleep; nobody had laid the tables yet
    late, delayed: everybody looked impatiently at the clock; the others had gone without waiting

    knife, pencil, needle, tooth
    sharp, pointed: she cut herself and bled; it went through the leather
    blunt, dull: it only squashed the bread; the grinder had to work on it

    skin, stone, table, road
    smooth, even: it felt like glass; a ball rolled over it
    rough, bumpy, uneven: it scratched the hand; it shook the wheels

    bridge, harbour, path, ladder
    safe, secure: toddlers were allowed to play there; a strong railing kept us from harm
    dangerous, risky, hazardous: a skull on a sign warned of it; many accidents had happened

    question, puzzle, test, task
    easy, simple: everybody solved it at once; it took half a minute and no pencil
    difficult, tricky, complicated: we puzzled for days; experts scratched their heads

    child, dog, guest, hiker
    hungry, starving: he swallowed three plates of soup; his stomach growled like a wolf
    full, sated: he did not want another bite; he loosened his belt and pushed the rest away

    driver, nurse, boy, hiker
    tired, weary, exhausted: he yawned and went to bed; his eyes fell shut
    rested, alert, refreshed: he had slept ten hours; he jumped out of bed

    patient, child, cow, pupil
    sick, ill, unwell: the doctor came with pills; she had a fever and coughed
    healthy, fit: she ran ten miles before breakfast; her cheeks were pink and she whistled

    sea, lake, night, harbour
    calm, still: the sails hung down; the water was like a mirror
    stormy, windy: the waves broke over the deck; the masts bent

    plant, fish, bird, spider
    alive, living: it moved when we touched it; its heart was beating
    dead, lifeless: it did not move any more; we buried it

    prisoner, driver, clerk, boy
    guilty, convicted: the judge sent him to prison; he confessed and bowed his head
    innocent, blameless: the jury let him walk home; another man had left the fingerprints

    answer, report, date, sum
    right, correct, accurate: the teacher ticked it; it agreed with the book
    wrong, incorrect, mistaken: a red line crossed it out; somebody had blundered with the rubber

    village, airport, beach, shop
    near, nearby, close: one could walk there in a minute; it lay around the corner
    far, distant, remote: the journey took days by camel; it lay beyond the mountains and oceans

    tea, cherry, syrup, cake
    sweet, sugary: there was honey in it; bees and children wanted more
    sour, bitter: it made us pull a face; vinegar and lime were in it

    line, nail, path, stick
    straight, upright: it was drawn with a ruler; like an arrow without any bend
    crooked, bent, curved: it wound left and then back again; a drunkard seemed to have drawn it

    girl, princess, nurse, nun
    brave, courageous, fearless: she ran into the flames; the mayor gave her a medal
    cowardly, timid, fearful: she hid under the bed; a mouse made her scream

    pupil, girl, spy, crow
    clever, smart, intelligent: she learnt Latin in a day; the professor lost against her at chess
    stupid, foolish, silly: she fell for every trick; two plus two made five for her

    uncle, neighbour, queen, boss
    generous, unselfish: everybody got a present from the basket; the beggars received half of it
    greedy, stingy, selfish: every coin was locked into a safe; he counted the silver alone at night

    clerk, pupil, servant, farmer
    lazy, idle: he lay in the hammock all day; he snored until noon and lifted no finger
    busy, hardworking, diligent: sweat stood on his forehead; he toiled from dawn to dusk without a break

    bride, child, winner, clown
    happy, glad, cheerful: she sang and laughed; she danced through the room
    sad, unhappy, sorrowful: she wept into her handkerchief; tears ran down her face

    boss, father, guest, king
    angry, furious, enraged: he banged on the table; he shouted at everyone
    relaxed, patient, peaceful: he nodded in silence; he leaned back in the armchair

    singer, poet, village, brand
    famous, well-known, celebrated: fans begged for autographs; the newspapers were full of it
    unknown, obscure, nameless: nobody had heard that name; no map and no encyclopedia listed it

    stamp, disease, bird, word
    common, usual, widespread: one met it on every corner; there were millions of them
    rare, unusual, scarce: collectors paid fortunes for it; the last one had been seen by our ancestors

    steak, fish, egg, potato
    raw, uncooked: blood was still in it; the cat would have eaten it from the fridge
    cooked, roasted: it came brown and crisp out of the pan; gravy and steam ran over it

    bread, bun, roll, loaf
    fresh, newly-baked: it smelled of the bakery; it had come in the same morning
    stale, mouldy, rotten: it was green at the edges; we threw it into the bin

    stain, scar, sign, path
    visible, noticeable: all eyes were on it; it caught our glance at once
    hidden, invisible, unseen: leaves and darkness covered it; a torch was needed to come upon it

    clock, radio, window, toy
    broken, damaged, cracked: it had fallen on the floor; pieces and splinters stuck out
    intact, undamaged, unbroken: it ticked and rolled as on its first day; not a scratch was on it

    desk, bedroom, garden, drawer
    tidy, neat, orderly: everything lay folded in its drawer; she put her finger on each thing at once
    messy, untidy, cluttered: old socks and paper covered the rug; mother sighed and fetched a broom

    clerk, witness, salesman, boy
    honest, truthful, sincere: he gave back the lost purse; he swore on the Bible and never blushed
    dishonest, lying, deceitful: every story was a lie; he cheated at cards and forged a signature

    waiter, pupil, guest, cashier
    polite, courteous, well-mannered: he said please and thank you; he bowed and held the door for us
    rude, impolite, cheeky: he stuck out his tongue; he burped at table and pushed in front

    uncle, actor, neighbour, judge
    married, wedded: the wife and two sons waited at home; he wore a golden ring
    single, unmarried: he lived alone with a cat; a lonely heart is looking for romance

    meeting, garden, letter, lesson
    public, unrestricted: strangers and reporters came; posters in the town announced it
    private, secret, confidential: only close friends were invited; one whispered about it behind curtains

    answer, speech, letter, sermon
    short, brief, concise: it was over in a minute; ten syllables were all
    long, lengthy, endless: half of us fell asleep; it went on for hours and chapters

    parrot, hat, painting, carpet
    colourful, multicoloured: it shone like a rainbow; red, green and yellow dazzled us
    plain, colourless, grey: it looked like ash; nobody could tell it from the cement
        """
    )
)
"""Scales of adjectives."""

VERBS = tuple(
    _contrast(*block)
    for block in blocks(
        """
    house, bicycle, painting, horse
    buy, purchase, acquire: and paid with a cheque; and counted out the banknotes
    sell, auction: at an auction for the highest offer; because the owner was in debt

    lesson, race, speech, concert
    start, begin, commence: with a bell; while the first guests were arriving
    finish, end, complete: with a last word; after which everybody went home

    bridge, tower, wall, hut
    build, construct, erect: with bricks and mortar; after a plan of the architect
    destroy, demolish, wreck: with bombs and dynamite; until only rubble was left

    door, box, window, bottle
    open, unlock: and let the air in; with the key
    close, shut: and kept the air out; with a loud bang

    letter, parcel, card, book
    send, mail, post: from the counter with a stamp; to a far address overseas
    receive, get: through the letter box with joy; and read the name of the sender

    key, wallet, ring, ticket
    lose, mislay: and cried over the bad luck; through a hole in the pocket
    find, discover: and shouted with joy; after a long search under the carpet

    treasure, letter, present, body
    hide, conceal: where nobody would look; under a heap of leaves
    reveal, display, show: before everybody's eyes; to the astonished crowd

    sack, stone, basket, child
    lift, hoist: above the head; up to the top shelf with a crane
    drop, lower: to the ground with a thud; down into the well

    cart, sledge, table, rope
    pull, drag, tug: behind the horse uphill; with a hook and both arms
    push, shove: with the shoulder from the back; over the edge of the cliff

    watch, roof, chair, engine
    repair, mend, fix: with glue and nails; so that it worked again
    break, smash, shatter: with a stone; so that it lay in a thousand pieces

    friend, winner, hero, pupil
    praise, compliment, applaud: and clapped; with kind words and a bunch of roses
    criticise, blame, scold: and shook an angry fist; with harsh remarks about the mistakes

    plan, law, idea, marriage
    support, favour, back: and voted yes; with cheers and donations
    oppose, resist: and protested with banners; because it seemed a threat to the town

    name, date, promise, song
    remember, recall, recollect: and still knew it after years; without any notes
    forget, overlook: and had to be reminded; although it was written down

    city, island, house, room
    leave, quit: with packed bags; and waved a handkerchief from the window of the taxi
    enter, reach: with a knock; and unpacked the suitcase on arrival

    question, request, query, riddle
    answer, resolve: with a yes; within an hour
    ignore, disregard: without a word; as if it did not exist

    prisoner, bird, slave, hostage
    free, release, liberate: from the cage into the sky; and cut the ropes and chains
    capture, catch, imprison: with a net and a trap; and locked the dungeon for ten years

    price, tax, wage, speed
    increase, raise: upwards to a record; because costs had risen
    reduce, decrease, cut: downwards by a half; since a discount attracts customers

    gift, offer, job, prize
    accept, embrace: with a grateful nod; and signed at once
    refuse, reject, decline: with a firm no; and tore up the contract

    village, mother, witness, child
    protect, defend, guard: with a shield; against all enemies
    attack, assault: with swords; from three sides

    noise, snake, dentist, storm
    fear, dread: and trembled; and crept under the blanket with a pale face
    enjoy, love, like: and grinned; and hummed a tune with pleasure

    truth, fact, crime, mistake
    admit, confess: with bowed head; and asked for pardon
    deny, dispute: with raised hand; and called it a lie

    field, lawn, floor, garden
    water, sprinkle: with a can and a hose; because the roots were thirsty
    dry, drain: with a pump; after the flood of the rainy week

    child, pupil, dog, team
    teach, train, instruct: with patience and exercises; until it knew every rule
    neglect, abandon: without any care; and let it starve in the dust

    fire, lamp, candle, stove
    light, ignite, kindle: with a match; so that it glowed and crackled
    extinguish, quench: with a bucket of sand; so that only smoke was left

    knot, shoelace, ribbon, parcel
    tie, fasten, bind: with a double loop; so that it could not slip
    loosen, untie, undo: with the fingernails until it came apart; because it was pinching the ankle

    nail, tooth, plug, screw
    remove, extract: with a pair of pliers; and left a bleeding hole
    insert, plant: with a blow of the fist; up to the hilt into the gap

    guest, neighbour, visitor, stranger
    greet, welcome: with a handshake and flowers; and hugged and kissed on both cheeks
    avoid, shun: and crossed the street; and looked the other way

    book, article, poem, report
    write, compose: with pen and ink; in neat handwriting on blank sheets
    read, study: with glasses on the nose; from the first page to the last

    crown, watch, purse, horse
    steal, rob, snatch: in the night with a mask; and fled from the police
    return, give back: to the owner; with an apology
        """
    )
)
"""Deeds and their opposites."""

NOUNS = tuple(
    _contrast(*block)
    for block in blocks(
        """
    old, red, new
    car, automobile: that stood in the garage with a full tank; whose driver honked on the motorway
    boat, ship: that lay at anchor in the bay; whose captain hoisted the sails

    kind, busy, tall
    doctor, physician: who listened to the lungs; who wrote a prescription for pills
    lawyer, attorney: who spoke for the accused; with a robe and a contract at the trial

    soft, old, green
    sofa, couch: on which three could sit before the television; with cushions and a blanket
    rug, carpet: that lay on the floor; which the vacuum cleaner cleaned

    white, shy, young
    rabbit, bunny: with long ears; which hopped to its carrot
    hen, chicken: with a red comb; which laid an egg

    small, quiet, poor
    infant, baby: that cried for milk; that lay in the cradle
    pensioner, retiree: who had worked for forty years; who sat on the park bench

    thick, old, heavy
    stone, rock: that rolled down the slope; as hard as granite
    log, beam: that burnt in the fireplace; of oak with bark and resin

    dark, deep, wild
    wood, forest: where mushrooms grew between trunks; where the woodpecker knocked
    sea, ocean: where whales swam; with waves, surf and the taste of salt

    steep, green, bare
    hill, mound: from whose top one saw the plain; which the cyclist climbed
    ditch, trench: into which the wheel slipped; which was filled with mud

    wide, busy, new
    road, street: on which cars drove past; with pavements and traffic lights
    railway, railroad: on which trains ran; with rails and signals

    narrow, dusty, long
    path, trail: on which hikers walked in boots; that wound up to the summit
    canal, waterway: on which barges floated; with locks and tugs between Dutch towns

    clever, poor, masked
    thief, robber: who broke into the bank; whom the police were hunting
    detective, investigator: who looked for fingerprints; who solved the murder

    fat, clever, brown
    pig, hog: that grunted in its sty; that rolled in the mud
    dog, hound: that barked at the postman; that fetched the stick

    famous, young, tired
    author, writer: whose novels filled the bookshops; who typed chapter after chapter
    composer, musician: whose symphony the orchestra played; who sat at the piano with notes and chords

    delicious, hot, cheap
    meal, dinner: which was eaten with knife and fork; with roast, gravy and dessert
    beverage, refreshment: which was sipped through a straw; with ice cubes in a pitcher

    dangerous, black, cold
    storm, tempest: that tore off the roofs; with thunder and lightning
    fog, mist: in which nobody saw anything; which hung over the valley

    small, red, wooden
    house, home: in which a family slept; with a chimney
    barn, stable: in which hay was stored; with cows and horses

    little, blue, torn
    bag, sack: in which the shopping was carried; with two handles
    cap, hat: which was worn on the head; with a brim and a feather

    broken, golden, tall
    glass, goblet: from which the guests drank; filled with champagne to the rim
    mirror, looking-glass: in which she saw her face; before which she combed and powdered herself

    short, honest, long
    letter, message: that lay in an envelope; with a stamp and a postmark on it
    speech, talk: held at a desk before a crowd; which the audience applauded

    clean, big, old
    shop, store: where customers bought things; with a till, a counter and shelves
    school, academy: where pupils learnt to spell; with a blackboard, desks and homework

    bad, sudden, long
    illness, sickness: with a fever and a cough; from which the patients recovered in hospital
    argument, quarrel: with shouts and insults; after which they slammed doors and made peace

    brave, young, tired
    soldier, warrior: who carried a rifle; who marched into battle
    cook, chef: who stirred the sauce; who worked at the stove

    grey, rich, careful
    employer, boss: who paid the wages; who hired and dismissed the workers of the firm
    tenant, lodger: who owed the rent; who lived upstairs and got the keys from the landlady

    quick, old, yellow
    bicycle, bike: with pedals and a bell; on which she rode to school
    plane, aircraft: with two wings and a pilot; which landed at the airport

    warm, thick, torn
    coat, overcoat: with buttons and a collar; which hung on the hook
    blanket, quilt: under which they slept; that lay on the bed

    rare, large, shiny
    jewel, gem: in a ring of gold; which the jeweller polished
    coin, penny: in the purse; which the beggar received

    loud, funny, long
    movie, film: in the cinema with popcorn; with actors and a director
    song, tune: on the radio; with a refrain, verses and a melody

    small, angry, hungry
    kid, child: who played with toys; who went to nursery in the pram
    king, monarch: who sat on the throne; who wore a crown and ruled the realm
        """
    )
)
"""Things that are not each other. `about` holds the adjectives they go with; their cues are relative clauses."""
