"""The small world in a language of our own: the verb comes last, endings say the rest, and there are no articles.

Adjectives and numbers follow their noun, owners precede what they own, and there is no copula but an ending. It is
written in Georgian letters, and is no Georgian.
"""

from __future__ import annotations

from superb_lite_sources.world.lexicon import GRAMMAR, OWN
from superb_lite_sources.world.phonology import ASKING, AT_TIME, IN, IS, IS_NOT, OBJECT, OF, PAST, PLURAL, TO
from superb_lite_sources.world.pieces import Piece, Sentence, joined
from superb_lite_sources.world.propositions import Act, Alike, Answer, Ask, Be, Give, Lie, Live, Proposition, Work

FULL_STOP, QUESTION_MARK = "।", "؟"


def write(said: Proposition) -> Sentence:
    """The sentence of a proposition."""
    return joined(_pieces(said), QUESTION_MARK if isinstance(said, Ask) else FULL_STOP, space=" ")


def _word(concept: str, ending: str = "") -> Piece:
    return Piece(OWN[concept] + ending, concept) if concept else Piece("")


def _pieces(said: Proposition) -> list[Piece]:
    match said:
        case Act(who, verb, what, count, where, when):
            thing = _word(what, PLURAL + OBJECT if count else OBJECT)
            return [_word(when, AT_TIME), _word(who), _word(where, IN), thing, _word(count), _word(verb, PAST)]
        case Give(who, what, whom):
            return [_word(who), _word(whom, TO), _word(what, OBJECT), _word("give", PAST)]
        case Be(subject, value, owner, negative):
            return [_word(owner, OF), _word(subject), _word(value, IS_NOT if negative else IS)]
        case Alike(members, category):
            first = [_word(member) for member in members[:-1]]
            return [*first, Piece(GRAMMAR["and"]), _word(members[-1]), _word(category, PLURAL + IS)]
        case Live(who, where):
            return [_word(who), _word(where, IN), _word("live", IS)]
        case Work(who, where):
            return [_word(who), _word(where, IN), _word("work", IS)]
        case Lie(city, country):
            return [_word(city), _word(country, IN), Piece(GRAMMAR["lie"] + IS)]
        case Ask(act, asked):
            return _question(act, asked)
        case Answer(act, asked):
            return {
                "who": [_word(act.who)],
                "what": [_word(act.what)],
                "where": [_word(act.where, IN)],
                "when": [_word(act.when, AT_TIME)],
            }[asked]


def _question(act: Act, asked: str) -> list[Piece]:
    """The word that asks stands where its answer would stand."""
    asking = {name: Piece(GRAMMAR[name]) for name in ("who", "what", "where", "when")}
    who = asking["who"] if asked == "who" else _word(act.who)
    what = asking["what"] if asked == "what" else _word(act.what, OBJECT)
    return [
        asking["when"] if asked == "when" else Piece(""),
        who,
        asking["where"] if asked == "where" else Piece(""),
        what,
        _word(act.verb, ASKING),
    ]
