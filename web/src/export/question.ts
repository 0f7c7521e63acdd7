/** What a map answers. Of a class that is not among the answers, the network did not say it. */
export function question(label: string, isAnswer: boolean): string {
  return `${isAnswer ? "What made the network say" : "What would speak for"} “${label}”?`;
}
