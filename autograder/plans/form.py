"""The form of what comes back for a plan, as typed records: nothing else passes the door.

In the flow *course material -> submission -> trace -> verdict -> gradebook -> report* `autograder.plans.door` reads a
trace through these; what writes them in the sandbox is `coursekit.plans.storing`.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from coursekit.plans.answers import ProblemKind
from coursekit.plans.values import MAX_DIGITS, MAX_ITEMS, MAX_TEXT

Number = float | Literal["inf", "-inf", "nan"]


Text = Annotated[str, Meta(max_length=MAX_TEXT)]


class TensorForm(Struct, tag_field="is", tag="tensor", forbid_unknown_fields=True):
    tensor: str
    array: bool
    requires_grad: bool


class NumberForm(Struct, tag_field="is", tag="number", forbid_unknown_fields=True):
    number: int | Number


class WholeForm(Struct, tag_field="is", tag="whole", forbid_unknown_fields=True):
    digits: Annotated[str, Meta(pattern=f"^-?[0-9]{{1,{MAX_DIGITS}}}$")]


class PlainForm(Struct, tag_field="is", tag="plain", forbid_unknown_fields=True):
    plain: bool | Text | None


class ComplexForm(Struct, tag_field="is", tag="complex", forbid_unknown_fields=True):
    real: Number
    imag: Number


class BytesForm(Struct, tag_field="is", tag="bytes", forbid_unknown_fields=True):
    hex: Annotated[str, Meta(pattern="^([0-9a-f]{2})*$", max_length=2 * MAX_TEXT)]


class SetForm(Struct, tag_field="is", tag="set", forbid_unknown_fields=True):
    elements: Annotated[list["ValueForm"], Meta(max_length=MAX_ITEMS)]


class ItemsForm(Struct, tag_field="is", forbid_unknown_fields=True):
    items: Annotated[list["ValueForm"], Meta(max_length=MAX_ITEMS)]
    keys: Annotated[list["ValueForm"], Meta(max_length=MAX_ITEMS)]


class ListForm(ItemsForm, tag="list"):
    pass


class TupleForm(ItemsForm, tag="tuple"):
    pass


class DictForm(ItemsForm, tag="dict"):
    pass


class OtherForm(Struct, tag_field="is", tag="other", forbid_unknown_fields=True):
    type: str
    why: str


PlainForms = NumberForm | WholeForm | ComplexForm | PlainForm | BytesForm
ValueForm = TensorForm | PlainForms | ListForm | TupleForm | DictForm | SetForm | OtherForm


class AnswerForm(Struct, tag_field="gives", forbid_unknown_fields=True):
    pass


class NothingForm(AnswerForm, tag="nothing"):
    pass


class ReturnedForm(AnswerForm, tag="value"):
    value: ValueForm
    printed: Text
    changed: list[str]
    dropped: int


class ModuleForm(AnswerForm, tag="module"):
    shapes: dict[str, list[int]]


class GradientsForm(AnswerForm, tag="gradients"):
    cut: bool
    parts: dict[str, dict[str, str | None]]


class TensorsForm(AnswerForm, tag="tensors"):
    tensors: dict[str, str | None]
    training: bool | None


class GroupForm(Struct, forbid_unknown_fields=True):
    lr: Number
    parameters: list[str | None]


class GroupsForm(AnswerForm, tag="groups"):
    groups: list[GroupForm]


class AxesForm(Struct, forbid_unknown_fields=True):
    title: str
    x_label: str
    y_label: str
    lines: list[str]
    labels: list[str]
    images: int
    bars: list[str]


class FiguresForm(AnswerForm, tag="figures"):
    figures: list[list[AxesForm]]


class ProblemForm(AnswerForm, tag="problem"):
    kind: ProblemKind
    type: str
    message: str
    line: str
    function: str
    step: int
    turns: int
    bases: list[str]


ToldForm = (
    NothingForm | ReturnedForm | ModuleForm | GradientsForm | TensorsForm | GroupsForm | FiguresForm | ProblemForm
)


class TraceForm(Struct):
    answers: list[ToldForm]
