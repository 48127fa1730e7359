"""Documents about countries and their cities, and about where and when something happens."""

from __future__ import annotations

import random

from superb_lite_sources.english import places
from superb_lite_sources.english.inflection import capitalised
from superb_lite_sources.english.people import person
from superb_lite_sources.english.places import Country
from superb_lite_sources.english.tables import Sentences, listed


def a_journey(rng: random.Random, country: Country, city: str) -> Sentences:
    """A journey to a city: where it lies, what one speaks and eats there, and where the journey goes on."""
    who = person(rng)
    other = rng.choice([c for c in country.cities if c != city])
    known, known_too = rng.sample(country.known, 2)
    place = rng.choice(places.SPOTS)
    return [
        rng.choice(
            (
                f"{who.name} travelled to {city} {rng.choice(places.TIMES)}.",
                f"{who.name} comes from {city}.",
                f"{who.name} flew to {city} with {person(rng).name}.",
                f"{who.name} has moved to {city}.",
            )
        ),
        rng.choice(
            (
                f"{city} is a city in {country.name}.",
                f"this {country.people} city is known for {known}.",
                f"like {other}, {city} belongs to {country.name}.",
                f"it lies in {country.name}, not far from {other}.",
            )
        ),
        rng.choice(
            (
                f"in {country.name} {who.he} heard people speak {country.language}.",
                f"{who.he} asked a {country.people} friend for the way to {city}.",
                f"{who.he} learnt some {country.language} words and saw {known_too}.",
                f"everywhere in {city} {who.he} saw {known} and {known_too}.",
            )
        ),
        rng.choice(
            (
                f"then {who.he} took the train from {city} to {other}.",
                f"{who.he} sent {who.his} family a {country.people} postcard from {city}.",
                f"at the end {who.he} met a woman from {other} {place}.",
                f"when {who.he} left {country.name}, {who.he} missed {known}.",
            )
        ),
    ]


def a_guide(rng: random.Random, country: Country, city: str) -> Sentences:
    """A country by its cities, its language and what it is known for."""
    who = person(rng)
    others = rng.sample([c for c in country.cities if c != city], 3)
    known, known_too = rng.sample(country.known, 2)
    return [
        rng.choice(
            (
                f"the map of {country.name} shows {listed([city, *others])}.",
                f"{listed([city, *others[:2]])} are {country.people} cities.",
                f"{country.name} is the country of {known} and {known_too}, of {city} and {others[0]}.",
                f"trains run from {city} to {others[0]} and through all of {country.name}.",
                f"which {country.people} city is the finest, {city}, {others[1]} or {others[2]}?",
            )
        ),
        rng.choice(
            (
                f"people in {city} and {others[0]} speak {country.language} and like {known}.",
                f"in {city} one buys {known}, for {country.name} is full of {known}.",
                f"the {country.people} flag hangs from the town hall of {city}.",
                f"whoever lives in {city} is {country.people} and eats or sees {known_too} every day.",
            )
        ),
        rng.choice(
            (
                f"{who.name} knows {country.name} well: {who.he} studied in {others[1]} and worked in {city}.",
                f"{who.name} wants to see {country.name}, above all {city} and {others[2]}.",
                f"from {city} {who.name} sent greetings in {country.language} and {country.people} {known_too}.",
                f"the government of {country.name} met in {city}, the {country.people} artists in {others[0]}.",
            )
        ),
    ]


def a_search(rng: random.Random) -> Sentences:
    """Places beside places, times beside times."""
    who, friend = person(rng), person(rng)
    here, there, elsewhere, last = rng.sample(places.SPOTS, 4)
    now, then, later, ever = rng.sample(places.TIMES, 4)
    thing = rng.choice(("cat", "ball", "glove", "purse", "flute", "coat", "stamp", "ticket"))
    return [
        rng.choice(
            (
                f"where was the {thing}? Was it {here}, {there} or {elsewhere}?",
                f"{who.name} had looked for the {thing} {here}, {there} and {elsewhere}.",
                f"the {thing} was not {here} and not {there} either.",
                f"one place after the other was searched, {here} and {there}.",
            )
        ),
        rng.choice(
            (
                f"it lay {last}, that was the place.",
                f"{capitalised(last)}, where {friend.name} had been before, it lay at last.",
                f"{friend.name} stood {last} and held it up. Where did it lie? {capitalised(last)}.",
            )
        ),
        rng.choice(
            (
                f"when had it been seen? {capitalised(now)} or {then}, said {who.name}.",
                f"{now} it was still there, {then} it was gone, and {later} nobody knew the hour.",
                f"the time was written down: {now}, {then} and once more {later}.",
                f"{who.name} has time {now}, {friend.name} {then} or {later}, but never {ever}.",
            )
        ),
    ]
