/*
 * Counts what a person at this tab does instead of typing: presses of the pointer, keys that stand for a button,
 * and choices in a list, which are two (opening it, and choosing). The count outlives reloads and other pages.
 */
(() => {
  const MOVES = new Set(["Tab", "Shift", "Control", "Alt", "Meta"]);
  const TYPED = "textarea, input:not([type=button], [type=submit], [type=checkbox], [type=radio], [type=range])";
  const add = (count) => {
    const made = Number(sessionStorage.getItem("clicks"));
    sessionStorage.setItem("clicks", String(made + count));
  };
  const pressed = (event) => {
    if (event.isTrusted && event.isPrimary) add(1);
  };
  const struck = (event) => {
    if (!event.isTrusted || event.repeat || MOVES.has(event.key)) return;
    const isTyping = event.target instanceof Element && event.target.matches(TYPED);
    const sends = event.key === "Enter" && !event.shiftKey;
    if (!isTyping || sends || event.key === "Escape") add(1);
  };
  const chosen = (event) => {
    if (event.target instanceof HTMLSelectElement) add(2);
  };
  addEventListener("pointerdown", pressed, true);
  addEventListener("keydown", struck, true);
  addEventListener("change", chosen, true);
})();
