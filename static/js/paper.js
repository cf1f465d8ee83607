// Says at once that a paper is too heavy, so that what was typed beside it stays; without this file, sending says it.

for (const input of document.querySelectorAll("input[data-most]")) {
  const said = document.createElement("p");
  said.className = "govuk-error-message";
  said.setAttribute("role", "alert");
  input.before(said);
  input.addEventListener("change", () => {
    const isHeavy = (input.files[0]?.size ?? 0) > Number(input.dataset.most);
    said.textContent = isHeavy ? input.dataset.tooHeavy : "";
    if (isHeavy) {
      input.value = "";
    }
  });
}
