// Says at once that a file is too heavy, before minutes are spent sending it; without this file, sending says it.

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
