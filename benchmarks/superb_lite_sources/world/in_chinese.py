"""The small world in Chinese: no inflection, time and place before the verb, measure words, no spaces."""

from __future__ import annotations

from superb_lite_sources.world.lexicon import CHINESE
from superb_lite_sources.world.pieces import Piece, Sentence, joined
from superb_lite_sources.world.propositions import Act, Alike, Answer, Ask, Be, Give, Lie, Live, Proposition, Work
from superb_lite_sources.world.qualities import PREPOSITION, QUALITIES
from superb_lite_sources.world.things import CATEGORY_OF

_SIDE = {"in": "里", "on": "上"}
"""What follows a place, by the preposition of English."""


def write(said: Proposition) -> Sentence:
    """The sentence of a proposition."""
    return joined(_pieces(said), "？" if isinstance(said, Ask) else "。", space="")


def _word(concept: str) -> Piece:
    return Piece(CHINESE[concept] if concept else "", concept)


def _pieces(said: Proposition) -> list[Piece]:
    match said:
        case Act(who, verb, what, count, where, when):
            counted = [_word(count), Piece(CATEGORY_OF[what].classifier)] if count else []
            return [_word(when), _word(who), *_place(where), _word(verb), Piece("了"), *counted, _word(what)]
        case Give(who, what, whom):
            return [_word(who), Piece("把"), _word(what), _word("give"), Piece("了"), _word(whom)]
        case Be(subject, value, owner, negative):
            first = [_word(owner), Piece("的"), _word(subject)] if owner else [_word(subject)]
            quality = Piece("的" if value in QUALITIES else "")
            return [*first, Piece("不" if negative else ""), Piece("是"), _word(value), quality]
        case Alike(members, category):
            pieces = [piece for member in members[:-1] for piece in (_word(member), Piece("、"))]
            return [*pieces[:-1], Piece("和"), _word(members[-1]), Piece("都"), Piece("是"), _word(category)]
        case Live(who, where):
            return [_word(who), _word("live"), Piece("在"), _word(where)]
        case Work(who, where):
            return [_word(who), *_place(where), _word("work")]
        case Lie(city, country):
            return [_word(city), Piece("在"), _word(country)]
        case Ask(act, asked):
            return _question(act, asked)
        case Answer(act, asked):
            return {
                "who": [_word(act.who)],
                "what": [_word(act.what)],
                "where": _place(act.where),
                "when": [_word(act.when)],
            }[asked]


def _question(act: Act, asked: str) -> list[Piece]:
    who = Piece("谁") if asked == "who" else _word(act.who)
    what = Piece("什么") if asked == "what" else _word(act.what)
    about = {"where": [Piece("在"), Piece("哪里")], "when": [Piece("什么时候")]}.get(asked, [])
    return [who, *about, _word(act.verb), Piece("了"), what]


def _place(where: str) -> list[Piece]:
    return [Piece("在"), _word(where), Piece(_SIDE.get(PREPOSITION.get(where, ""), ""))] if where else []
