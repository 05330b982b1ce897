"""Errors of student code are told with the student's own line, what they mean, and sizes that are those of the run."""

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest

from autograder.attempt import fill_in
from autograder.checks import load_checks, make_probes
from autograder.config import Course
from autograder.demo.students import THREE_OPTIMIZERS
from autograder.grading import grade_submission, make_task
from autograder.intake import Submission
from autograder.selftest import judge_solution
from autograder.verdict import CheckResult, Verdict

HEAD = "import torch\nimport torch.nn.functional as F\n\n"
HW2 = Path(__file__).parents[3] / "checks" / "hw2"
CHECKS = {
    "configure_optimizers": "every_module_has_an_optimizer",
    "discriminator_loss": "discriminator_loss_is_right",
    "generator_loss": "generator_loss_is_right",
    "autoencoder_loss": "autoencoder_loss_is_right",
    "train_step": "step_is_well_behaved",
}
ARGUMENTS = {
    "configure_optimizers": "model, lr",
    "discriminator_loss": "model, x_real, z",
    "generator_loss": "model, z",
    "autoencoder_loss": "model, x_real",
    "train_step": "model, x_real, optimizers",
}
# For each function: its body, the line that is to be quoted, and words that the message must have.
MEMBERS: list[dict[str, tuple[str, str, str]]] = [
    {
        "discriminator_loss": (
            "real = model.discriminator(x_real)\nloss = F.binary_cross_entropy(\n    real, torch.ones(len(real)))\n"
            "return loss",
            "loss = F.binary_cross_entropy(",
            "shapes of two tensors",
        ),
        "generator_loss": (
            "fake = model.discriminator(model.generator(z))\nreturn F.binary_cross_entropy(fake, 1)",
            "return F.binary_cross_entropy(fake, 1)",
            "plain number stands where a tensor is needed",
        ),
        "autoencoder_loss": ("return F.mse_loss(model(x_real), x_real)", "model(x_real)", "model.encoder"),
        "train_step": (
            "z = torch.randn(len(x_real), model.latent_size)\nfake = model.generator(z)\n"
            "loss = model.discriminator(fake).log().mean()\nloss.backward()\n"
            "other = model.discriminator(fake).mean()\nother.backward()",
            "other.backward()",
            "Two backward passes go through the same part of the graph",
        ),
    },
    {
        "discriminator_loss": (
            "p = model.discriminator(x_real)\nreturn F.binary_cross_entropy(p, torch.ones_like(p).double())",
            "torch.ones_like(p).double()",
            "Numbers of two types meet",
        ),
        "generator_loss": (
            "q = model.discriminator(model.generator(z))\nreturn F.binary_cross_entropy(2 * torch.ones_like(q), q)",
            "return F.binary_cross_entropy(2",
            "labels between 0 and 1",
        ),
        "autoencoder_loss": (
            "return F.mse_loss(model.generator(x_real), x_real)",
            "model.generator(x_real)",
            "takes rows of 64 numbers was given rows of 784",
        ),
        "train_step": (
            "loss = F.mse_loss(model.generator(model.encoder(x_real)), x_real)\n"
            "loss.backward(retain_graph=True)\nfor optimizer in optimizers.values():\n    optimizer.step()\n"
            "loss.backward()",
            "loss.backward()",
            "changed after the loss was computed",
        ),
    },
    {
        "discriminator_loss": (
            "norm = torch.nn.BatchNorm1d(x_real.shape[1])\np = model.discriminator(norm(x_real).sigmoid())\n"
            "return F.binary_cross_entropy(p, torch.ones_like(p))",
            "norm(x_real)",
            "mini-batch of a single image",
        ),
        "generator_loss": ("return model.decoder(z).mean()", "model.decoder(z)", "no `decoder`"),
        "autoencoder_loss": (
            "from missing_package import loss\nreturn loss(x_real)",
            "from missing_package import loss",
            "requirements.txt",
        ),
        "train_step": (
            "def total(loss):\n    loss + 0\nloss = total(autoencoder_loss(model, x_real))\nloss.backward()",
            "from missing_package import loss",  # of the function that it calls
            "`missing_package` is not installed",
        ),
    },
    {
        "discriminator_loss": ("return model.discriminator(x_real[:64].view(64, 784)).mean()", "view(64, 784)", "; "),
        "generator_loss": ("raise NotImplementedError", "", "`generator_loss` is not written yet"),
        "autoencoder_loss": ("x_real[0] = 0 if x_real > 0 else 1", "x_real[0] = 0", "one number is needed"),
        "train_step": (
            "loss = generator_loss(model, torch.randn(len(x_real), model.latent_size))",
            "",
            "`train_step` calls `generator_loss`, which is not written yet",
        ),
    },
    {
        "configure_optimizers": (
            "return {'all': torch.optim.Adam(model.encoder.parameters() + model.generator.parameters(), lr=lr)}",
            "return {'all'",
            "takes a list of parameters",
        ),
        "discriminator_loss": (
            "with torch.no_grad():\n    p = model.discriminator(x_real)\nloss = p.mean()\nloss.backward()\nreturn loss",
            "loss.backward()",
            "nothing to go backward to",
        ),
        "generator_loss": (
            "loss = model.generator(z).mean().item()\nreturn loss.mean()",
            "loss.mean()",
            "plain number",
        ),
        "autoencoder_loss": ("return autoencoder_loss(model, x_real)", "return autoencoder_loss", "calls itself"),
    },
]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("probes")
    make_probes(load_checks(HW2), 2024, folder)
    return folder


