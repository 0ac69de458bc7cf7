const colours = ["#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2"];
const onDark = ["#60a5fa", "#f87171", "#34d399", "#fbbf24", "#a78bfa", "#22d3ee"];

const lines = (of: readonly string[]) =>
  of.map((colour, at) => `.line.c${at}{stroke:${colour}}.key.c${at}{background:${colour}}`).join("");

export const style = `
:root{color-scheme:light dark;--ink:#1f2937;--soft:#6b7280;--paper:#ffffff;--rule:#e5e7eb}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}.about{color:var(--soft)}
code{background:var(--rule);padding:.15em .4em;border-radius:4px;overflow-wrap:anywhere}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid var(--rule)}th{color:var(--soft);font-weight:600}
dl{display:grid;grid-template-columns:minmax(12rem,max-content) 1fr;gap:.2rem 1rem}dt{color:var(--soft);white-space:pre-wrap}dd{margin:0}
figure{margin:1.5rem 0}svg{width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}.grid{stroke:var(--rule)}
.line{fill:none;stroke-width:2}${lines(colours)}
.keys{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1rem}.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.4em}
@media (prefers-color-scheme:dark){:root{--ink:#e5e7eb;--soft:#9ca3af;--paper:#111827;--rule:#374151}${lines(onDark)}}
`;
