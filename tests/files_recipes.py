"""Recipe files with a mistake: the text, the line that is told, and the words."""

from convfilter.recipe_schema import MAX_STEPS

MISTAKES = [
    (
        "steps:\n - gray: rec709\n - convolve: sobel\n   strid: 2\n",
        4,
        'step 2: strid: unknown key; did you mean "stride"?',
    ),
    (
        "steps:\n - actvate: relu\n",
        2,
        'step 1: "actvate" is no step; known are convolve, activate, pool, dropout, gray',
    ),
    ("steps:\n - actvate: relu\n", 2, 'did you mean "activate"?'),
    (
        "steps:\n - activate: rellu\n",
        2,
        'activate: "rellu" is not one of relu, relu6, sigmoid, softplus, tanh; did you',
    ),
    ("steps:\n - pool: median\n", 2, '"median" is not one of max, mean'),
    (
        "steps:\n - pool: max\n   padding: valld\n",
        3,
        'step 1: padding: "valld" is not one of valid, same; did you mean "valid"',
    ),
    ("steps:\n - pool: max\n   size: 1/2\n", 3, 'size: "1/2" is not a whole number'),
    ("steps:\n - pool: max\n   size: 0\n", 2, "step 1: the size of a pool is a whole number from 1 to 1000, not 0"),
    ("steps:\n - pool: max\n   size: 010\n", 3, '"010" is not a whole number'),
    ("steps:\n - dropout: 1.5\n", 2, "step 1: the rate of a dropout is from 0 to below 1"),
    ("steps:\n - dropout: .5\n   seed: -1\n", 3, 'seed: "-1" is not a whole number'),
    ("steps:\n - gray: luma\n", 2, '"luma" is not one of mean, rec601, rec709, linear'),
    (
        "steps:\n - gray: mean\n - convolve: sobbel\n",
        3,
        'step 2: sobbel: no such kernel, and no file of that name; did you mean "sobel"',
    ),
    ("steps:\n - convolve: {weights: [[1, x]]}\n", 2, 'step 1: row 1, column 2: "x" is not a number'),
    ("steps:\n - convolve:\n     weights: [[1]]\n     skale: 2\n", 4, 'skale: unknown key; did you mean "scale"?'),
    ("steps:\n - convolve: {weights: {a: [[1]], b: [[2]]}}\n", 2, "step 1: a bank needs `combine`"),
    ("steps:\n - convolve: [[1]]\n", 2, "a name, a path, or a mapping with `weights` is wanted here, not a list"),
    ("steps:\n - convolve: sobel\n   sigma: 2\n", 2, "sigma belongs to --kernel gaussian; sobel has none"),
    ("steps:\n - {convolve: {weights: [[1]]}, size: 3}\n", 2, "leave them out beside one that is written out"),
    ("steps:\n - {convolve: sobel, stride: 0}\n", 2, "step 1: a stride is a whole number from 1 to 1000, not 0"),
    ("steps:\n - {gray: mean, pool: max}\n", 2, "step 1: gray and pool are two steps"),
    ("steps:\n - 3\n", 2, "step 1: a mapping is wanted here, such as `convolve: sobel`"),
    ("steps: 3\n", 1, "steps: a list of steps is wanted here"),
    ("steps: []\n", 1, "a recipe has at least one step"),
    ("step: 3\n", 1, 'step: unknown key; did you mean "steps"?'),
    ("description: x\n", 1, "steps: is missing"),
    ("- 3\n", 1, "a mapping is wanted here, such as `steps: ...`"),
    ("steps:\n - gray: mean\nsteps:\n - gray: mean\n", 3, 'the key "steps" stands twice'),
    ("steps:\n - &a {gray: mean}\n - *a\n", 2, "anchors and aliases"),
    ("steps:\n" + " - gray: mean\n" * (MAX_STEPS + 1), 1, f"a recipe has at most {MAX_STEPS} steps"),
    ("steps:\n - convolve:\n", 2, "step 1: a kernel needs a name or a path; this one is empty"),
    ("steps:\n - dropout: .5\n   seed: 10000000000\n", 2, "a whole number from 0 to 2147483647"),
    (f"steps:\n - convolve: {'k' * 300}\n", 2, f"step 1: {'k' * 77}...: no such kernel"),
]
