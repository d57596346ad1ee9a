"""Kernel files that must be refused: cells that are no numbers, wrong shapes, YAML bombs and tricks."""

from __future__ import annotations

from files_records import Bad

CANARY = 'touch "${CONVFILTER_CANARY:-PWNED}"'
MATRIX = "weights: [[0, 1], [1, 0]]\n"


def _kernel(name: str, text: str | bytes, item: int, says: str) -> Bad:
    content = text.encode() if isinstance(text, str) else text
    return Bad(f"{name}.yaml", lambda: content, item, says)


def _cell(name: str, text: str, says: str | None = None) -> Bad:
    """A kernel with something that is no number in row 1, column 2."""
    wanted = f'.yaml:1: row 1, column 2: "{text}" ' if says is None else says
    return _kernel(f"cell-{name}", f"weights: [[0, {text}], [1, 0]]\n", 21, wanted)


CELLS = (
    _cell("nan-yaml", ".nan"),
    _cell("nan", "NaN"),
    _cell("inf-yaml", ".inf"),
    _cell("inf-minus", "-.inf"),
    _cell("inf", "inf"),
    _cell("text", "two", ':1: row 1, column 2: "two" is not a number; write a decimal'),
    _cell("null", "null"),
    _cell("tilde", "~"),
    _cell("empty", '""', 'row 1, column 2: ""'),
    _cell("date", "2001-12-14"),
    _cell("time", "2001-12-14 21:59:43"),
    _cell("true", "true"),
    _cell("yes", "yes"),
    _cell("no", "no"),
    _cell("complex", "1+2j"),
    _cell("half-an-exponent", "1e"),
    _cell("digits-5000", "7" * 5000, "row 1, column 2"),
    _cell("digits-5000-behind-point", "0." + "7" * 5000, "row 1, column 2"),
    _cell("octal", "010"),
    _cell("octal-python", "0o17"),
    _cell("sexagesimal", "1:30"),
    _cell("underscore", "1_000"),
    _cell("hexadecimal", "0x1F"),
    _cell("binary", "0b11"),
    _cell("percent", "5%"),
    _cell("double-sign", "--1"),
    _cell("two-points", "0.5.1"),
    _cell("fraction-of-zero", "1/0", 'row 1, column 2: "1/0" divides by zero'),
    _cell("fraction-of-0.0", "1/0.0"),
    _cell("fraction-twice", "1/2/3"),
    _cell("fraction-of-text", "1/x"),
    _cell("fraction-with-blank", "1 / 9"),
    _cell("exponent-bomb", "1e999999999"),
    _cell("wide-digit", "\uff11"),
    _cell("arabic-digit", "\u0663"),
    _cell("minus-sign", "\u22121"),
    _cell("escape-code", '"\\e[31mred"', "row 1, column 2"),
    _cell("decimal-comma", '"0,5"', 'row 1, column 2: "0,5"'),
    _cell("mapping", "{a: 1}", "row 1, column 2"),
    _cell("list", "[1]", ":1: row 1, column 2: a list is not a number"),
    _kernel("cell-second-line", "weights:\n- [0, 1]\n- [1, two]\n", 21, ':3: row 2, column 2: "two"'),
    _kernel("cell-in-bank", "weights:\n  x: [[1]]\n  y: [[two]]\ncombine: sum\n", 21, ':3: y, row 1, column 1: "two"'),
    _kernel("scale-nan", MATRIX + "scale: nan\n", 21, 'scale: "nan"'),
    _kernel("scale-1-over-0", MATRIX + "scale: 1/0\n", 21, 'scale: "1/0"'),
    _kernel("scale-list", MATRIX + "scale: [1, 2]\n", 21, "scale"),
    _kernel("bias-inf", MATRIX + "bias: .inf\n", 21, 'bias: ".inf"'),
    _kernel("normalize-maybe", MATRIX + "normalize: maybe\n", 21, '"maybe" is neither true nor false'),
    _kernel("flip-1", MATRIX + "flip: 1\n", 21, "flip"),
    _kernel("flip-yes", MATRIX + "flip: yes\n", 21, ':2: flip: "yes" is neither true nor false'),
)

