"""Forms of English words: plural, third person, past, participle, -ing, and the article before a word.

Regular forms follow the spelling rules of any school grammar; what is irregular is listed. Only the words of this
lexicon need to come out right, and a test reads every form of every one of them against a list.
"""

from __future__ import annotations

import re

from superb_lite_sources.english.tables import words

_PLURALS = dict(
    pair.split("/")
    for pair in words(
        """
        child/children mouse/mice goose/geese foot/feet tooth/teeth ox/oxen sheep/sheep deer/deer wolf/wolves
        calf/calves knife/knives thief/thieves wife/wives shelf/shelves leaf/leaves loaf/loaves scarf/scarves
        potato/potatoes tomato/tomatoes mango/mangoes hero/heroes echo/echoes mosquito/mosquitoes salmon/salmon
        trout/trout cod/cod shrimp/shrimp cherry/cherries person/people lass/lasses
        """
    )
)
_VERBS = {
    base: (past, participle)
    for base, past, participle in (
        row.split("/")
        for row in words(
            """
            undo/undid/undone quit/quit/quit grind/ground/ground lead/led/led feel/felt/felt shine/shone/shone
            spread/spread/spread light/lit/lit cost/cost/cost mislay/mislaid/mislaid kneel/knelt/knelt be/was/been
            have/had/had do/did/done go/went/gone come/came/come see/saw/seen hear/heard/heard find/found/found
            buy/bought/bought sell/sold/sold begin/began/begun build/built/built break/broke/broken
            bring/brought/brought take/took/taken give/gave/given get/got/got keep/kept/kept lose/lost/lost
            win/won/won hide/hid/hidden show/showed/shown leave/left/left rise/rose/risen fall/fell/fallen
            sing/sang/sung swim/swam/swum fly/flew/flown run/ran/run eat/ate/eaten drink/drank/drunk
            sleep/slept/slept wake/woke/woken write/wrote/written read/read/read speak/spoke/spoken tell/told/told
            say/said/said think/thought/thought know/knew/known teach/taught/taught catch/caught/caught
            hold/held/held throw/threw/thrown drive/drove/driven ride/rode/ridden cut/cut/cut put/put/put
            shut/shut/shut make/made/made meet/met/met feed/fed/fed grow/grew/grown draw/drew/drawn wear/wore/worn
            sit/sat/sat stand/stood/stood forget/forgot/forgotten forgive/forgave/forgiven send/sent/sent
            spend/spent/spent pay/paid/paid lay/laid/laid steal/stole/stolen lend/lent/lent freeze/froze/frozen
            understand/understood/understood sweep/swept/swept weep/wept/wept ring/rang/rung bite/bit/bitten
            shake/shook/shaken choose/chose/chosen blow/blew/blown dig/dug/dug hang/hung/hung fight/fought/fought
            sink/sank/sunk sting/stung/stung bind/bound/bound
            """
        )
    )
}
_DOUBLED = frozenset(
    words(
        """
        admit beg begin chat clap drag drop forget grab grin hug knit nod pat permit pet plan quit rob shun signal slip
        step stop travel trim tug wrap
        """
    )
)
_SILENT_H = ("hour", "honest", "heir")
_CONSONANT_U = re.compile(r"(uni|use|usu|euro|ukulele|one\b)", re.IGNORECASE)


def plural(noun: str) -> str:
    """The plural of a noun; of several words the last is inflected, or the one before "of"."""
    if " of " in noun:
        head, _, rest = noun.partition(" of ")
        return f"{plural(head)} of {rest}"
    head, space, last = noun.rpartition(" ")
    if last.endswith("man"):
        return head + space + last[:-3] + "men"
    return head + space + (_PLURALS.get(last) or _with_s(last))


def third(verb: str) -> str:
    """The form after he, she or it in the present: walks, carries, is. Of several words the first is inflected."""
    if verb in ("be", "have"):
        return {"be": "is", "have": "has"}[verb]
    head, space, rest = verb.partition(" ")
    return _with_s(head) + space + rest


def present(verb: str, *, many: bool) -> str:
    """The form after a noun in the present, singular or plural."""
    if verb == "be":
        return "are" if many else "is"
    return verb if many else third(verb)


def past(verb: str) -> str:
    """walked, carried, bought."""
    head, space, rest = verb.partition(" ")
    return (_VERBS[head][0] if head in _VERBS else _with_ed(head)) + space + rest


def participle(verb: str) -> str:
    """The form after have and in the passive."""
    head, space, rest = verb.partition(" ")
    return (_VERBS[head][1] if head in _VERBS else _with_ed(head)) + space + rest


def ing(verb: str) -> str:
    """walking, making, running, lying."""
    head, space, rest = verb.partition(" ")
    if head.endswith("ie"):
        stem = head[:-2] + "y"
    elif head.endswith("e") and not head.endswith(("ee", "oe")) and head != "be":
        stem = head[:-1]
    else:
        stem = head + head[-1] if _doubles(head) else head
    return f"{stem}ing{space}{rest}"


def article(phrase: str) -> str:
    """The phrase after "a" or "an", as it is spoken."""
    silent = phrase.lower().startswith(_SILENT_H)
    vowel = phrase[0].lower() in "aeiou" and not _CONSONANT_U.match(phrase)
    return f"{'an' if vowel or silent else 'a'} {phrase}"


def capitalised(sentence: str) -> str:
    """The sentence with a capital first letter."""
    return sentence[:1].upper() + sentence[1:]


def _with_s(word: str) -> str:
    if word.endswith(("s", "x", "z", "ch", "sh")) or word in ("go", "do", "undo"):
        return word + "es"
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def _with_ed(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if re.search(r"[^aeiou]y$", verb):
        return verb[:-1] + "ied"
    return (verb + verb[-1] if _doubles(verb) else verb) + "ed"


def _doubles(verb: str) -> bool:
    return verb in _DOUBLED or (verb in _VERBS and re.search(r"^[^aeiou]*[aeiou][bdgmnpt]$", verb) is not None)
