"""The eight further tasks of superb-lite: what is said by whom, and that their data are sound."""

from __future__ import annotations

import collections
import itertools

import numpy as np
import pytest

from superb_lite.features.data_checks import check_data
from superb_lite_sources import espeak
from superb_lite_sources.sentences import ADJECTIVES, NAMES, NOUNS, VERBS, words_of
from superb_lite_sources.utterance import Segment, Speech, Utterance
from superb_lite_sources.voices import drawn, register_of
from superb_lite_superb import PHONES, SUPERB_LITE, commands, queries, speakers, spoken, styles, transcriptions
from superb_lite_superb.slots import filled
from superb_lite_superb.vocabularies import EMOTIONS, ENROLLED, INTENTS, LETTERS, SLOT_SYMBOLS, SLOTS

TASKS = {task.name.partition("/")[2]: task for task in SUPERB_LITE}
RECIPES = {
    "pr": transcriptions.pr_recipe,
    "asr": transcriptions.asr_recipe,
    "qbe-query": queries.query_recipe,
    "qbe-sentence": queries.sentence_recipe,
    "asv": speakers.asv_recipe,
    "sd": speakers.bank_recipe,
    "ic": commands.ic_recipe,
    "sf": commands.sf_recipe,
    "er": styles.er_recipe,
}
CONTENT = {
    part: {w for words in (NOUNS, VERBS, ADJECTIVES, NAMES) for w in words_of(words, part)}
    for part in ("train", "test")
}


def made_up(utterances, **_):
    """Noise for speech: two phones between pauses, other samples for each utterance."""
    found = []
    for number, utterance in enumerate(utterances):
        rng = np.random.default_rng([number, *map(ord, utterance.voice + utterance.text)])
        samples = rng.integers(-9000, 9000, 8000 + int(rng.integers(0, 800))).astype(np.int16)
        phones = (
            Segment(0, 800, ""),
            Segment(800, 4000, "p"),
            Segment(4000, 7200, "i:"),
            Segment(7200, len(samples), ""),
        )
        found.append(Speech(utterance, samples, phones, ()))
    return found


@pytest.fixture
def silent_espeak(monkeypatch):
    monkeypatch.setattr(espeak, "synthesise", made_up)


def words(utterances):
    return {word for u in utterances for word in u.text.replace(",", "").split()}


@pytest.mark.parametrize("name", RECIPES)
def test_test_voices_are_not_heard_before(name):
    train, test = RECIPES[name]("train"), RECIPES[name]("test")
    assert {u.voice for u in train} <= set(spoken.VOICES["train"])
    assert {u.voice for u in test} <= set(spoken.VOICES["test"])
    assert set(spoken.VOICES["train"]).isdisjoint(spoken.VOICES["test"])
    assert train == RECIPES[name]("train")  # the same each time
    assert {u.seed for u in train}.isdisjoint(u.seed for u in test)


@pytest.mark.parametrize("name", ["pr", "qbe-query", "qbe-sentence", "asv", "sd", "er"])
def test_test_words_are_not_heard_before(name):
    assert words(RECIPES[name]("train")).isdisjoint(CONTENT["test"])
    assert words(RECIPES[name]("test")).isdisjoint(CONTENT["train"])


@pytest.mark.parametrize("name", ["pr", "asr", "qbe", "asv", "sd", "ic", "sf", "er"])
def test_data_are_sound_and_labels_can_be_drawn(name, silent_espeak):
    task = TASKS[name]
    module, _, load = task.load.partition(":")
    data = {m.__name__: m for m in (transcriptions, queries, speakers, commands, styles)}[module].__dict__[load]()
    check_data(task, data)
    assert len(data.train) >= (task.budget or 0)
    train = {key for e in data.train for key in e.items}
    assert train.isdisjoint(key for e in (*data.validation, *data.test) for key in e.items)
    assert {key for e in (*data.train, *data.validation, *data.test) for key in e.items} <= set(data.items)
    assert len({e.cluster for e in data.test}) >= 10
    assert all(e.cluster for e in data.test)


def test_phones_are_those_of_the_utterance_without_pauses():
    speech = Speech(Utterance(text="", voice=""), np.zeros(9, np.int16), (Segment(0, 3, ""), Segment(3, 9, "i:")), ())
    assert [PHONES[1:][p] for p in transcriptions.phones(speech)] == ["IY"]
    assert TASKS["pr"].labels == transcriptions.SPOKEN_PHONES
    assert "SIL" not in transcriptions.SPOKEN_PHONES


