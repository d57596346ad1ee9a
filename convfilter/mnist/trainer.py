"""The state of a network that learns: its variables, one step of training, and taking both out and in again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from convfilter.mnist.allographs import with_allographs
from convfilter.mnist.augmenting import augmented
from convfilter.mnist.data import Split
from convfilter.mnist.layers import parameter_shapes, statistics_shapes
from convfilter.mnist.networks import TrainingPass, Weights, folded, logits
from convfilter.mnist.optimizers import Optimizer, one_cycle
from convfilter.mnist.presets import PRESETS, Preset, Run
from convfilter.mnist.tensor_files import Arrays, Shapes
from convfilter.runtime import tensorflow

STATISTICS_DECAY = 0.99
"""Of the running mean and variance of a normalised layer, for a step."""


class Trainer:
    """A network while it learns.

    Random numbers follow from the seed and the number of the step alone, so that a training that was
    taken up again goes on as if it had never stopped.

    Args:
        run: what to do.
        training: the images to learn from.
        strategy: a `tf.distribute` strategy; every replica takes its share of each batch.
    """

    def __init__(self, run: Run, training: Split, strategy: Any) -> None:
        tf = tensorflow()
        self.run, self.strategy, self.step = run, strategy, 0
        self.preset: Preset = PRESETS[run.preset]
        self.size = len(training)
        self.steps = max(1, round(run.epochs * self.size / run.batch_size))
        self._images = tf.constant(training.images[..., np.newaxis])
        if self.preset.allographs:
            others = with_allographs(training.images, training.labels, run.seed)
            self._others = tf.constant(others[..., np.newaxis])
        self._labels = tf.constant(training.labels.astype(np.int32))
        self._order: tuple[int, NDArray[np.int64]] = (-1, np.arange(0))
        with strategy.scope():
            self.parameters = {name: tf.Variable(value, name=name) for name, value in _initial(self.preset, run.seed)}
            self.statistics = {
                name: tf.Variable(
                    tf.fill(shape, float(name.endswith("variance"))),
                    trainable=False,
                )
                for name, shape in statistics_shapes(self.preset.layers).items()
            }
            self.optimizer = Optimizer(self.preset.rule, self.parameters, self.preset.weight_decay)
        self._step = tf.function(self._distributed_step, autograph=False)

    def train_batch(self, progress: float) -> tuple[float, float]:
        """Learn from the next batch.

        Args:
            progress: where training stands, from 0 to 1; the learning rate follows from it.

        Returns:
            The mean loss of the batch, and the share of it that was recognised.
        """
        tf = tensorflow()
        rate = self.run.learning_rate * (one_cycle(progress) if self.preset.one_cycle else 1.0)
        batch = tf.constant(self._next_batch())
        loss, correct = self._step(batch, tf.constant(rate, tf.float32), tf.constant(self.step, tf.int32))
        self.step += 1
        return float(loss), float(correct)

    def weights(self) -> Weights:
        """The parameters of the network as it stands, for use."""
        variables = self.parameters | self.statistics
        return folded(self.preset.layers, {name: variable.numpy() for name, variable in variables.items()})

    def state(self) -> Arrays:
        """Everything that the next step depends on, beside `step`."""
        return {name: variable.numpy() for name, variable in self._variables().items()}

    def is_finite(self) -> bool:
        """Whether all of `state` is numbers that can be gone on with."""
        return all(np.isfinite(array).all() for array in self.state().values())

    def restore(self, state: Mapping[str, NDArray[np.float32]], step: int) -> None:
        """Go on from a `state` after so many steps."""
        for name, variable in self._variables().items():
            variable.assign(state[name])
        self.step = step

    def state_shapes(self) -> Shapes:
        """The shape of every array of `state`."""
        return {name: tuple(variable.shape) for name, variable in self._variables().items()}

    def _variables(self) -> dict[str, Any]:
        return self.parameters | self.statistics | self.optimizer.slots

    def _next_batch(self) -> NDArray[np.int64]:
        """Which images: the epochs follow one another without a gap, each in an order of its own."""
        first = self.step * self.run.batch_size
        places = np.arange(first, first + self.run.batch_size)
        batch = np.empty(len(places), np.int64)
        for epoch in np.unique(places // self.size):
            if self._order[0] != epoch:
                order = np.random.default_rng((self.run.seed, int(epoch))).permutation(self.size)
                self._order = (int(epoch), order)
            here = places // self.size == epoch
            batch[here] = self._order[1][places[here] % self.size]
        return batch

    def _varied(self, indices: Any, seed: Any) -> Any:
        """Training images, (n, 28, 28, 1), float32 in [0, 1], as this step is to see them."""
        tf = tensorflow()
        images = tf.gather(self._images, indices)
        if self.preset.allographs:
            draws = tf.random.stateless_uniform((tf.shape(indices)[0], 1, 1, 1), tf.random.fold_in(seed, 1))
            images = tf.where(draws < self.preset.allographs, tf.gather(self._others, indices), images)
        images = tf.cast(images, tf.float32) / 255
        if self.preset.augmentation:
            images = augmented(images, self.preset.augmentation, tf.random.fold_in(seed, 2))
        return images

    def _distributed_step(self, batch: Any, rate: Any, step: Any) -> Any:
        tf = tensorflow()
        each = self.strategy.run(self._replica_step, args=(batch, rate, step))
        return self.strategy.reduce(tf.distribute.ReduceOp.SUM, each, axis=None)

    def _replica_step(self, batch: Any, rate: Any, step: Any) -> Any:
        """One replica's share of a step; gradients and moments are brought together over all of them."""
        tf = tensorflow()
        context = tf.distribute.get_replica_context()
        replicas = context.num_replicas_in_sync
        share = batch[context.replica_id_in_sync_group :: replicas]
        seed = tf.stack([self.run.seed, step * replicas + context.replica_id_in_sync_group])
        images, labels = self._varied(share, seed), tf.gather(self._labels, share)
        training = TrainingPass(tf.random.fold_in(seed, 0))
        with tf.GradientTape() as tape:
            scores = logits(self.preset.layers, self.parameters, images, training)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, scores)
            loss = tf.reduce_sum(losses) / self.run.batch_size
        gradients = tape.gradient(loss, self.parameters)
        gradients = context.all_reduce(tf.distribute.ReduceOp.SUM, gradients)
        moments = context.all_reduce(tf.distribute.ReduceOp.MEAN, training.moments) if training.moments else {}
        self.optimizer.apply(gradients, rate, tf.cast(step + 1, tf.float32))
        for name, moment in moments.items():
            _update(self.statistics[name], moment)
        correct = tf.equal(tf.argmax(scores, axis=1, output_type=tf.int32), labels)
        return loss, tf.reduce_sum(tf.cast(correct, tf.float32)) / self.run.batch_size


def _update(statistic: Any, moment: Any) -> None:
    """Move a running statistic towards what the batch has; every replica moves its own copy alike."""
    tensorflow().raw_ops.AssignSubVariableOp(
        resource=statistic.handle, value=(statistic - moment) * (1 - STATISTICS_DECAY)
    )


def _initial(preset: Preset, seed: int) -> list[tuple[str, NDArray[np.float32]]]:
    """The parameters to begin with, by name."""
    random = np.random.default_rng((seed, 2**32))  # not the stream of any epoch
    values = []
    for name, shape in parameter_shapes(preset.layers, training=True).items():
        if name.endswith("/weights"):
            spread = (2 / np.prod(shape[:-1])) ** 0.5 if preset.initial is None else preset.initial
            value = random.normal(0.0, spread, shape)
        else:
            value = np.full(shape, 1.0 if name.endswith("/scale") else preset.initial_bias)
        values.append((name, value.astype(np.float32)))
    return values
