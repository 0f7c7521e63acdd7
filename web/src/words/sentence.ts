/** An error as a sentence of the page. */
export function sentence(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/[.\s]*$/, ".");
}
