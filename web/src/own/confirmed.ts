/** A button whose work cannot be undone: if something would be lost, it must be pressed twice. */
import { announce } from "./voice.js";

/** Time within which a second press counts. */
const WAIT_MS = 6000;

export class Confirmed {
  readonly #button: HTMLButtonElement;
  readonly #name: string;
  #asked: ReturnType<typeof setTimeout> | undefined;

  /**
   * `question` returns what the button asks before it does its work, or undefined if nothing would be lost.
   */
  constructor(button: HTMLButtonElement, question: () => string | undefined, work: () => void) {
    this.#button = button;
    this.#name = button.textContent ?? "";
    button.addEventListener("click", () => {
      const words = this.#asked === undefined ? question() : undefined;
      if (words !== undefined) return this.#ask(words);
      this.#rest();
      work();
    });
    button.addEventListener("blur", () => this.#rest());
  }

  #ask(words: string): void {
    this.#button.textContent = words;
    announce(words);
    this.#button.dataset.asking = "";
    this.#asked = setTimeout(() => this.#rest(), WAIT_MS);
  }

  #rest(): void {
    clearTimeout(this.#asked);
    this.#asked = undefined;
    this.#button.textContent = this.#name;
    delete this.#button.dataset.asking;
  }
}
