/**
 * `npm test` tries a sample of what takes long and seldom changes its mind, such as a death at each
 * call. `npm run assurance` sets THOROUGH, and tries all of it.
 */
export const isThorough = process.env.THOROUGH !== undefined;

/** The step from a call at which a test kills to the next one. */
export const KILL_EVERY = isThorough ? 1 : 4;
