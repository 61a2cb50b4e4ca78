/** Marks what a dialog focuses when it opens: `ref={focusFirst}`. React's `autoFocus` comes before it is open. */
export const focusFirst = (element: HTMLElement | null): void => element?.setAttribute("autofocus", "");
