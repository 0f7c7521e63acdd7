/** What a node is drawn in, as opposed to what it was written in: a slot, or the element whose shadow holds it. */
export function above(node: Node): Node | null {
  if (node instanceof Element && node.assignedSlot !== null) return node.assignedSlot;
  return node.parentNode instanceof ShadowRoot ? node.parentNode.host : node.parentNode;
}
