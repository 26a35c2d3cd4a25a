import type { Progress } from '../../contract/payloads';

/** The progress of a batch that has not begun. */
export function initialProgress(): Progress {
  return {
    cursor: 0,
    finished: false,
    rounds: 0,
    counts: { listed: 0, archived: 0, skipped: 0, conflicting: 0, failed: 0 },
    bytes: 0,
    stragglers: { count: 0, oldest: null },
    problems: [],
    upload: null,
  };
}
