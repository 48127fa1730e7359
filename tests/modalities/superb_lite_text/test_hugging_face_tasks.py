"""Models of `transformers` on tasks from end to end: in context, frozen and fine-tuned."""

import random

import pytest
import torch
import transformers
from torch.nn.utils.rnn import pad_sequence

from superb_lite.encoders.references import load_encoder
from superb_lite.evaluation.problems import make_problem
from superb_lite.evaluation.run import evaluate
from superb_lite.features.store import FeatureStore
from superb_lite.plugins import tasks
from superb_lite.protocols import PROTOCOLS
from superb_lite.protocols.finetune import Finetune
from superb_lite.protocols.finetune_settings import FinetuneRule
from superb_lite.protocols.incontext import InContext, InContextSettings
from tests.modalities.superb_lite_text import tiny_models

WORDS = {"yes": ("cat", "bird"), "no": ("dog", "mat")}


def write_table(path, *, pair=False, crossed=False, size=80):
    """The label is whether a text speaks of a cat or a bird; of a pair, whether both texts do the same.

    crossed: every word has both labels equally often, so that whoever answers by the word is right half the time.
    """
    rows = ["text_a\ttext_b\tlabel" if pair else "text\tlabel"]
    for number in range(size):
        label = ("yes", "no")[number % 2]
        word = [*WORDS["yes"], *WORDS["no"]][number // 2 % 4] if crossed else WORDS[label][number // 2 % 2]
        text = f"the {word} {('sat', 'looked', 'reads')[number % 3]} {number}"
        other = f"a good {WORDS[label][number // 3 % 2]} {number}"
        rows.append(f"{text}\t{other}\t{label}" if pair else f"{text}\t{label}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return f"tsv:{path}"


@pytest.fixture(scope="module")
def language_model(tmp_path_factory):
    """A GPT-2 that was taught what the table asks, in the form that the plain prompt has."""
    folder = tmp_path_factory.mktemp("models") / "gpt2"
    tiny_models.save("gpt2", folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.GPT2Config(
        vocab_size=len(tokenizer), n_positions=128, n_embd=32, n_layer=2, n_head=2, bos_token_id=0, eos_token_id=0,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0,
    )  # fmt: skip
    model = transformers.GPT2LMHeadModel(config)
    draw = random.Random(0)

    def question():
        label = draw.choice(list(WORDS))
        return (
            f"the {draw.choice(WORDS[label])} {draw.choice(('sat', 'looked', 'reads'))} {draw.randrange(99)}\n",
            label,
        )

    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for _ in range(120):
        rows, labels = [], []
        for _ in range(16):
            parts = [part for _ in range(draw.choice((1, 2, 5))) for part in (*question(), "\n\n")]
            pieces = tokenizer(parts)["input_ids"]
            rows.append(torch.tensor([token for piece in pieces for token in piece]))
            said = [n % 3 == 1 for n in range(len(pieces))]  # only the answers are learnt
            labels.append(torch.tensor([t if s else -100 for p, s in zip(pieces, said, strict=True) for t in p]))
        token = pad_sequence(rows, batch_first=True)
        optimizer.zero_grad()
        model(input_ids=token, labels=pad_sequence(labels, batch_first=True, padding_value=-100)).loss.backward()
        optimizer.step()
    model.save_pretrained(folder)
    return folder


def test_a_language_model_answers_in_context(language_model, tmp_path):
    task = write_table(tmp_path / "cats.tsv")
    (result,) = evaluate(f"hf:{language_model}", task, protocol="incontext", seeds=2)
    assert result.score > 0.9
    assert result.seeds[0].parameters == {"encoder": 0, "head": 0}
    crossed = write_table(tmp_path / "crossed.tsv", crossed=True, size=400)
    (chance,) = evaluate(f"hf:{language_model}", crossed, protocol="incontext", seeds=2)
    assert 0.3 < chance.score < 0.7


def test_its_answers_are_those_of_the_likelihoods_one_by_one(language_model):
    """Without examples and without content-free inputs the answer is the likelier word."""
    path = language_model.parent / "cats.tsv"
    (task,) = tasks(write_table(path))
    encoder = load_encoder(f"hf:{language_model}")
    problem = make_problem(task, seeds=[0], limit=None, root=None)
    protocol = InContext(InContextSettings(shots=(0,), content_free=()))
    (outcome,) = protocol.run(FeatureStore(encoder, None), problem)
    for example in problem.test:
        text = problem.item(example)
        values = [float(encoder.log_likelihood([f"{text}\n"], [label])) for label in task.labels]
        assert outcome.predictions[example.id] == values.index(max(values))


@pytest.mark.parametrize("kind", ["bert", "gpt2", "t5"])
def test_features_are_evaluated(kind, tmp_path):
    tiny_models.save(kind, tmp_path / kind)
    (result,) = evaluate(f"hf:{tmp_path / kind}", write_table(tmp_path / "cats.tsv"), protocol="frozen", seeds=2)
    assert result.score > 0.85
    assert result.encoder == f"hf:{tmp_path / kind}"


@pytest.mark.parametrize("kind", ["bert", "gpt2"])
def test_pairs_are_fine_tuned(kind, tmp_path, monkeypatch):
    # The models are tiny and know nothing yet: they need the rates of ours, not those that spare what a model knows.
    monkeypatch.setitem(PROTOCOLS, "finetune", Finetune(FinetuneRule().ours))
    tiny_models.save(kind, tmp_path / kind)
    task = write_table(tmp_path / "pairs.tsv", pair=True, size=200)
    (result,) = evaluate(f"hf:{tmp_path / kind}", task, protocol="finetune", seeds=1)
    width = 16 if kind == "bert" else 4 * 16  # a pair is read as one, or as two
    assert result.seeds[0].parameters["head"] == 2 * width + 2
    assert result.score > 0.95
