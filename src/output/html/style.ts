/** The page's style: light and dark, phone to wide, printable. Its hash stands in the page's content policy. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --paper: #ffffff; --line: #d0d7de; --panel: #f6f8fa;
  --red: #b3261e; --yellow: #7a5600; --blue: #0b57d0; --green: #146c2e;
  --s0: #0b57d0; --s1: #b3261e; --s2: #146c2e; --s3: #7a5600; --s4: #7627bb; --s5: #00687a; --s6: #9a2a6a; --s7: #57606a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9da7b3; --paper: #0d1117; --line: #30363d; --panel: #161b22;
  --red: #ff8a80; --yellow: #e3b341; --blue: #8ab4f8; --green: #7ee787;
  --s0: #8ab4f8; --s1: #ff8a80; --s2: #7ee787; --s3: #e3b341; --s4: #d2a8ff; --s5: #76e3ea; --s6: #f778ba; --s7: #9da7b3; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; } .soft { color: var(--soft); }
code { font: .9em ui-monospace, monospace; background: var(--panel); padding: .1em .3em; border-radius: 4px; overflow-wrap: anywhere; }
.totals { display: flex; flex-wrap: wrap; gap: .75rem; padding: 0; margin: 1rem 0; list-style: none; }
.totals li { flex: 1 1 9rem; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
.totals b { display: block; font-size: 1.4rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th.n, td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.orphan, .leftover { color: var(--red); } .superseded, .disowned { color: var(--yellow); } .idle { color: var(--blue); } .live { color: var(--green); }
svg { display: block; width: 100%; height: auto; } svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; } .mark { stroke: var(--soft); stroke-dasharray: 3 3; } .hit { fill: transparent; }
.line { fill: none; stroke-width: 2; }
.s0 { stroke: var(--s0); } .s1 { stroke: var(--s1); } .s2 { stroke: var(--s2); } .s3 { stroke: var(--s3); }
.s4 { stroke: var(--s4); } .s5 { stroke: var(--s5); } .s6 { stroke: var(--s6); } .s7 { stroke: var(--s7); }
.f0 { fill: var(--s0); } .f1 { fill: var(--s1); } .f2 { fill: var(--s2); } .f3 { fill: var(--s3); }
.f4 { fill: var(--s4); } .f5 { fill: var(--s5); } .f6 { fill: var(--s6); } .f7 { fill: var(--s7); }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1rem; padding: 0; margin: .25rem 0; list-style: none; font-size: .85rem; }
.legend svg { display: inline-block; width: .8rem; height: .8rem; vertical-align: -1px; }
details { margin: .25rem 0 1rem; } summary { cursor: pointer; color: var(--soft); font-size: .85rem; }
svg.bar { width: 200px; height: 12px; } .dead { fill: var(--red); }
figure { margin: 0; } td code { display: inline-block; min-width: 11rem; }
@media (max-width: 40rem) { svg text { font-size: 18px; } svg.bar { width: 5rem; } th, td { padding: .3rem .35rem; } }
@media print { body { max-width: none; font-size: 11pt; } details:not([open]) { display: none; } h2 { break-after: avoid; } svg, tr { break-inside: avoid; } }
`;
