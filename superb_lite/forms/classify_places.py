"""classify-places: one class for an image, by features that keep roughly where in the image they were."""

from __future__ import annotations

from typing import ClassVar

from superb_lite.forms.base import View
from superb_lite.forms.classify import Classify
from superb_lite.tasks.labels import Example


class ClassifyPlaces(Classify):
    """`Classify` on the joined means of the four quarters of the feature map (`View` "grid").

    The mean over all places, which `classify` reads, says what is in an image and hardly where.
    """

    name: ClassVar[str] = "classify-places"
    arity: ClassVar[tuple[int, ...]] = (1,)

    def view(self, example: Example) -> View:
        return View("grid")
