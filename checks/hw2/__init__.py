"""The hidden checks of homework 2: an autoencoder and a GAN in one."""

from pathlib import Path

from autograder.checks.load import Checks
from checks.gan.consequences import KNOWN
from checks.gan.experiment import recorder
from checks.gan.feedback_figure import draw_figures
from checks.hw2.probes import make_probes
from checks.hw2.quality import QUALITY

CHECKS = Checks(Path(__file__).parent, make_probes, draw_figures, KNOWN, QUALITY, (recorder(),))
