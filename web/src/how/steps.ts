/** Sliders whose steps have names, listed below: `<li data-value>`. */

/**
 * Calls `set` with the value of the slider's step, now and after every change. The names can be clicked; by
 * keyboard it is a slider, which announces them.
 */
export function steps(group: HTMLElement, set: (value: string) => void): void {
  const slider = group.querySelector("input");
  const names = [...group.querySelectorAll("li")];
  if (slider === null) return;
  const tell = () => {
    const at = Number(slider.value);
    for (const [step, name] of names.entries()) name.classList.toggle("chosen", step === at);
    const name = names[at];
    slider.ariaValueText = name?.textContent ?? "";
    set(name?.dataset.value ?? "");
  };
  slider.addEventListener("input", tell);
  for (const [step, name] of names.entries()) {
    name.addEventListener("click", () => {
      slider.value = String(step);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
  tell();
}
