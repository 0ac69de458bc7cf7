/** Runs in the browser: uploads without leaving the page, and follows every run that is under way. */
export const followProgress = `
const form = document.querySelector("#upload");
const status = form.querySelector("[role=status]");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [file] = form.elements.file.files;
  status.textContent = "sending …";
  try {
    const response = await fetch("/api/documents?name=" + encodeURIComponent(file.name), {
      method: "POST",
      headers: { "content-type": "application/octet-stream" },
      body: file,
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error.message);
    location.reload();
  } catch (error) {
    status.textContent = error.message;
  }
});

for (const bar of document.querySelectorAll("progress[data-run]")) {
  const poll = async () => {
    const response = await fetch("/api/progress/" + bar.dataset.run);
    if (!response.ok) return;
    const { state, done } = await response.json();
    bar.value = done;
    if (state === "done" || state === "failed") bar.replaceWith(Object.assign(document.createElement("span"), { className: "badge", textContent: state }));
    else setTimeout(poll, 500);
  };
  poll();
}
`;