def judged(functions: dict[str, str], folder: Path, inbox: Path) -> dict[str, CheckResult]:
    """The results of a solution with these bodies of functions, and right ones elsewhere, by the function's name."""
    path = folder / "solution.py"
    wrong = "\n".join(
        f"def {name}({ARGUMENTS[name]}):\n{textwrap.indent(body, '    ')}\n" for name, body in functions.items()
    )
    path.write_text(HEAD + "\n".join(THREE_OPTIMIZERS.values()) + "\n" + wrong)
    verdict = judge_solution(HW2, path, inbox, leave_out=("convergence",))
    by_name = {result.name: result for result in verdict.checks}
    return {function: by_name[check] for function, check in CHECKS.items()}


@pytest.mark.parametrize("members", MEMBERS, ids=["first", "second", "third", "fourth", "fifth"])
def test_the_students_own_line_is_quoted_and_the_commonest_errors_are_explained(
    members: dict[str, tuple[str, str, str]], tmp_path: Path, inbox: Path
) -> None:
    results = judged({name: body for name, (body, _, _) in members.items()}, tmp_path, inbox)
    for name, (_, line, words) in members.items():
        result = results[name]
        said = f"{result.rationale} {result.help}"
        assert result.outcome == "failed", name
        assert words in said, (words, said)
        quoted = re.findall(r" at `([^`]*)`", result.rationale)
        assert quoted == [] if not line else line in quoted[0], (line, said)
        assert not re.search("run_backward|trace.data|_VF|linear\\(input|retain_graph=True if", said), said


def test_what_a_function_returns_is_no_fault_of_a_line(tmp_path: Path, inbox: Path) -> None:
    """Where nothing of the student's is on the way, no line is quoted, and least of all one of ours."""
    body = "z = torch.randn(len(x_real), model.latent_size)\nreturn generator_loss(model, z)\n"
    changed = {
        "train_step": body,
        "generator_loss": "q = model.generator(z).clone()\nloss = q.sigmoid()\nloss.data = q.data\n"
        "w = next(model.generator.parameters())\nloss = (w * w).sum()\n"
        "with torch.no_grad():\n    w.mul_(1.5)\nreturn loss",
    }
    results = judged(changed, tmp_path, inbox)
    loss = results["generator_loss"]
    assert " at `" not in loss.rationale and "changed after the loss was computed" in loss.rationale
    assert results["train_step"].mistake == "wrong-return-value"


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("None", "returned nothing (None), expected"),
        ("loss, loss", "a tuple, expected"),
        ("[loss]", "a list, expected"),
    ],
)
def test_a_loss_that_is_no_tensor_is_told_by_what_it_is(returned: str, words: str, tmp_path: Path, inbox: Path) -> None:
    body = f"loss = model.discriminator(model.generator(z)).mean()\nreturn {returned}"
    result = judged({"generator_loss": body}, tmp_path, inbox)["generator_loss"]
    assert (
        result.mistake == "wrong-return-value" and words in result.rationale and "End it with `return`" in result.help
    )


def test_a_step_that_refuses_a_learning_rate_of_0_is_judged_by_the_others(tmp_path: Path, inbox: Path) -> None:
    body = THREE_OPTIMIZERS["configure_optimizers"].partition("\n")[2]
    refusing = "if lr <= 0:\n    raise ValueError('lr')\n" + textwrap.dedent(body)
    assert judged({"configure_optimizers": refusing}, tmp_path, inbox)["train_step"].outcome == "passed"


def test_in_a_notebook_the_line_is_that_of_the_students_cell(
    released_course: Course, filled: Callable[[dict[str, str]], bytes]
) -> None:
    """Through the sandbox and its kernel, whose cells are files of its own."""
    answers = dict(THREE_OPTIMIZERS)
    answers["train_step"] = answers["train_step"].replace(
        'optimizers["generator"].zero_grad()', 'optimizers["generator"].zero_grad()\n    loss_d.backward()'
    )
    answers["train_step"] = answers["train_step"].replace(
        '    return {"discriminator"', '    return loss_d, loss_g\n    return {"discriminator"'
    )
    answers["loss_functions"] += (
        "\n\ndef generator_loss(model, z):\n    return model.generator(z.repeat(1, 2)).mean()\n"
    )
    release = nbformat.read(released_course.release_notebook("hw2"), as_version=4)
    notebook = nbformat.writes(fill_in(release, answers)).encode()
    graded = grade_submission(make_task(released_course, "hw2", Submission(notebook, {})))
    results = {result.name: result for result in Verdict.from_json(graded.verdict).checks}
    assert " at `return model.generator(z.repeat(1, 2)).mean()`." in results["generator_loss_is_right"].rationale
    assert "was given rows of" in results["generator_loss_is_right"].rationale
    shown = " ".join(result.rationale for result in results.values())
    assert "course_utils" not in shown and "run_backward" not in shown and "append" not in shown
