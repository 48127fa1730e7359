"""Evaluation seeds that a protocol computes by themselves can be shared out: alone they are what they are together."""

import pytest

from superb_lite.evaluation.run import Evaluator
from superb_lite.forms import form_of
from superb_lite.heads.training import SequenceSettings
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneSettings
from superb_lite.protocols.frozen import Frozen
from superb_lite.protocols.incontext import InContext
from superb_lite.protocols.knn import Knn
from tests.superb_lite.toy_sequences import sequence_data, sequence_task
from tests.superb_lite.toy_speakers import speakers, verify_task
from tests.superb_lite.toy_tasks import ToyEncoder, classify_data, tag_data, toy_task

FROZEN = Frozen(sequence=SequenceSettings(steps=12, linear_steps=12, epochs=1, looks=2, width=8))
FINETUNE = Finetune(FinetuneSettings(learning_rates=(1e-3, 1e-2), epochs=2))


def made(kind):
    return sequence_task(kind, sequence_data(kind, train=12, test=8))


CASES = {
    "transcribe, frozen": (lambda: made("transcribe"), FROZEN),
    "diarize, frozen": (lambda: made("diarize"), FROZEN),
    "x-vector, frozen": (lambda: verify_task(speakers(noise=0.5, train=24, pairs=20), head="xvector"), FROZEN),
    "classify, finetune": (lambda: toy_task(classify_data(noise=0.5, train=30, test=20)), FINETUNE),
    "tag, finetune": (lambda: toy_task(tag_data(noise=0.5, train=20, test=10), form="tag"), FINETUNE),
    "transcribe, finetune": (
        lambda: made("transcribe"),
        FINETUNE,
    ),
}


def evaluator_of(task, how):
    width = next(iter(task.data().items.values())).shape[1]
    return Evaluator(ToyEncoder(width=width), reference="toy", seeds=3, protocols={how.name: how})


@pytest.mark.parametrize("case", CASES)
def test_a_seed_alone_is_what_it_is_beside_others_to_the_last_bit(case):
    make, how = CASES[case]
    task = make()
    together, alone = evaluator_of(task, how), evaluator_of(task, how)
    assert together.seeds_apart(task, how.name)

    expected = together.outcomes_on(task, how.name)
    found = [outcome for number in range(3) for outcome in alone.outcomes_on(task, how.name, only=number)]

    assert found == expected
    assert [outcome.seed for outcome in found] == [0, 1, 2]
    assert (
        alone.result(task, how.name, found, seconds=1.0).seeds
        == together.result(task, how.name, expected, seconds=1.0).seeds
    )


class Blind(ToyEncoder):
    """Nothing to fine-tune."""

    def __init__(self):
        super().__init__()
        for name, parameter in list(self.named_parameters()):
            owner, _, last = name.rpartition(".")
            module = self.get_submodule(owner)
            delattr(module, last)
            module.register_buffer(last, parameter.data)


def test_heads_that_are_trained_as_one_are_not_apart():
    classify, verify = toy_task(classify_data()), verify_task(speakers())

    assert not Frozen().seeds_apart(classify, ToyEncoder())
    assert not Frozen().seeds_apart(verify, ToyEncoder())
    assert not Knn().seeds_apart(classify, ToyEncoder())
    assert not InContext().seeds_apart(classify, ToyEncoder())
    assert not Finetune().seeds_apart(classify, Blind())
    assert Finetune().seeds_apart(classify, ToyEncoder())
    assert form_of(classify).name == "classify"
