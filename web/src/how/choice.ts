/** A group of radio buttons, each with the value that it stands for. */

/** Calls `set` with the value that is chosen, now and whenever it is another: a browser that comes back to the page restores the choice. */
export function choice(group: HTMLElement, set: (value: string) => void): void {
  const tell = () => {
    const chosen = group.querySelector<HTMLInputElement>("input:checked");
    if (chosen !== null) set(chosen.value);
  };
  group.addEventListener("input", tell);
  tell();
}