SHAPES = (
    _kernel(
        "ragged", "weights: [[1, 2, 3], [4, 5], [6, 7, 8]]\n", 22, ":1: weights: row 2 has 2 numbers and row 1 has 3"
    ),
    _kernel("ragged-by-one", "weights: [[1, 2], [3]]\n", 22, "row 2 has 1 number and row 1 has 2"),
    _kernel("ragged-by-comma", "weights: [[0, 0,5], [1, 0]]\n", 22, "row 2"),
    _kernel("no-rows", "weights: []\n", 22, "empty"),
    _kernel("no-columns", "weights: [[]]\n", 22, "row 1"),
    _kernel("one-empty-row", "weights: [[1, 2], []]\n", 22, "row 2"),
    _kernel(
        "scalar", "weights: 5\n", 22, ':1: weights: a list of rows is wanted here, as in [[0, 1], [1, 0]], not "5"'
    ),
    _kernel("nothing", "weights:\n", 22, "weights"),
    _kernel("flat", "weights: [1, 2, 3]\n", 22, ":1: row 1: a list of numbers is wanted here, as in [[0, 1]"),
    _kernel("three-dimensional", "weights: [[[1, 2], [3, 4]]]\n", 22, ":1: row 1, column 1: a list is not a number"),
    _kernel("bank-empty", "weights: {}\ncombine: sum\n", 22, "empty"),
    _kernel("bank-sizes", "weights: {x: [[1, 2]], y: [[1], [2]]}\ncombine: sum\n", 22, '"y" is 2 x 1 and "x" is 1 x 2'),
    _kernel("bank-of-scalars", "weights: {x: 1, y: 2}\ncombine: sum\n", 22, "rows"),
    _kernel("bank-of-banks", "weights: {x: {y: [[1]]}}\ncombine: sum\n", 22, "x"),
    _kernel("bank-without-combine", "weights: {x: [[1]], y: [[2]]}\n", 22, "a bank needs `combine"),
    _kernel("combine-without-bank", MATRIX + "combine: sum\n", 22, "`combine` is for a bank"),
    _kernel(
        "combine-unknown",
        "weights: {x: [[1]]}\ncombine: average\n",
        22,
        '"average" is not one of magnitude, sum, max',
    ),
    _kernel("combine-list", "weights: {x: [[1]]}\ncombine: [sum]\n", 22, "combine"),
    _kernel("too-wide", f"weights: [[{'0, ' * 1999}1]]\n", 22, "at most 999 rows and columns"),
    _kernel("too-high", "weights:\n" + "- [1]\n" * 2000, 22, "at most 999 rows and columns"),
)

SUMS = (
    _kernel(
        "zero-sum-normalized",
        "weights: [[1, -1]]\nnormalize: true\n",
        24,
        "sum to about 0, so they cannot be normalised",
    ),
    _kernel(
        "near-zero-sum-normalized",
        "weights: [[1, -0.9999999999]]\nnormalize: true\n",
        24,
        "sum to about 0, so they cannot be normalised",
    ),
    _kernel(
        "bank-half-zero-sum", "weights: {x: [[1, 1]], y: [[1, -1]]}\ncombine: sum\nnormalize: true\n", 24, "normalised"
    ),
    _kernel("huge-1e300", "weights: [[1e300, -1e300]]\n", 24, 'row 1, column 1: "1e300"'),
    _kernel("huge-fraction", "weights: [[1/1e-300]]\n", 24, "row 1, column 1"),
    _kernel("huge-product", "weights: [[1e9]]\nscale: 1e9\n", 24, "1e+09"),
    _kernel("huge-bias", MATRIX + "bias: 1e300\n", 24, "bias"),
    _kernel("all-zero", "weights: [[0, 0], [0, 0]]\n", 24, "every weight is 0"),
    _kernel("all-zero-normalized", "weights: [[0]]\nnormalize: true\n", 24, "every weight is 0"),
    _kernel("all-zero-by-scale", MATRIX + "scale: 0\n", 24, "every weight is 0"),
    _kernel("all-zero-in-float32", "weights: [[1e-60]]\n", 24, "every weight is 0"),
)


