"""centroid: the class whose mean feature is the nearest."""

import torch

from superb_lite.forms import RowForm
from superb_lite.heads.problem import Outcome
from superb_lite.protocols.base import Protocol


class Centroid(Protocol):
    name = "centroid"
    forms = (RowForm,)

    def settings(self, form, encoder):
        return {"distance": "euclidean"}

    def views(self, problem):
        return problem.views()

    def run(self, features, problem, progress=None):
        table = features.table(problem.views(), progress)

        def rows(examples):
            return torch.cat([table.stack(problem.keys(e), table.depth - 1) for e in examples])

        outcomes = []
        for number, seed in enumerate(problem.seeds):
            labelled = problem.labels_of(number)
            label = torch.tensor([problem.form.targets(e)[0] for e in labelled])
            centres = torch.stack([rows(labelled)[label == k].mean(dim=0) for k in range(len(problem.task.labels))])
            nearest = torch.cdist(rows(problem.test), centres).argmin(dim=1).tolist()
            predictions = {e.id: problem.form.prediction([k]) for e, k in zip(problem.test, nearest, strict=True)}
            outcomes.append(Outcome(seed, predictions, {}, {"encoder": 0, "head": centres.numel()}))
        return outcomes
