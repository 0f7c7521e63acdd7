/** A promise that is settled from outside. */
export class Latch<T> {
  readonly promise: Promise<T>;
  open: (value: T) => void = () => {};
  fail: (error: Error) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.open = resolve;
      this.fail = reject;
    });
  }
}