def _laughs() -> bytes:
    """Nine levels of nine aliases: 387 million cells if they are written out."""
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for before, name in zip("abcdefgh", "bcdefghi", strict=True):
        lines.append(f"{name}: &{name} [{', '.join(['*' + before] * 9)}]")
    return "\n".join([*lines, "weights: *i", ""]).encode()


def _merges() -> bytes:
    """Merge keys that double at every level, which PyYAML itself writes out while it loads."""
    levels = (f"m{level}: &m{level} {{<<: [*m{level - 1}, *m{level - 1}]}}" for level in range(1, 26))
    return "\n".join(["m0: &m0 {a: 1}", *levels, "weights: *m25", ""]).encode()


BOMBS = (
    Bad("billion-laughs.yaml", _laughs, 25, "alias"),
    Bad("merge-bomb.yaml", _merges, 25, "alias"),
    _kernel("merge-key", "<<: {bias: 1}\n" + MATRIX, 25, "without merging"),
    _kernel("alias", "weights: [&row [0, 1], *row]\n", 25, "alias"),
    _kernel("alias-to-itself", "weights: &w [*w]\n", 25, "alias"),
    _kernel("anchor", "weights: &w [[0, 1]]\n", 25, "anchor"),
    _kernel("deep-5000-lists", "weights: " + "[" * 5000 + "]" * 5000, 25, "nest"),
    _kernel("deep-5000-mappings", "weights: " + "{a: " * 5000 + "}" * 5000, 25, "nest"),
    _kernel("deep-5000-open", "weights: " + "[" * 5000, 25, "nest"),
    _kernel("deep-5000-dashes", "- " * 5000 + "1\n", 25, "nest"),
    Bad("50-megabytes.yaml", lambda: b"weights: [[" + b"0, " * 17_000_000 + b"0]]\n", 25, "larger than"),
    Bad("50-megabytes-comment.yaml", lambda: b"#" * 50_000_000 + b"\n" + MATRIX.encode(), 25, "larger than"),
    _kernel("long-key", "k" * 900_000 + ": 1\n", 25, ":1:"),
    _kernel("million-cells", "weights: [[" + "1," * 400_000 + "1]]\n", 25, "50,000 values"),
    _kernel("million-mistakes", "weights: [[" + "x," * 400_000 + "x]]\n", 25, "50,000 values"),
    _kernel("thousands-of-keys", "".join(f"k{n}: 1\n" for n in range(50_000)), 25, "50,000 values"),
)

TAGS = (
    _kernel("tag-os-system", f"weights: !!python/object/apply:os.system ['{CANARY}']\n", 26, "tag"),
    _kernel(
        "tag-subprocess", f"a: !!python/object/apply:subprocess.call\n  args: [['sh', '-c', '{CANARY}']]\n", 26, "tag"
    ),
    _kernel(
        "tag-eval",
        f"weights: !!python/object/new:eval [\"__import__('os').system('{CANARY}')\"]\n".replace(
            CANARY, CANARY.replace('"', '\\"')
        ),
        26,
        "tag",
    ),
    _kernel("tag-module", "weights: !!python/module:antigravity\n", 26, "tag"),
    _kernel("tag-binary", "weights: !!binary AAAA\n", 26, "tag"),
    _kernel("tag-float", "weights: [[!!float 1]]\n", 26, "tag"),
    _kernel("tag-set", "weights: !!set {a, b}\n", 26, "tag"),
    _kernel("tag-own", "weights: !kernel [[1]]\n", 26, "tag"),
)

