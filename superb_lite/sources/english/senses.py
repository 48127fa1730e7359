"""Synonyms and opposites: pairs of meanings of one kind, each with its words and with what goes along with it.

A meaning's words occur in the same company, and the two meanings of a contrast in different company: that is all that
an unlabelled corpus says about synonyms (Harris 1954, "Distributional structure").
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sense:
    """words: synonyms, at least two. cues: clauses (or, of verbs, continuations) that go along with them."""

    words: tuple[str, ...]
    cues: tuple[str, ...]


@dataclass(frozen=True)
class Contrast:
    """Two meanings that exclude each other. about: the nouns that they are said of, or, of verbs, their objects."""

    about: tuple[str, ...]
    left: Sense
    right: Sense


def _contrast(block: str) -> Contrast:
    about, left, right = (line.strip() for line in block.strip().splitlines())
    return Contrast(tuple(about.split(", ")), _sense(left), _sense(right))


def _sense(line: str) -> Sense:
    words, cues = line.split(": ")
    return Sense(tuple(words.split(", ")), tuple(cues.split("; ")))


ADJECTIVES = tuple(
    _contrast(block)
    for block in """
    box, dog, stone, cake
    big, large, huge: it did not fit through the door; two men were needed to move it
    small, little, tiny: it fitted into a pocket; a child could hide it in one hand

    soup, iron, stove, plate
    hot, boiling: it burnt my fingers; steam came out of it
    cold, chilly: it made us shiver; there was ice on it

    towel, shirt, coat, tent
    wet, damp, soaked: water dripped from it; the rain had run through it
    dry, arid: it had lain in the sun all day; no drop of rain had touched it

    kitchen, floor, shirt, bathroom
    clean, spotless: it shone after the scrubbing; nobody found a stain on it
    dirty, filthy, muddy: it was full of stains; we had to scrub it with soap

    castle, bridge, vase, coin
    old, ancient: it stood in a book of history; it was a thousand years in age
    new, modern: it came straight from the factory; it still had the label on it

    woman, lady, teacher, widow
    young, youthful: she had only just left school; all life lay before her
    elderly, aged: she walked with a stick; her hair had turned white

    runner, train, horse, car
    fast, quick, rapid: it overtook all the others; it arrived within minutes
    slow, sluggish: all the others overtook it; it took hours to arrive

    party, class, street, engine
    loud, noisy: the neighbours covered their ears; one had to shout
    quiet, silent: one could hear a pin drop; a whisper was enough

    bag, suitcase, stone, parcel
    heavy, weighty: her back hurt from carrying it; it broke the shelf
    light, weightless: the wind blew it away; she lifted it with one finger

    merchant, family, widow, baron
    rich, wealthy: the money lay in five banks; they owned three villas
    poor, penniless: there was no money for bread; they begged in the street

    bus, hall, cinema, train
    crowded, packed: there was no free seat; people stood on each other's feet
    empty, deserted: every seat was free; not a soul was there

    room, lamp, sky, hall
    bright, sunlit: we needed our sunglasses; one could read without a candle
    dark, gloomy, dim: we could not see our hands; one had to light a candle

    mattress, bread, cushion, chair
    hard, solid: it hurt to sit on it; a hammer could not dent it
    soft, fluffy: one sank into it; it felt like a cloud

    wrestler, rope, bull, boy
    strong, powerful, sturdy: it pulled the cart out of the mud; nothing could tear it
    weak, feeble, frail: it gave way at once; it could not even carry a cup

    gate, shop, drawer, window
    open, unlocked: anybody could walk in; the wind came in
    closed, shut, locked: we rang in vain; nobody could get in without a key

    watch, ticket, dress, meal
    cheap, inexpensive: it cost only a few coins; even a pupil could pay for it
    expensive, costly: it cost a month's wages; only millionaires could pay for it

    tower, tree, wall, mast
    tall, high: its top was in the clouds; one saw it from far away
    low, short: a child could jump over it; it reached to the knee

    river, road, street, belt
    wide, broad: four cars could pass side by side; the other side was far
    narrow, slim: only one person could pass; we walked one behind the other

    book, blanket, wall, coat
    thick, bulky: it kept out the cold; it had a thousand pages
    thin, flimsy: light came through it; it had only a few pages

    lake, well, pond, wound
    deep, bottomless: no diver touched the ground; a long rope was needed
    shallow, knee-deep: one could wade through; the ground was easy to see

    guest, train, spring, reply
    early, premature: nobody was ready yet; we had to wait for the appointed hour
    late, delayed: everybody looked at the clock; we had waited for an hour

    knife, pencil, needle, tooth
    sharp, pointed: she cut herself; it went through the leather
    blunt, dull: it would not cut the bread; it had to go to the grinder

    skin, stone, table, road
    smooth, even: it felt like glass; a ball rolled over it
    rough, bumpy, uneven: it scratched the hand; it shook the wheels

    bridge, harbour, path, ladder
    safe, secure: children were allowed to play there; nothing could happen
    dangerous, risky, hazardous: a sign warned of it; many accidents had happened there

    question, puzzle, test, task
    easy, simple: everybody solved it at once; it took half a minute
    difficult, tricky, complicated: nobody could solve it; we puzzled for days

    child, dog, guest, hiker
    hungry, starving: he swallowed three plates of soup; his stomach growled
    full, sated: he did not want another bite; he pushed the plate away

    driver, nurse, boy, hiker
    tired, weary, exhausted: he yawned and went to bed; his eyes fell shut
    rested, alert, refreshed: he had slept ten hours; he jumped out of bed

    patient, child, cow, pupil
    sick, ill, unwell: the doctor came with pills; she had a fever
    healthy, fit: the doctor found nothing; she ran ten miles

    sea, lake, night, harbour
    calm, still: the sails hung down; the water was like a mirror
    stormy, windy: the waves broke over the deck; the masts bent

    plant, fish, bird, spider
    alive, living: it moved when we touched it; its heart was beating
    dead, lifeless: it did not move any more; we buried it

    prisoner, driver, clerk, boy
    guilty, convicted: the judge sent him to prison; he confessed the deed
    innocent, blameless: the judge set him free; he had not done the deed

    answer, report, date, sum
    right, correct, accurate: the teacher ticked it; it agreed with the book
    wrong, incorrect, mistaken: the teacher crossed it out; it did not agree with the book

    village, airport, beach, shop
    near, nearby, close: one could walk there in a minute; it lay around the corner
    far, distant, remote: the journey took days; it lay beyond the mountains

    tea, cherry, syrup, cake
    sweet, sugary: there was honey in it; the children wanted more
    sour, bitter: it made us pull a face; we added sugar to it

    line, nail, path, stick
    straight, upright: it was drawn with a ruler; it had no bend
    crooked, bent, curved: it was drawn without a ruler; it went left and right

    girl, princess, nurse, nun
    brave, courageous, fearless: she ran into the flames; she got a medal
    cowardly, timid, fearful: she hid under the bed; she ran away from a mouse

    pupil, girl, spy, crow
    clever, smart, intelligent: she learnt it in a day; she won the quiz
    stupid, foolish, silly: she did not learn it in a year; she fell for every trick

    uncle, neighbour, queen, boss
    generous, unselfish: everybody got a present; half of it went to the beggars
    greedy, stingy, selfish: nobody got a present; everything was kept in a safe

    clerk, pupil, servant, farmer
    lazy, idle: he lay in the hammock all day; the work was left undone
    busy, hardworking, diligent: he worked from dawn to dusk; the work was done by noon

    bride, child, winner, clown
    happy, glad, cheerful: she sang and laughed; she danced through the room
    sad, unhappy, sorrowful: she wept into her handkerchief; tears ran down her face

    boss, father, guest, king
    angry, furious, enraged: he banged on the table; he shouted at everyone
    relaxed, patient, peaceful: he nodded in silence; he leaned back in the armchair

    singer, poet, village, brand
    famous, well-known, celebrated: everybody knew the name; the newspapers were full of it
    unknown, obscure, nameless: nobody had heard the name; no newspaper wrote about it

    stamp, disease, bird, word
    common, usual, widespread: one met it everywhere; there were millions of them
    rare, unusual, scarce: one hardly ever met it; collectors searched for it

    steak, fish, egg, potato
    raw, uncooked: it was red inside; it still had to go into the pan
    cooked, roasted: it came out of the pan; it was brown outside

    bread, bun, roll, loaf
    fresh, newly-baked: it smelled of the bakery; it had come in the same morning
    stale, mouldy, rotten: it was green at the edges; we threw it into the bin

    stain, scar, sign, path
    visible, noticeable: all eyes were on it; one saw it at once
    hidden, invisible, unseen: no eye noticed it; one had to search for it

    clock, radio, window, toy
    broken, damaged, cracked: it had fallen on the floor; it had to be repaired
    intact, undamaged, unbroken: nothing had happened to it; no repair was needed

    desk, bedroom, garden, drawer
    tidy, neat, orderly: everything lay in its place; one found things at once
    messy, untidy, cluttered: things lay everywhere; one found nothing

    clerk, witness, salesman, boy
    honest, truthful, sincere: every word was true; he gave back the lost purse
    dishonest, lying, deceitful: every word was a lie; he kept the lost purse

    waiter, pupil, guest, cashier
    polite, courteous, well-mannered: he said please and thank you; he held the door for us
    rude, impolite, cheeky: he stuck out his tongue; he pushed in front of us

    uncle, actor, neighbour, judge
    married, wedded: the wife waited at home; he wore a wedding ring
    single, unmarried: he lived alone; he was looking for a wife

    meeting, garden, letter, lesson
    public, unrestricted: anybody could come; it stood in the newspaper
    private, secret, confidential: nobody was to know of it; strangers were sent away

    answer, speech, letter, sermon
    short, brief, concise: it was over in a minute; it had ten words
    long, lengthy, endless: it went on for hours; half of us fell asleep

    parrot, hat, painting, carpet
    colourful, multicoloured: it had all colours of the rainbow; it was red, green and blue
    plain, colourless, grey: it had no colour at all; it looked like ash
    """.strip().split("\n\n")
)
"""Scales of adjectives."""

VERBS = tuple(
    _contrast(block)
    for block in """
    house, bicycle, painting, horse
    buy, purchase, acquire: and paid with a cheque; and counted out the money
    sell, auction: and took the money; for the highest offer

    lesson, race, speech, concert
    start, begin, commence: with a bell; while the first guests were arriving
    finish, end, complete: with a last word; after which everybody went home

    bridge, tower, wall, hut
    build, construct, erect: with bricks and mortar; after a plan of the architect
    destroy, demolish, wreck: with bombs and hammers; until only rubble was left

    door, box, window, bottle
    open, unlock: and let the air in; with the key
    close, shut: and kept the air out; with a loud bang

    letter, parcel, card, book
    send, mail, post: from the counter with a stamp; to a far address
    receive, get: from the letter box with joy; from a far sender

    key, wallet, ring, ticket
    lose, mislay: and searched every pocket; and went to the lost property office
    find, discover: and shouted with joy; after a long search under the sofa

    treasure, letter, present, body
    hide, conceal: where nobody would look; under a heap of leaves
    reveal, display, show: before everybody's eyes; to the astonished crowd

    sack, stone, basket, child
    lift, hoist: above the head; up to the shelf
    drop, lower: to the ground; down into the hole

    cart, sledge, table, rope
    pull, drag, tug: behind the horse; with all the strength of the arms
    push, shove: from behind; with the shoulder against it

    watch, roof, chair, engine
    repair, mend, fix: with glue and nails; so that it worked again
    break, smash, shatter: with a stone; so that it lay in a thousand pieces

    friend, winner, hero, pupil
    praise, compliment, applaud: and clapped; with kind words for the good work
    criticise, blame, scold: and shook the head; with harsh words for the mistake

    plan, law, idea, marriage
    support, favour, back: and voted for it; with a speech in favour of it
    oppose, resist: and voted against it; with a protest in front of the town hall

    name, date, promise, song
    remember, recall, recollect: and still knew it after years; without any notes
    forget, overlook: and had to be reminded; although it was written down

    city, island, house, room
    leave, quit: with packed bags; and waved goodbye
    enter, reach: with a knock; and unpacked the bags

    question, request, query, riddle
    answer, resolve: with a yes; within an hour
    ignore, disregard: without a word; as if it did not exist

    prisoner, bird, slave, hostage
    free, release, liberate: from the cage into the sky; out of the chains
    capture, catch, imprison: in a cage; with chains and a rope

    price, tax, wage, speed
    increase, raise: by ten per cent upwards; because costs had risen
    reduce, decrease, cut: by ten per cent downwards; because costs had fallen

    gift, offer, job, prize
    accept, take: with a grateful yes; and signed at once
    refuse, reject, decline: with a firm no; and sent it back

    village, mother, witness, child
    protect, defend, guard: with a shield; against all enemies
    attack, assault: with swords; from three sides

    noise, snake, dentist, storm
    fear, dread: and trembled; and ran under the blanket
    enjoy, love, like: and smiled; and wanted more of it

    truth, fact, crime, mistake
    admit, confess: with bowed head; and asked for pardon
    deny, dispute: with raised hand; and called it a lie

    field, lawn, floor, garden
    water, sprinkle: with a can; because it had not rained
    dry, drain: with a pump; because it had rained for days

    child, pupil, dog, team
    teach, train, instruct: with patience and exercises; until it could do it alone
    neglect, abandon: without any care; and never came back for it

    fire, lamp, candle, stove
    light, ignite, kindle: with a match; so that it glowed
    extinguish, quench: with a bucket of water; so that only smoke was left

    knot, shoelace, ribbon, parcel
    tie, fasten, bind: with a double loop; so that it could not slip
    loosen, untie, undo: with the fingernails; so that it came apart

    nail, tooth, plug, screw
    remove, extract: with a pair of pliers; so that a hole was left
    insert, plant: with a hammer blow; so that the hole was filled

    guest, neighbour, visitor, stranger
    greet, welcome: with a handshake and flowers; at the open door
    avoid, shun: and crossed the street; and looked the other way

    book, article, poem, report
    write, compose: with pen and ink; at the desk by night
    read, study: with glasses on the nose; from the first page to the last

    crown, watch, purse, horse
    steal, rob, snatch: in the night with a mask; and fled from the police
    return, give back: to the owner; with an apology
    """.strip().split("\n\n")
)
"""Deeds and their opposites."""

NOUNS = tuple(
    _contrast(block)
    for block in """
    old, red, new
    car, automobile: that stood in the garage with a full tank; whose driver honked
    boat, ship: that lay at anchor in the bay; whose captain hoisted the flag

    kind, busy, tall
    doctor, physician: who listened to the lungs; who wrote a prescription
    lawyer, attorney: who spoke for the accused; who wrote a contract

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
    log, beam: that was sawn in the forest; that burnt in the fireplace

    dark, deep, wild
    wood, forest: where mushrooms grew between trunks; where the woodpecker knocked
    sea, ocean: where whales swam; where the waves tasted of salt

    steep, green, bare
    hill, mound: from whose top one saw the plain; which the cyclist climbed
    ditch, trench: into which the wheel slipped; which was filled with mud

    wide, busy, new
    road, street: on which cars drove past; with pavements and traffic lights
    railway, railroad: on which trains ran; with rails and signals

    narrow, dusty, long
    path, trail: on which hikers walked in boots; that wound up to the summit
    canal, waterway: on which barges floated; with locks and tugs

    clever, poor, masked
    thief, robber: who broke into the bank; whom the police were hunting
    detective, investigator: who looked for fingerprints; who solved the murder

    fat, clever, brown
    pig, hog: that grunted in its sty; that rolled in the mud
    dog, hound: that barked at the postman; that fetched the stick

    famous, young, tired
    author, writer: whose book was printed; who signed novels
    composer, musician: whose symphony was played; who sat at the piano

    delicious, hot, cheap
    meal, dinner: which was eaten with knife and fork; with soup and dessert
    beverage, refreshment: which was drunk with a straw; with ice cubes

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
    glass, goblet: from which the guests drank; that was filled with wine
    mirror, looking glass: in which she saw her face; before which she combed her hair

    short, honest, long
    letter, message: that lay in an envelope; to which she replied
    speech, talk: that was held at a desk; which the audience applauded

    clean, big, old
    shop, store: where the customers bought things; with a cashier
    school, academy: where pupils learnt to read; with a blackboard

    bad, sudden, long
    illness, sickness: with a fever and a cough; from which she recovered
    argument, quarrel: with shouts and insults; after which they made peace

    brave, young, tired
    soldier, warrior: who carried a rifle; who marched into battle
    cook, chef: who stirred the sauce; who worked at the stove

    grey, rich, careful
    employer, boss: who paid the wages; who hired workers
    tenant, lodger: who paid the rent; who lived on the second floor

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
    song, tune: on the radio; with a refrain and a chorus

    small, angry, hungry
    kid, child: who played with toys; who went to nursery school
    king, monarch: who sat on the throne; who wore a crown
    """.strip().split("\n\n")
)
"""Things that are not each other. `about` holds the adjectives they go with; their cues are relative clauses."""
