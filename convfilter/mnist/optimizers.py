"""How gradients change parameters: TensorFlow's own update kernels, and the learning rate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from convfilter.runtime import tensorflow

Rule = Literal["sgd", "momentum", "adam"]

MOMENTUM = 0.9
BETA1, BETA2, ADAM_EPSILON = 0.9, 0.999, 1e-8

_SLOTS: dict[Rule, tuple[str, ...]] = {"sgd": (), "momentum": ("velocity",), "adam": ("first", "second")}


class Optimizer:
    """One of three update rules over a set of variables.

    - ``sgd``: ``w -= rate * g``
    - ``momentum``: Nesterov's, with 0.9 (Sutskever et al., 2013, On the importance of initialization and momentum)
    - ``adam``: Kingma and Ba, 2015, Adam, with its usual constants

    Args:
        rule: which.
        variables: what is to be trained, by name.
        weight_decay: this share of every weight (not of biases and scales) is added to its gradient.
    """

    def __init__(self, rule: Rule, variables: Mapping[str, Any], weight_decay: float = 0.0) -> None:
        tf = tensorflow()
        self.rule, self.variables, self.weight_decay = rule, variables, weight_decay
        self.slots = {
            f"{name}/{slot}": tf.Variable(tf.zeros_like(variable), trainable=False)
            for name, variable in variables.items()
            for slot in _SLOTS[rule]
        }

    def apply(self, gradients: Mapping[str, Any], rate: Any, step: Any) -> None:
        """Change every variable.

        Args:
            gradients: by name, as the variables.
            rate: the learning rate, a float32 scalar.
            step: how many updates this one makes, from 1, a float32 scalar.
        """
        for name, gradient in gradients.items():
            variable = self.variables[name]
            if self.weight_decay and name.endswith("/weights"):
                gradient = gradient + self.weight_decay * variable
            self._update(name, variable.handle, gradient, rate, step)

    def _update(self, name: str, handle: Any, gradient: Any, rate: Any, step: Any) -> None:
        ops = tensorflow().raw_ops
        slots = [self.slots[f"{name}/{slot}"].handle for slot in _SLOTS[self.rule]]
        match self.rule:
            case "sgd":
                ops.ResourceApplyGradientDescent(var=handle, alpha=rate, delta=gradient)
            case "momentum":
                ops.ResourceApplyKerasMomentum(
                    var=handle, accum=slots[0], lr=rate, grad=gradient, momentum=MOMENTUM, use_nesterov=True
                )
            case "adam":
                ops.ResourceApplyAdam(
                    var=handle,
                    m=slots[0],
                    v=slots[1],
                    beta1_power=BETA1**step,
                    beta2_power=BETA2**step,
                    lr=rate,
                    beta1=BETA1,
                    beta2=BETA2,
                    epsilon=ADAM_EPSILON,
                    grad=gradient,
                )


def one_cycle(progress: float) -> float:
    """The share of the greatest learning rate at a point of training.

    Up from a tenth over the first quarter, then down along a half cosine to 0 (after Smith and Topin, 2018,
    Super-Convergence).

    Args:
        progress: 0 at the beginning, 1 at the end.
    """
    rise = 0.25
    if progress < rise:
        return 0.1 + 0.9 * progress / rise
    return (1 + math.cos(math.pi * (min(progress, 1.0) - rise) / (1 - rise))) / 2
