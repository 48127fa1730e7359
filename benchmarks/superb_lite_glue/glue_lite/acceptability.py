"""acceptability: is the sentence grammatical?

Four phenomena, each a table of two by two whose diagonal is right (as in the minimal pairs of BLiMP, Warstadt et al.
2020): verb and subject agree in number, also across another noun; determiner and noun agree in number; himself and
herself agree with the role; "will" and "did not" take the base form, "has" and "had" the participle. Every form stands
in one right and one wrong sentence of its family. The nouns, roles and verbs of test sentences are held out.
"""

from __future__ import annotations

import random
from pathlib import Path

from superb_lite.tasks.labels import TaskData
from superb_lite_glue.glue_lite import held_out
from superb_lite_glue.glue_lite.drafts import Draft, DrawFamily, Family, task_data
from superb_lite_glue.glue_lite.held_out import Part
from superb_lite_sources.english.inflection import capitalised, participle, plural, present

DETERMINERS = (("this", "these"), ("that", "those"), ("every", "all"), ("each", "many"), ("one", "several"))
BASE_AFTER = ("will", "can", "must", "did not", "should", "may")
PARTICIPLE_AFTER = ("has", "had")
DONE_TO_ONESELF = ("looked at", "was proud of", "laughed at", "talked about", "took care of", "was angry with")


def load(root: Path | None) -> TaskData:
    return task_data("acceptability", _draw)


def _draw(part: Part) -> DrawFamily:
    nouns = held_out.members(part, "animal") + [job.name for job in held_out.professions(part) if " " not in job.name]
    verbs, couples, spots = held_out.deeds(part), held_out.couples(part), held_out.spots(part)

    def subject_and_verb(rng: random.Random) -> Family:
        noun, other = rng.sample(nouns, 2)
        verb = rng.choice(verbs)
        beside = rng.choice(("", f" beside the {other}", f" behind the {plural(other)}", f" near the {plural(other)}"))
        end = rng.choice(("", f" {rng.choice(spots)}"))
        return _table(
            [f"the {noun}{beside} ", f"the {plural(noun)}{beside} "],
            [f"{present(verb, many=many)}{end}." for many in (False, True)],
            cluster=f"number of {noun}",
        )

    def determiner_and_noun(rng: random.Random) -> Family:
        noun, verb = rng.choice(nouns), rng.choice(verbs)
        modal, spot = rng.choice(("will", "can", "must", "should")), rng.choice(spots)
        return _table(
            [f"{determiner} " for determiner in rng.choice(DETERMINERS)],
            [f"{form} {modal} {verb} {spot}." for form in (noun, plural(noun))],
            cluster=f"number of {noun}",
        )

    def role_and_reflexive(rng: random.Random) -> Family:
        couple = rng.choice(couples)
        done, spot = rng.choice(DONE_TO_ONESELF), rng.choice(spots)
        return _table(
            [f"the {role} {done} " for role in couple],
            [f"{oneself} {spot}." for oneself in ("himself", "herself")],
            cluster=f"gender of {couple[0]}",
        )

    def auxiliary_and_form(rng: random.Random) -> Family:
        noun, verb, spot = rng.choice(nouns), rng.choice(verbs), rng.choice(spots)
        return _table(
            [f"the {noun} {rng.choice(auxiliaries)} " for auxiliaries in (BASE_AFTER, PARTICIPLE_AFTER)],
            [f"{form} {spot}." for form in (verb, participle(verb))],
            cluster=f"form of {verb}",
        )

    phenomena = (subject_and_verb, determiner_and_noun, role_and_reflexive, auxiliary_and_form)
    return lambda rng: rng.choice(phenomena)(rng)


def _table(starts: list[str], ends: list[str], *, cluster: str) -> Family:
    return [
        Draft((capitalised(start + end),), int(row == column), cluster)
        for row, start in enumerate(starts)
        for column, end in enumerate(ends)
    ]