TEXTS = (
    _kernel("duplicate-key", MATRIX + "bias: 0\nbias: 1\n", 27, ":3:"),
    _kernel("duplicate-in-bank", "weights:\n  x: [[1]]\n  x: [[2]]\ncombine: sum\n", 27, '"x"'),
    _kernel("duplicate-weights", MATRIX + MATRIX, 27, ':2: the key "weights" stands twice'),
    _kernel("unknown-key", MATRIX + "wieghts: [[1]]\n", 27, ':2: wieghts: unknown key; did you mean "weights"?'),
    _kernel("unknown-key-in-angle-brackets", MATRIX + "<matrix>: 1\n", 27, ":2: <matrix>: unknown key; known are"),
    _kernel(
        "name-in-angle-brackets", "combine: sum\nweights:\n  a: [[1]]\n  <b>: [[x]]\n", 27, ":4: <b>, row 1, column 1"
    ),
    _kernel("name-of-a-tag", "weights:\n  <bank>: [[1]]\n  a: [[x]]\ncombine: max\n", 27, ":3: a, row 1, column 1"),
    _kernel("unknown-key-alone", "weight: [[1]]\n", 27, 'unknown key; did you mean "weights"?'),
    _kernel("unknown-key-normalise", MATRIX + "normalise: true\n", 27, '"normalize"'),
    _kernel("unknown-key-far", MATRIX + "zzz: 1\n", 27, "zzz"),
    _kernel("key-in-capitals", "Weights: [[1]]\n", 27, "weights"),
    _kernel("key-list", "? [a, b]\n: 1\n" + MATRIX, 27, ":1:"),
    _kernel("two-documents", MATRIX + "---\n" + MATRIX, 27, "a second document"),
    _kernel("two-documents-one-empty", "---\n---\n" + MATRIX, 27, "a second document"),
    _kernel("utf-16-without-bom", MATRIX.encode("utf-16-le"), 27, ":1:"),
    _kernel("utf-16-cut", MATRIX.encode("utf-16")[:-1], 27, ":1:"),
    _kernel("utf-32", MATRIX.encode("utf-32-le"), 27, ":1:"),
    _kernel("latin-1", b"description: sch\xe4rfer\n" + MATRIX.encode(), 27, ":1:"),
    _kernel("nul", "weights: [[0, \0], [1, 0]]\n", 27, ":1:"),
    _kernel("nul-only", bytes(512), 27, ":1:"),
    _kernel("bell", MATRIX + "description: \a\n", 27, ":2:"),
    _kernel(
        "tab-indent", "weights:\n\t- [0, 1]\n", 27, ":2: not YAML: a tab stands here; YAML is indented with spaces"
    ),
    _kernel("tab-after-dash", "description: \u00e9\r\nweights:\r\n  -\t- 1\r\n", 27, ":3: not YAML: a tab stands"),
    _kernel("no-tab", "weights:\n  - @\t[0, 1]\n", 27, ":2: not YAML: found character that cannot start any token"),
    _kernel("not-closed", "weights: [[0, 1], [1, 0]\n", 27, "not YAML"),
    _kernel("not-quoted-colon", "description: blur: strong\n" + MATRIX, 27, ":1:"),
    _kernel("empty", "", 27, "the file is empty"),
    _kernel("blank-lines", "\n  \n\n", 27, "empty"),
    _kernel("comments-only", "# nothing\n# at all\n", 27, "the file is empty"),
    _kernel("document-mark-only", "---\n", 27, "mapping"),
    _kernel("top-level-list", "[[0, 1], [1, 0]]\n", 27, "mapping"),
    _kernel("top-level-scalar", "sobel\n", 27, ":1: a mapping is wanted here"),
    _kernel("top-level-number", "3\n", 27, "mapping"),
    _kernel("no-weights", "description: nothing\n", 27, "weights: is missing"),
    _kernel("json-array-of-rows", '[{"weights": [[1]]}]', 27, "mapping"),
    _kernel("picture", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 27, ":1:"),
    _kernel("description-list", MATRIX + "description: [a, b]\n", 27, "description"),
)

KERNELS = CELLS + SHAPES + SUMS + BOMBS + TAGS + TEXTS
