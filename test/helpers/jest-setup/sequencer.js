const Sequencer = require('@jest/test-sequencer').default;

/** The tests that take longest are whole runs and batches that wait. If one of them came last, one core would do nothing at the end. */
const LONG = /\/test\/(integration|unit\/lambda\/batch)\//;

module.exports = class extends Sequencer {
  /** In a fresh clone, jest only knows the sizes of the files. */
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => LONG.test(path)), ...sorted.filter(({ path }) => !LONG.test(path))];
  }
};
