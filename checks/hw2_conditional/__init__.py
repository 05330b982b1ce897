"""The hidden checks of the extra credit: choose the digit."""

from pathlib import Path

from autograder.checks.load import Checks
from checks.gan.experiment import recorder
from checks.gan.feedback_figure import draw_figures
from checks.hw2_conditional.consequences import KNOWN
from checks.hw2_conditional.probes import make_probes
from checks.hw2_conditional.quality import QUALITY

CHECKS = Checks(Path(__file__).parent, make_probes, draw_figures, KNOWN, QUALITY, (recorder(10),))
