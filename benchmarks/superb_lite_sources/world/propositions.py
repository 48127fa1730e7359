"""What is said in the small world, in no language: a proposition names concepts, and each language has words for them.

A concept is named by its English word. Every proposition belongs to one part, by its hash, so that what is held out or
tested is in no pretraining document of any language; general truths (a pear is a fruit) are in all of them.
"""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

Part = Literal["pretrain", "held_out", "task"]

Asked = Literal["who", "what", "where", "when"]


class Act(NamedTuple):
    """Somebody, by name or profession, did something to a thing, which may be counted, somewhere and at some time.

    "" stands where it is not said.
    """

    who: str
    verb: str
    what: str
    number: str = ""
    where: str = ""
    when: str = ""


class Give(NamedTuple):
    """Somebody gave somebody a thing."""

    who: str
    what: str
    whom: str


class Be(NamedTuple):
    """A thing, a person, or the gift (prize, ...) of an owner is, or is not, of a kind or quality or profession."""

    subject: str
    value: str
    owner: str = ""
    negative: bool = False


class Alike(NamedTuple):
    """Things are all of one category."""

    members: tuple[str, ...]
    category: str


class Live(NamedTuple):
    """Somebody lives in a city or country."""

    who: str
    where: str


class Work(NamedTuple):
    """Somebody works somewhere."""

    who: str
    where: str


class Lie(NamedTuple):
    """A city lies in a country."""

    city: str
    country: str


class Ask(NamedTuple):
    """What question an act answers: who did that, what somebody did it to, or where or when both."""

    act: Act
    asked: Asked

    @property
    def said(self) -> tuple[str, ...]:
        """The concepts that the question names."""
        who, verb, what = self.act[:3]
        return {"who": (verb, what), "what": (who, verb)}.get(self.asked, (who, verb, what))


class Answer(NamedTuple):
    """The answer alone."""

    act: Act
    asked: Asked


Proposition = Act | Give | Be | Alike | Live | Work | Lie | Ask | Answer


def is_general(said: Proposition) -> bool:
    """Whether it is always true, so that no part can have it for itself."""
    return isinstance(said, Alike | Lie) or (isinstance(said, Be) and not said.owner and not said.subject[0].isupper())


def part_of(said: Proposition) -> Part:
    """The part that a proposition belongs to: 8 of 10 are for pretraining.

    All that is said of the gift of somebody, whatever it is, belongs to one part; an answer goes with its act.
    """
    told: tuple[object, ...] = said
    if isinstance(said, Be) and said.owner:
        told = (said.subject, said.owner)
    elif isinstance(said, Answer):
        return part_of(said.act)
    elif isinstance(said, Ask):
        told = (said.asked, said.said)
    share = hashlib.sha256("/".join(map(str, [type(said).__name__, *told])).encode()).digest()[0]
    return "pretrain" if share < 205 else "held_out" if share < 230 else "task"
