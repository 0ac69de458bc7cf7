// Stands in for the React client: one page that asks the API for its frameworks.
import { answer } from "./answer.mjs";

const page = `<!doctype html>
<title>AI Governance</title>
<h1>Frameworks</h1>
<ul></ul>
<script type="module">
  const list = document.querySelector("ul");
  for (const { title, checks } of await (await fetch("/api/frameworks")).json()) {
    list.append(Object.assign(document.createElement("li"), { textContent: title + ": " + checks + " checks" }));
  }
</script>`;

answer({ "GET /": () => page }, { port: 3000 });
