"""Every label of glue-lite follows from the text by the lexicon: each rule is read back from the sentences alone."""

import re
from itertools import chain

import pytest

from superb_lite_glue import GLUE_LITE
from superb_lite_sources.english import inflection, opinions, people, places, senses, taxonomy

TASKS = {task.name.removeprefix("glue-lite/"): task for task in GLUE_LITE}
CONTRASTS = (*senses.ADJECTIVES, *senses.VERBS, *senses.NOUNS)

SENSE = {}
"""word -> (contrast, side) for all words that have a synonym and an opposite; of adjectives, of all else."""
for kind in (senses.ADJECTIVES, senses.VERBS + senses.NOUNS):
    SENSE[kind is senses.ADJECTIVES] = {
        word: (number, side)
        for number, contrast in enumerate(kind)
        for side, sense in enumerate((contrast.left, contrast.right))
        for word in sense.words
    }
CATEGORY = {noun: category for category in taxonomy.CATEGORIES for noun in category.members}
HE, SHE = (set(column) for column in zip(*people.COUPLES, strict=True))
SINGULAR = {*CATEGORY, *HE, *SHE, *(job.name for job in people.PROFESSIONS)}
PLURAL = {inflection.plural(noun) for noun in SINGULAR}


def words(text):
    return re.findall(r"[\w'-]+", text)


def acceptability(text):
    found = words(text.lower())
    if found[-1] in ("himself", "herself") or {"himself", "herself"} & set(found):
        role = next(w for w in found if w in HE | SHE)
        return int((role in HE) == ("himself" in found))
    subject = next(w for w in found if w in SINGULAR | PLURAL)
    determiner = found[0]
    if determiner != "the":
        many = determiner in ("these", "those", "all", "many", "several")
        return int(many == (subject in PLURAL))
    after = found[found.index(subject) + 1 :]
    auxiliary = next((w for w in after if w in {"will", "can", "must", "should", "may", "did", "has", "had"}), None)
    if auxiliary is not None:
        verb = next(w for w in after if w in FORM)
        return int(FORM[verb] == ("participle" if auxiliary in ("has", "had") else "base"))
    verb = next(w for w in after if w in {*people.DEEDS, *THIRD})
    return int((verb in THIRD) == (subject in SINGULAR))


THIRD = {inflection.third(verb) for verb in people.DEEDS}
FORM = {inflection.participle(verb): "participle" for verb in people.DEEDS} | dict.fromkeys(people.DEEDS, "base")


def sentiment(text):
    found = set(words(text))
    praise, blame = found & set(opinions.PRAISE), found & set(opinions.BLAME)
    assert (len(praise), len(blame)) in ((4, 0), (0, 4))
    denied = bool({"not", "never", "Nobody"} & found)
    return int(bool(praise) != denied)


def same_sense(first, second, *, adjectives):
    """Whether the words in which two texts differ have one meaning; None where no two of them are related."""
    table = SENSE[adjectives]
    of_first, of_second = phrases_of(first.lower()), phrases_of(second.lower())
    only = (of_first - of_second, of_second - of_first)
    one, other = ({table[phrase] for phrase in phrases if phrase in table} for phrases in only)
    related = [(a, b) for a in one for b in other if a[0] == b[0]]
    return None if not related else any(a == b for a, b in related)


def phrases_of(text):
    found = words(text)
    return {" ".join(found[i : i + n]) for i in range(len(found)) for n in (1, 2, 3)}


FORMS = {
    form: word
    for contrast in senses.VERBS
    for sense in (contrast.left, contrast.right)
    for word in sense.words
    for form in (inflection.past(word), inflection.participle(word))
}
"""past or participle -> verb, of the verbs that have synonyms."""


def based(text):
    """The text with the verbs in their base forms."""
    return re.sub(
        "|".join(rf"\b{form}\b" for form in sorted(FORMS, key=len, reverse=True)), lambda m: FORMS[m[0]], text
    )


def paraphrase(first, second):
    """Of deeds in their base forms, or else of what something is like."""
    of_deeds = same_sense(based(first), based(second), adjectives=False)
    return int(same_sense(first, second, adjectives=True) if of_deeds is None else of_deeds)


def questions(first, second):
    adjectives = bool(re.search("Why is|What makes|tell that|heard of", first))
    return int(same_sense(first, second, adjectives=adjectives))


def similarity(first, second):
    lists = [[CATEGORY[w] for w in words(text) if w in CATEGORY] for text in (first, second)]
    assert [len(found) for found in lists] == [3, 3]
    return round(5 / 6 * sum((a.name == b.name) + (a.kin == b.kin) for a, b in zip(*lists, strict=True)), 4)


def nli(premise, hypothesis):
    same = same_sense(premise, hypothesis, adjectives=True)
    return 1 if same is None else 0 if same else 2


def qnli(question, sentence):
    asked = next(q for q in ("where", "when", "with whom", "with what") if question.lower().startswith(q))
    somebody = HE | SHE | {job.name for job in people.PROFESSIONS}
    told = {
        "where": any(sentence.endswith(f" {spot}.") for spot in places.SPOTS),
        "when": any(sentence.endswith(f" {time}.") for time in places.TIMES),
        "with whom": any(sentence.endswith(f" with the {who}.") for who in somebody),
        "with what": any(sentence.endswith(f" with the {thing}.") for thing in CATEGORY),
    }
    assert sum(told.values()) == 1
    return int(told[asked])


IMPLIED = {city: country.name for country in places.COUNTRIES for city in country.cities}
IMPLIED |= {job.name: f"the {job.place}" for job in people.PROFESSIONS}
IMPLIED |= {noun: inflection.article(category.name) for noun, category in CATEGORY.items()}


def rte(premise, hypothesis):
    implied = {IMPLIED[phrase] for phrase in phrases_of(premise) if phrase in IMPLIED}
    return int(any(f" {what}" in hypothesis for what in implied))


def pronoun(sentence, hypothesis):
    found = words(sentence)
    said = next(w for w in found if w in ("he", "she", "it", "they"))
    reason = sentence[sentence.index(f" {said} ") + len(said) + 2 :]
    who = hypothesis.removesuffix(reason).split()[-1]
    if said in ("it", "they"):
        return int((who in PLURAL) == (said == "they"))
    male = who in HE or who in people.MEN
    assert male != (who in SHE or who in people.WOMEN)
    return int(male == (said == "he"))


RULES = (acceptability, sentiment, paraphrase, questions, similarity, nli, qnli, rte, pronoun)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_label_follows_from_the_text(rule):
    data = TASKS[rule.__name__].data()
    for example in chain(data.test, data.train):
        texts = [data.items[key] for key in example.items]
        assert rule(*texts) == example.label, (texts, example.label)