def test_phrases_of_the_test_are_no_labelled_ones_but_share_their_words():
    train, test = transcriptions.asr_recipe("train"), transcriptions.asr_recipe("test")
    assert {u.text for u in train}.isdisjoint(u.text for u in test)
    assert words(train) == words(test) == {w for words in transcriptions.ADJECTIVES_AND_NOUNS for w in words}
    # No encoder was pretrained on them: they are words of test sentences.
    assert words(train) <= CONTENT["test"]
    said = collections.Counter((u.text, u.voice) for u in (*train, *test))
    assert set(said.values()) == {1}
    # No voice says two phrases in test, so that a phrase is a cluster.
    assert len({u.voice for u in test}) == len(test) == 3 * transcriptions.TESTED
    assert "".join(LETTERS[s] for s in transcriptions.spelt("cool dog")) == "cool dog"


def test_every_intent_is_uttered_equally_often_and_test_phrasings_hold_no_new_word():
    train, test = commands.ic_recipe("train"), commands.ic_recipe("test")
    data = {text: i for i in INTENTS for p in ("train", "test") for text in _phrased(i, p)}
    for part, each in ((train, 28), (test, 30)):
        assert set(collections.Counter(data[u.text] for u in part).values()) == {each}
    assert len({u.voice for u in test}) == 240
    assert {u.text for u in train}.isdisjoint(u.text for u in test)
    assert words(test) <= words(train)
    texts = [commands.command(i, p) for i in INTENTS for part in ("train", "test") for p in commands.PHRASINGS[part]]
    assert len(set(texts)) == len(INTENTS) * 5
    for intent in INTENTS:
        action, thing, place = intent.split("|")
        for phrasing in (*commands.PHRASINGS["train"], *commands.PHRASINGS["test"]):
            said = commands.command(intent, phrasing).split()
            assert {thing, place, commands.VERBS[action][1]} <= set(said)


def _phrased(intent, part):
    return [commands.command(intent, phrasing) for phrasing in commands.PHRASINGS[part]]


def test_orders_have_two_slots_and_the_markers_stand_around_their_fillers():
    found = commands.orders()
    assert len(found) == 36 + 48 + 48 + 36 + 48 + 48
    for text, symbols in found.items():
        slots = filled(symbols)
        assert len(slots) == 2
        assert set(slots) <= set(SLOTS)
        for slot, (value,) in slots.items():
            assert value in [filler.lower() for filler in commands.FILLERS[slot]]
        assert "".join(s for s in symbols if len(s) == 1) == text.lower()
        assert [SLOT_SYMBOLS[s] for s in commands.marked(symbols)] == list(symbols)
    train, test = commands.sf_recipe("train"), commands.sf_recipe("test")
    assert {u.text for u in train}.isdisjoint(u.text for u in test)
    # No voice gives two orders in test, so that an order is a cluster.
    assert len({u.voice for u in test}) == len(test) == 4 * len({u.text for u in test})


def test_queries_are_words_of_their_matches_and_of_no_other_sentence():
    for part in ("train", "test"):
        said = [u.text for u in queries.sentence_recipe(part)]
        found = queries.searches(part)
        assert len(found) == queries.WORDS[part] == len({query.word for query in found})
        spoken_words = [u.text for u in queries.query_recipe(part)]
        assert spoken_words == [query.word for query in found for _ in range(queries.ASKING)]
        for query in found:
            assert 1 <= len(query.matches) <= queries.MATCHES
            assert len(query.matches) + len(query.others) == queries.SEARCHED
            assert all(query.word in said[n].replace(",", "").split() for n in query.matches)
            assert not any(query.word in said[n] for n in query.others)
        asking = {u.voice for u in queries.query_recipe(part)}
        assert asking.isdisjoint(u.voice for u in queries.sentence_recipe(part))


def test_pairs_are_balanced_and_of_one_block(silent_espeak):
    data = speakers.asv()
    voice = {f"{part}-{n}": u.voice for part in ("train", "test") for n, u in enumerate(speakers.asv_recipe(part))}
    assert {voice[e.items[0]] for e in data.train} == set(ENROLLED)
    assert all(ENROLLED[e.label] == voice[e.items[0]] for e in data.train)
    for pairs, count in ((data.validation, 9), (data.test, 100)):
        assert len({frozenset(e.items) for e in pairs}) == len(pairs)
        blocks = collections.defaultdict(set)
        for pair in pairs:
            first, second = (voice[key] for key in pair.items)
            blocks[pair.cluster] |= {first, second}
            assert pair.label == (first == second)
            assert pair.items[0] != pair.items[1]
        assert len(blocks) == count
        assert set(collections.Counter((e.cluster, e.label) for e in pairs).values()) == {24}
        assert all(len(block) == 4 and len({register_of(v) for v in block}) == 1 for block in blocks.values())
        # No voice is in two blocks, so clusters are independent, and none of them was trained on.
        assert len(set().union(*blocks.values())) == 4 * count
        assert set().union(*blocks.values()).isdisjoint(ENROLLED)


