/** The question that a map answers; worded differently for a class that is not among the predictions. */
export function question(label: string, isAnswer: boolean): string {
  return `${isAnswer ? "What made the network say" : "What would speak for"} “${label}”?`;
}
