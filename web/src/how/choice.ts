/** Groups of radio buttons, each with a value. */

/**
 * Calls `set` with the chosen value, now and after every change: browsers restore choices when they return to
 * a page.
 */
export function choice(group: HTMLElement, set: (value: string) => void): void {
  const tell = () => {
    const chosen = group.querySelector<HTMLInputElement>("input:checked");
    if (chosen !== null) set(chosen.value);
  };
  group.addEventListener("input", tell);
  tell();
}
