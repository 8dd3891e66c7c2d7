/** Light and dark as the reader has it; a table becomes a card a row where the screen is narrow. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1f2328; --soft: #59636e; --line: #d1d9e0; --back: #fff; --raised: #f6f8fa; --link: #0969da; --fail: #cf222e; --unsure: #9a6700; --good: #1a7f37; }
@media (prefers-color-scheme: dark) { :root { --text: #f0f6fc; --soft: #9198a1; --line: #3d444d; --back: #0d1117; --raised: #151b23; --link: #4493f8; --fail: #f85149; --unsure: #d29922; --good: #3fb950; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere; }
main, header { max-width: 1180px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 24px; }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 12px; padding-left: 12px; border-left: 6px solid var(--good); }
h1.fail { border-color: var(--fail); }
h1.incomplete { border-color: var(--unsure); }
h2 { font-size: 19px; margin: 32px 0 8px; padding-bottom: 6px; border-bottom: 1px solid var(--line); }
h3 { font-size: 16px; margin: 24px 0 8px; }
p { margin: 8px 0; }
a { color: var(--link); }
code { font: 0.88em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--raised); border-radius: 4px; padding: 0.1em 0.3em; }
pre { background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow-x: auto; }
pre code { background: none; padding: 0; white-space: pre-wrap; }
ul { margin: 8px 0; padding-left: 20px; }
li { margin: 6px 0; }
.part { margin: 12px 0 20px; }
summary { cursor: pointer; padding: 8px 12px; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; }
details > :not(summary) { margin-left: 2px; }
table { width: 100%; border-collapse: collapse; margin: 10px 0; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); white-space: nowrap; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; }
.mark { white-space: nowrap; }
td:first-child { font-weight: 600; }
tr[data-state=open] td:first-child, tr[data-state=fail] td:first-child { color: var(--fail); }
tr[data-state=incomplete] td:first-child, tr[data-state=warning] td:first-child { color: var(--unsure); }
tr[data-state=pass] td:first-child, tr[data-state=preflight] td:first-child { color: var(--good); }
tbody tr:hover { background: var(--raised); }
form { display: flex; flex-wrap: wrap; gap: 12px 16px; align-items: end; margin: 16px 0 8px; padding: 12px; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; }
label { display: grid; gap: 2px; font-size: 13px; color: var(--soft); min-width: 0; flex: 1 1 180px; }
select, button { font: inherit; color: var(--text); background: var(--back); border: 1px solid var(--line); border-radius: 6px; padding: 6px 8px; min-width: 0; max-width: 100%; }
output { flex-basis: 100%; font-size: 13px; color: var(--soft); }
output:empty { display: none; }
footer { max-width: 1180px; margin: 40px auto 24px; padding: 12px 24px 0; color: var(--soft); font-size: 13px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 700px) {
  main, header, footer { padding-left: 14px; padding-right: 14px; }
  h1 { font-size: 20px; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; width: 100%; }
  tr { display: flex; flex-wrap: wrap; gap: 2px 16px; border: 1px solid var(--line); border-radius: 6px; margin: 8px 0; padding: 8px 12px; }
  td { border: 0; padding: 0; display: flex; gap: 6px; width: auto; min-width: 0; }
  td:nth-child(-n + 2), td:last-child { flex: 1 1 100%; }
  td > div { min-width: 0; }
  td:nth-child(n + 3)::before { content: attr(data-title); color: var(--soft); }
  td.none { display: none; }
}
@media print { form { display: none; } body { font-size: 11px; } }
`;
