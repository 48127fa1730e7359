"""The small world in English, and in fake English: all characters are shifted (K et al. 2020, arXiv:1912.07840)."""

from __future__ import annotations

import functools

from superb_lite.errors import SuperbLiteError
from superb_lite_sources.english import inflection
from superb_lite_sources.world.pieces import Piece, Sentence, joined
from superb_lite_sources.world.propositions import Act, Alike, Answer, Ask, Be, Give, Lie, Live, Proposition, Work
from superb_lite_sources.world.qualities import PREPOSITION, QUALITIES, TIME_PREPOSITION
from superb_lite_sources.world.things import MASS, UNCOUNTABLE

_PAST = {"weave": "wove", "commit": "committed"}
_PLURAL = {"livestock": "livestock", "furniture": "furniture", "fruit": "fruit"}
_past, _many, _with_article = map(functools.cache, (inflection.past, inflection.plural, inflection.article))
_PLACED = {**PREPOSITION, "ship": "on", "farm": "on"}
_DEFINITE = Piece("the")

SHIFT = 0x3CF
"""From the letters of English to as many Cyrillic ones, capitals to capitals."""
MARKS = {".": "։", "?": "՞", ",": "՝", " ": " "}
"""Shifted, punctuation marks would be letters, so they become those of Armenian. Spaces stay: they say where words
end, and are no token."""


def write(said: Proposition) -> Sentence:
    """The sentence of a proposition."""
    end = "?" if isinstance(said, Ask) else "."
    return joined(_pieces(said), end, space=" ", capital=True)


def shifted(text: str) -> str:
    """Fake English for English text; raises `SuperbLiteError` for a character that the grammar does not use."""
    try:
        return "".join(chr(ord(c) + SHIFT) if c.isalpha() and c.isascii() else MARKS[c] for c in text)
    except KeyError as missing:
        raise SuperbLiteError(f"fake English has letters, spaces and {''.join(MARKS)!r}, not {missing}") from None


def unshifted(text: str) -> str:
    """English for fake English."""
    marks = {fake: real for real, fake in MARKS.items()}
    return "".join(marks.get(c) or chr(ord(c) - SHIFT) for c in text)


def write_fake(said: Proposition) -> Sentence:
    """The sentence of a proposition in fake English."""
    text, occurrences = write(said)
    return Sentence(shifted(text), occurrences)


def _pieces(said: Proposition) -> list[Piece]:
    match said:
        case Act(who, verb, what, count, where, when):
            thing = _thing(what) if not count else [Piece(count, count), Piece(_plural(what), what)]
            done = Piece(_PAST.get(verb) or _past(verb), verb)
            return [*_one(who), done, *thing, *_place(where), *_time(when)]
        case Give(who, what, whom):
            return [Piece(who, who), Piece("gave", "give"), *_thing(what), Piece("to"), Piece(whom, whom)]
        case Be(subject, value, owner, negative):
            of = [Piece("of"), Piece(owner, owner)] if owner else []
            return [*_one(subject), *of, Piece("is"), Piece("not" if negative else ""), *_value(value)]
        case Alike(members, category):
            return [*_listed(members), Piece("are"), Piece(_plural(category), category)]
        case Live(who, where):
            return [Piece(who, who), Piece("lives", "live"), Piece("in"), Piece(where, where)]
        case Work(who, where):
            return [Piece(who, who), Piece("works", "work"), *_place(where)]
        case Lie(city, country):
            return [Piece(city, city), Piece("is"), Piece("in"), Piece(country, country)]
        case Ask(act, asked):
            return _question(act, asked)
        case Answer(act, asked):
            return {
                "who": _one(act.who),
                "what": _thing(act.what),
                "where": _place(act.where),
                "when": _time(act.when),
            }[asked]


def _question(act: Act, asked: str) -> list[Piece]:
    if asked == "who":
        done = Piece(_PAST.get(act.verb) or _past(act.verb), act.verb)
        return [Piece("who"), done, *_thing(act.what)]
    rest = [] if asked == "what" else _thing(act.what)
    return [Piece(asked), Piece("did"), *_one(act.who), Piece(act.verb, act.verb), *rest]


def _thing(noun: str) -> list[Piece]:
    return [_DEFINITE, Piece(noun, noun)]


def _one(who: str) -> list[Piece]:
    return [Piece(who, who)] if who[0].isupper() else _thing(who)


def _value(value: str) -> list[Piece]:
    if value in QUALITIES or value in UNCOUNTABLE or value in MASS:
        return [Piece(value, value)]
    return [Piece(_with_article(value).split()[0]), Piece(value, value)]


def _plural(noun: str) -> str:
    return _PLURAL.get(noun) or _many(noun)


def _listed(nouns: tuple[str, ...]) -> list[Piece]:
    pieces = [piece for noun in nouns[:-1] for piece in (_DEFINITE, Piece(noun, noun))]
    return [*pieces, Piece("and"), *_thing(nouns[-1])]


def _place(where: str) -> list[Piece]:
    return [Piece(_PLACED.get(where, "in")), *_one(where)] if where else []


def _time(when: str) -> list[Piece]:
    return [Piece(TIME_PREPOSITION[when]), Piece(when, when)] if when else []
