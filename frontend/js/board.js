// Dragging a proposal to its theme, on top of the forms: it only fills in the form, which asks for the reason as always.

/** Makes the cards that still wait draggable, and the themes places to drop them. */
export function draggable(board) {
  let dragged = null;
  for (const card of board.querySelectorAll("[data-card]")) {
    if (!card.querySelector("form[data-place]")) continue;
    card.draggable = true;
    card.addEventListener("dragstart", (event) => {
      dragged = card;
      event.dataTransfer.setData("text/plain", card.dataset.card);
      event.dataTransfer.effectAllowed = "move";
    });
    card.addEventListener("dragend", () => (dragged = null));
  }
  for (const column of board.querySelectorAll("[data-column]")) {
    column.addEventListener("dragover", (event) => {
      if (!dragged) return;
      event.preventDefault();
      column.classList.add("is-target");
    });
    column.addEventListener("dragleave", () => column.classList.remove("is-target"));
    column.addEventListener("drop", (event) => {
      column.classList.remove("is-target");
      if (!dragged) return;
      event.preventDefault();
      filled(dragged, column.dataset.column);
    });
  }
}

function filled(card, theme) {
  const form = card.querySelector("form[data-place]");
  form.closest("details").open = true;
  form.querySelector("select").value = theme;
  const reason = form.querySelector("textarea");
  card.scrollIntoView({ block: "nearest" });
  reason.focus();
  reason.select();
}
