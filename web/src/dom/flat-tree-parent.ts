/** The parent of a node in the flat tree: its slot, its parent, or the host of its shadow root. */
export function flatTreeParent(node: Node): Node | null {
  if (node instanceof Element && node.assignedSlot !== null) return node.assignedSlot;
  return node.parentNode instanceof ShadowRoot ? node.parentNode.host : node.parentNode;
}
