/**
 * Measures several participants in one session, so that a slow moment of the machine falls on all of them
 * alike: blocks of a few calls, in a new random order each round.
 */

/** Calls before measuring: engines compile and tune themselves. */
const WARM_UP = 8;
/**
 * Consecutive calls of a participant. The one before them is not counted: it refills the caches after the
 * previous participant, and outlasts the threads that this one still had spinning.
 */
const BLOCK = 3;

/**
 * Participants are `{ time(count): Promise<milliseconds[]> }`. Returns `runs` or a few more times of each, in
 * their order.
 */
export async function interleave(participants, runs, { warmUp = WARM_UP, block = BLOCK } = {}) {
  const times = new Map(participants.map((participant) => [participant, []]));
  for (const participant of participants) await participant.time(warmUp);
  for (let done = 0; done < runs; done += block) {
    for (const participant of shuffled(participants)) {
      const [, ...counted] = await participant.time(1 + block);
      times.get(participant).push(...counted);
    }
  }
  return participants.map((participant) => times.get(participant));
}

/** Fisher and Yates. */
function shuffled(items) {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const chosen = Math.floor(Math.random() * (last + 1));
    [order[last], order[chosen]] = [order[chosen], order[last]];
  }
  return order;
}
