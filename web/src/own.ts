/** The page of one's own pictures: puts its parts together. */
export {};
