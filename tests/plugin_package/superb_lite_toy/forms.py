"""balance: are there more ones than zeros? The label says by how many, the prediction only the sign."""

from superb_lite.forms import RowForm, View


class Balance(RowForm):
    name = "balance"
    predicts = "sign"

    def view(self, example):
        return View("mean")

    def check(self, example, task, items):
        if not isinstance(example.label, int) or example.label == 0:
            raise self.refuse(example, task, "needs a whole number that is not 0 as its label")

    def targets(self, example):
        return (int(example.label > 0),)

    def prediction(self, rows):
        return int(rows[0])
