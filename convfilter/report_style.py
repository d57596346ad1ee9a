"""How the page about a run looks, and its slider."""

# The overlay holds for screens only, so that paper, like a browser without JavaScript, shows two pictures.
STYLE = """
:root { color-scheme: light dark; --muted: #5a5a5a; --bad: #b3261e; --stage: #e6e6e6 }
@media (prefers-color-scheme: dark) { :root { --muted: #a8a8a8; --bad: #ff8a80; --stage: #262626 } }
body { font: 1rem/1.4 system-ui, sans-serif; max-width: 80rem; margin: 0 auto; padding: 1rem }
h1, h2 { line-height: 1.2; margin: 0; overflow-wrap: anywhere }
h2 { margin: 2rem 0 .5rem; text-transform: capitalize }
ul { list-style: none; margin: 0 0 .5rem; padding: 0; display: grid; gap: .5rem 1rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
  content-visibility: auto; contain-intrinsic-block-size: auto 120rem }
li { min-width: 0; padding: .5rem; overflow-wrap: anywhere; border-top: 1px solid #8885 }
li.plain { grid-column: 1 / -1 }
p { color: var(--muted); margin: .25rem 0 }
h3, li p { font-size: .9rem; margin: .1rem 0 }
h3 { font-family: ui-monospace, monospace; font-weight: 600 }
.failed .reason, .some-failed { color: var(--bad) }
.pair { position: relative; display: flex; margin-bottom: .5rem }
.pair img { width: 50%; aspect-ratio: 4/3; object-fit: contain; background: var(--stage) }
.pair::before, .pair::after { position: absolute; z-index: 1; bottom: 0; padding: 0 .4em; font-size: .75rem;
  color: #fff; background: #000a; pointer-events: none }
.pair::before { content: "before"; left: 0 }
.pair::after { content: "after"; right: 0 }
.pair input { display: none }
@media screen {
  .js .pair img { width: 100% }
  .js .pair img + img { position: absolute; inset: 0; clip-path: inset(0 0 0 var(--at, 50%)) }
  .js .pair input { display: block; position: absolute; inset: 0; width: 100%; height: 100%; margin: 0;
    appearance: none; background: none; cursor: ew-resize; touch-action: pan-y }
  .js .pair input:focus-visible { outline: 3px solid LinkText }
  input::-webkit-slider-runnable-track { height: 100% }
  input::-webkit-slider-thumb { appearance: none; width: 3px; height: 100%; background: #fff;
    box-shadow: 0 0 3px #000 }
  input::-moz-range-track { background: none }
  input::-moz-range-thumb { width: 3px; height: 100%; border: 0; border-radius: 0; background: #fff;
    box-shadow: 0 0 3px #000 }
}
"""
SCRIPT = """
document.documentElement.className = "js";
addEventListener("input", ({target}) => target.parentNode.style.setProperty("--at", target.value + "%"));
"""
