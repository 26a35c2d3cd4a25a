import { Html } from '../text/html';

/** The style of the pages: light and dark, for windows of 320 pixels and more. */
export const STYLE = new Html(`
:root { color-scheme: light dark; --ground: #fff; --panel: #f6f8fa; --text: #1f2328; --soft: #59636e; --line: #d1d9e0;
  --archived: #1a7f37; --skipped: #afb8c1; --conflicting: #9a6700; --failed: #cf222e; --link: #0969da; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d1117; --panel: #151b23; --text: #f0f6fc; --soft: #9198a1; --line: #3d444d;
  --archived: #3fb950; --skipped: #656c76; --conflicting: #d29922; --failed: #f85149; --link: #4493f8; --on: #0d1117; } }
* { box-sizing: border-box; margin: 0; }
body { background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Helvetica, Arial, sans-serif; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: .5rem 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin-bottom: .75rem; }
a { color: var(--link); text-underline-offset: .15em; }
code { font: .85em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate; }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; white-space: pre-wrap; margin-top: .5rem; }
.soft { color: var(--soft); font-size: .875rem; }
.badges { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; overflow-wrap: anywhere; }
.verdict { display: inline-block; border-radius: 2rem; padding: .15rem .8rem; font-weight: 600; font-size: .875rem; color: var(--on); background: var(--archived); }
.verdict.PROBLEMS { background: var(--conflicting); }
.verdict.FAILED { background: var(--failed); }
.verdict.NOTHING { background: var(--soft); }
.verdict.plain { background: none; color: var(--text); border: 1px solid var(--line); padding-block: calc(.15rem - 1px); }
section { border: 1px solid var(--line); border-radius: .75rem; padding: 1rem 1.25rem; margin-top: 1.25rem; }
svg { display: block; width: 100%; }
.archived { fill: var(--archived); } .skipped { fill: var(--skipped); } .conflicting { fill: var(--conflicting); } .failed { fill: var(--failed); }
.share { height: .9rem; border-radius: .45rem; background: var(--panel); }
dl.tiles { display: grid; gap: .75rem; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); margin-top: 1rem; }
.tiles dt { color: var(--soft); font-size: .875rem; }
.tiles dd { font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.25; }
.tiles small { display: block; color: var(--soft); font-size: .8rem; font-weight: 400; }
.tiles small .soft { font-size: inherit; }
.tiles svg { display: inline-block; width: .7rem; height: .7rem; margin-right: .35rem; }
ul, ol { list-style: none; padding: 0; }
li { border-top: 1px solid var(--line); padding: .6rem 0; }
li:first-child { border-top: 0; padding-top: 0; }
li:last-child { padding-bottom: 0; }
.row { display: flex; gap: .25rem 1rem; justify-content: space-between; align-items: baseline; }
.row > :first-child { min-width: 0; flex: 1; }
.row > :last-child { white-space: nowrap; font-variant-numeric: tabular-nums; }
ul.spaced { margin: .75rem 0; }
.more { border-top: 1px solid var(--line); padding-top: .6rem; margin-top: .6rem; }
.more ul { margin-top: .6rem; }
.date { white-space: nowrap; }
summary { cursor: pointer; }
.key summary { display: flex; gap: .4em; align-items: baseline; }
.key summary::before { content: "\\25b8"; color: var(--soft); font-size: .85em; }
.key[open] summary::before { content: "\\25be"; }
.key code { flex: 1; min-width: 0; user-select: all; -webkit-user-select: all; }
.key:not([open]) code { white-space: pre; overflow: hidden; }
.key:not([open]) span { display: inline-block; vertical-align: bottom; }
.key:not([open]) span:first-child { max-width: calc(100% - 24ch); overflow: hidden; text-overflow: ellipsis; }
details[open] summary { color: var(--soft); }
.plot { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .25rem .5rem; margin-top: .9rem; }
.plot svg { height: 10rem; border-bottom: 1px solid var(--line); overflow: visible; }
.grid { stroke: var(--line); stroke-dasharray: 2 4; vector-effect: non-scaling-stroke; }
.ticks { display: flex; flex-direction: column; justify-content: space-between; height: 10rem; color: var(--soft); font-size: .8rem; line-height: 0;
  text-align: right; font-variant-numeric: tabular-nums; }
.axis { display: flex; justify-content: space-between; color: var(--soft); font-size: .8rem; grid-column: 2; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; font-weight: 400; padding: .3rem 0 .3rem .75rem; vertical-align: middle; }
th:first-child, td:first-child { padding-left: 0; }
td:last-child { text-align: right; white-space: nowrap; }
.bar { width: 55%; } .bar svg { height: .8rem; }
.number { text-align: right; white-space: nowrap; }
tfoot th, tfoot td { border-top: 1px solid var(--line); font-weight: 600; }
dl.places { display: grid; grid-template-columns: max-content 1fr; gap: .35rem 1.25rem; }
.places dt { color: var(--soft); }
.places dd { min-width: 0; overflow-wrap: anywhere; }
footer { color: var(--soft); font-size: .8rem; padding-block: 1.5rem 2.5rem; }
@media (min-width: 48rem) { .pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 1.25rem; align-items: start; } .pair > :only-child { grid-column: 1 / -1; } }
.pair .keyed { flex-wrap: wrap; } .pair .keyed > :first-child { flex-basis: 100%; }
@media (max-width: 30rem) { pre { padding: .6rem; } pre code { font-size: .75em; } .keyed { flex-wrap: wrap; } .keyed > :first-child { flex-basis: 100%; }
  header, main, footer { padding-inline: .75rem; } section { padding: .9rem; } .bar { width: 30%; }
  dl.places { grid-template-columns: 1fr; gap: 0; } .places dd { padding-bottom: .6rem; } }
@media print { section { break-inside: avoid; } }
`);
