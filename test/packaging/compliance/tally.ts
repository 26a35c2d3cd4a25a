/** Counts checks, and prints the ones that fail. */
export class Tally {
  private passed = 0;
  private failed = 0;

  /** A check passes if there are no problems. */
  public check(what: string, problems: readonly string[]): void {
    if (problems.length === 0) {
      this.passed += 1;
      return;
    }
    this.failed += 1;
    problems.forEach((problem) => console.log(`FAILED ${what}: ${problem}`));
  }

  /**
   * Adds the counts that another program printed on one line. jest prints `Tests: 1 failed, 7
   * passed`, and the programs here print `7 passed, 1 failed`.
   */
  public add(what: string, output: string): void {
    const line =
      output
        .split('\n')
        .reverse()
        .find((each) => /^Tests: +\d|^\d+ passed, \d+ failed$/.test(each)) ?? '';
    const count = (kind: string) => Number(new RegExp(`(\\d+) ${kind}`).exec(line)?.[1] ?? 0);
    this.passed += count('passed');
    this.failed += count('failed');
    if (count('passed') + count('failed') === 0) {
      this.check(what, ['counted nothing']);
    }
    // jest does not count the tests of a file that it could not even load.
    const unloaded = output
      .split('\n')
      .filter((each) => each.includes('Test suite failed to run')).length;
    if (unloaded > 0) {
      this.check(what, [`${unloaded} files of tests could not be loaded`]);
    }
  }

  /** Prints the sum as the last line, and sets the exit status of this process. */
  public finish(): void {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    process.exitCode = this.failed > 0 || this.passed === 0 ? 1 : 0;
  }
}
