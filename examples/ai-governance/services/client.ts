import { html, page, scriptRoute, styleRoute } from "../../shared/page.ts";
import { runService } from "../../shared/service.ts";

// Stands in for the React client: a page that asks the API, which the proxy has at the same host.
const script = `
const [frameworks, systems, form] = ["#frameworks", "#systems", "form"].map((one) => document.querySelector(one));
const cell = (text, className = "") => Object.assign(document.createElement("td"), { textContent: text, className });
const row = (...cells) => {
  const made = document.createElement("tr");
  made.append(...cells);
  return made;
};
const ask = async (path, options) => {
  const response = await fetch(path, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error.message);
  return answer;
};
const show = async () => {
  const [known, { systems: found }] = await Promise.all([ask("/api/frameworks"), ask("/api/systems")]);
  frameworks.replaceChildren(...known.map(({ title, checks }) => row(cell(title), cell(checks + " checks", "end"))));
  systems.replaceChildren(
    ...found.map(({ name, results }) =>
      row(cell(name), cell(results.map((one) => one.framework + ": " + one.passed + " of " + (one.passed + one.failed)).join(", ") || "not checked yet", "end")),
    ),
  );
};
const say = (error) => (document.querySelector("[role=status]").textContent = error.message);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({ name: form.elements.name.value, owner: form.elements.owner.value || undefined });
  await ask("/api/systems", { method: "POST", headers: { "content-type": "application/json" }, body }).then(show, say);
});
show().catch(say);
`;

runService({
  health: { live: "/health/live", ready: "/health/ready" },
  routes: {
    ...styleRoute,
    ...scriptRoute("/app.js", script),
    "GET /": () =>
      page(
        "AI Governance",
        html`
          <h1>AI Governance</h1>
          <p class="quiet">What our systems are held against, and how they stand.</p>
          <h2>Frameworks</h2>
          <table>
            <tbody id="frameworks"></tbody>
          </table>
          <h2>Systems</h2>
          <table>
            <tbody id="systems"></tbody>
          </table>
          <form class="card">
            <input name="name" required placeholder="A new system" aria-label="Name" />
            <input name="owner" placeholder="Its owner" aria-label="Owner" />
            <button>Add</button>
            <span class="quiet" role="status"></span>
          </form>
        `,
        { script: "/app.js" },
      ),
  },
});