def test_couples_share_no_voice():
    found = speakers.couples(speakers.MIXED["test"])
    assert len(found) == 120
    assert len({voice for couple in found for voice in couple}) == 240
    assert all(speakers.alike(*couple) for couple in found)
    assert speakers.couples(drawn("test", "low", 3)) == [drawn("test", "low", 2)]


def test_a_mixture_is_the_sum_of_its_turns():
    bank = dict(zip("abc", made_up([Utterance(text=t, voice="x") for t in "123"]), strict=True))
    pieces = ((0, "a", 5), (1, "b", -1600), (1, "c", -9999))
    wave, label = speakers.mixed(speakers.Mixture(("x", "y"), pieces, snr=200.0, seed=0), bank)
    # What is spoken lasts from sample 800 to 7200; nobody talks over himself.
    assert label.turns == ((0, 6400, 0), (4800, 11200, 1), (11200, 17600, 1))
    assert label.length == len(wave) == 17600
    slow = np.zeros(17600)
    for (start, end, _), key in zip(label.turns, "abc", strict=True):
        for i in range(start, end):
            slow[i] += bank[key].samples[800 + i - start] / 32768
    # Up to the level.
    assert np.corrcoef(slow, wave)[0, 1] == pytest.approx(1.0, abs=1e-6)
    assert wave.dtype == np.float32


def test_mixtures_overlap_and_their_voices_are_alike(silent_espeak):
    bank = spoken.synthesised("sd", speakers.bank_recipe, "test")
    found = speakers.mixtures("test", bank)
    assert len(found) == 240
    overlaps = 0
    for mixture in found:
        assert mixture.voices[0] != mixture.voices[1]
        assert speakers.alike(*mixture.voices)
        for speaker, key, _ in mixture.pieces:
            assert bank[key].utterance.voice == mixture.voices[speaker]
        assert {speaker for speaker, _, _ in mixture.pieces} == {0, 1}
        assert len({key for _, key, _ in mixture.pieces}) == 4
        turns = speakers.mixed(mixture, bank)[1].turns
        overlaps += any(a.speaker != b.speaker and a.end > b.start for a, b in itertools.pairwise(turns))
        for a, b in itertools.combinations(turns, 2):
            assert a.speaker != b.speaker or a.end <= b.start
    assert overlaps > 72
    couples = collections.Counter(tuple(sorted(mixture.voices)) for mixture in found)
    assert sorted(couples.values()) == [2] * 120


def test_every_voice_speaks_in_every_style_within_its_ranges():
    for part, count in (("train", 80), ("test", 200)):
        found = styles.styled(part)
        counts = collections.Counter((u.voice, emotion) for u, emotion in found)
        assert set(counts) == set(itertools.product(spoken.speakers(part, count), EMOTIONS))
        assert set(counts.values()) == {1}
        for utterance, emotion in found:
            style = styles.STYLES[emotion]
            for name in ("rate", "pitch", "pitch_range", "level", "tilt"):
                low, high = getattr(style, name)
                assert low <= getattr(utterance, name) <= high
    assert set(styles.STYLES) == set(EMOTIONS) == set(TASKS["er"].labels)


def test_no_single_measure_tells_the_styles_apart():
    """Each range overlaps with that of another style."""
    for name in ("rate", "pitch", "pitch_range", "level", "tilt"):
        for emotion, style in styles.STYLES.items():
            low, high = getattr(style, name)
            others = [getattr(other, name) for key, other in styles.STYLES.items() if key != emotion]
            assert any(low < other[1] and other[0] < high for other in others)


def test_the_parameters_of_a_style_tell_it_from_the_others():
    """What `Task.rule` of er says: by the likelihood of what was drawn."""
    rng = np.random.default_rng(0)
    drawn = ("rate", "pitch", "pitch_range", "level", "tilt")
    right = []
    for number, style in enumerate(styles.STYLES.values()):
        values = {name: rng.uniform(*getattr(style, name), 5000) for name in drawn}
        likelihoods = []
        for other in styles.STYLES.values():
            bounds = {name: getattr(other, name) for name in drawn}
            inside = [(low <= values[name]) & (values[name] <= high) for name, (low, high) in bounds.items()]
            width = np.prod([high - low for low, high in bounds.values()])
            likelihoods.append(np.all(inside, axis=0) / width)
        right.append(np.mean(np.argmax(likelihoods, axis=0) == number))
    assert np.mean(right) == pytest.approx(0.97, abs=0.01)
    assert "97%" in TASKS["er"].rule
