import { Html } from '../text/html';

/**
 * The style of the calendar, in addition to that of all pages. A day has a color and a mark, whose
 * alternative text is empty.
 */
export const CALENDAR_STYLE = new Html(`
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1rem; margin-top: .75rem; }
.legend li { border: 0; padding: 0; display: flex; gap: .4rem; align-items: center; }
.legend .day { width: 1.75rem; min-height: 1.75rem; }
.months { display: grid; gap: 1.25rem; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); align-items: start; margin: .75rem 0 1.25rem; }
.month { table-layout: fixed; }
.month caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
.month th, .month td, .month td:last-child { padding: 1px; text-align: center; }
.month th { color: var(--soft); font-size: .8rem; }
.month abbr { text-decoration: none; }
.day { display: flex; flex-direction: column; align-items: center; justify-content: center; position: relative; min-height: 2.6rem; line-height: 1.15;
  border-radius: .35rem; border: 1px solid transparent; font-size: .8rem; color: var(--soft); text-decoration: none; }
a.day, .legend .day { color: var(--on); }
.day::after { font-weight: 700; }
.day.archived, .day.verified, .day.restored { background: var(--archived); }
.day.incomplete { background: var(--conflicting); }
.day.failed { background: var(--failed); }
.day.tried, .day.none { background: var(--panel); color: var(--text); border-color: var(--line); }
.day.none { color: var(--soft); }
.day.archived::after { content: "\\2713"; content: "\\2713" / ""; }
.day.verified::after { content: "="; content: "=" / ""; }
.day.restored::after { content: "\\21a9\\fe0e"; content: "\\21a9\\fe0e" / ""; }
.day.incomplete::after { content: "!"; content: "!" / ""; }
.day.failed::after { content: "\\2715"; content: "\\2715" / ""; }
.day.tried::after { content: "?"; content: "?" / ""; }
.day.none::after { content: "\\2013"; content: "\\2013" / ""; }
.day:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
h3 { font-size: 1rem; margin-bottom: .5rem; }
li:target { outline: 2px solid var(--link); outline-offset: .25rem; border-radius: .25rem; }
.runs .badges { gap: .25rem .75rem; }
.runs .verdict { padding: .05rem .6rem; font-size: .8rem; }
.runs p { overflow-wrap: anywhere; }
`);
