/**
 * Checks what happens after the faults have stopped. One more attempt must reach what an attempt
 * without faults reaches, and a second attempt must change nothing.
 */
import { Automaton } from './automaton';
import { type Content, keeps } from './content';
import { identityOf } from './identity';
import type { Outcomes } from './programs';
import { ARCHIVE, execute, SOURCE, type S3State } from './s3-model';
import { placesOf, type Stage } from './scenario';

/** Milliseconds. The attempts begin this long after the others. */
const AFTERWARDS = 10_000_000;

/** An attempt threw an error. */
class Stuck extends Error {}

export class Settler {
  private readonly known = new Map<number, string | undefined>();
  private readonly repeat: Automaton;
  private readonly fresh: Automaton;

  constructor(private readonly stage: Stage) {
    const { movers, objects, glacier } = stage.scenario;
    const program =
      (['batch', 'pack batch', 'pack batch, in turn'] as const).find((each) =>
        movers.includes(each),
      ) ?? (movers.includes('ending batch') ? 'batch' : 'move');
    const listsAgain = objects === 1 && glacier === undefined;
    this.repeat = new Automaton(() => stage.newExecution(program, AFTERWARDS));
    // This is a new run that lists the source itself. With two objects, or one that S3 restores,
    // the batch keeps its items.
    this.fresh = new Automaton(() =>
      stage.newExecution(listsAgain ? 'list and move' : program, AFTERWARDS),
    );
  }

  /** Returns what is wrong, if something is wrong. */
  async check(s3: S3State): Promise<string | undefined> {
    const id = identityOf(s3);
    if (!this.known.has(id)) {
      this.known.set(id, await this.look(s3));
    }
    return this.known.get(id);
  }

  private async look(s3: S3State): Promise<string | undefined> {
    try {
      return await this.compare(s3);
    } catch (error) {
      if (!(error instanceof Stuck)) {
        throw error;
      }
      return `another attempt threw ${error.message}`;
    }
  }

  private async compare(s3: S3State): Promise<string | undefined> {
    const first = await this.run(this.repeat, s3);
    const second = await this.run(this.repeat, first.s3);
    const fresh = await this.run(this.fresh, s3);
    if (visible(second.s3) !== visible(first.s3)) {
      return `a second attempt changes ${visible(first.s3)} to ${visible(second.s3)}`;
    }
    if (visible(fresh.s3) !== visible(first.s3)) {
      return `another attempt ends with ${visible(first.s3)}, a new run with ${visible(fresh.s3)}`;
    }
    for (const [key, { status }] of Object.entries(first.outcomes)) {
      const source = first.s3.objects[`${SOURCE}/${key}`];
      if (status === 'failed' && !this.isDenied(key)) {
        return 'another attempt fails without a fault';
      }
      // What the listing shows as asked for is left to the next run.
      const isListed = this.stage.scenario.glacier === 'ongoing';
      if (source && (status as string) === 'restoring' && (source.glacier || isListed)) {
        continue;
      }
      if (source && status !== 'conflicting' && status !== 'failed') {
        return `another attempt says ${status} and leaves the source`;
      }
      if (
        source &&
        status !== 'failed' &&
        placesOf(this.stage, key, source.etag).some((place) =>
          isFreeOrKept(first.s3.objects[place]?.content, source.content),
        )
      ) {
        return 'another attempt leaves the source although the archive has room for it, or holds it';
      }
    }
    return undefined;
  }

  private isDenied(key: string): boolean {
    const {
      scenario: { denied },
      items,
      model: { unreadable },
    } = this.stage;
    return (
      (denied !== undefined && key === items[1].key) ||
      (unreadable !== undefined && key.startsWith(unreadable.prefix))
    );
  }

  private async run(
    automaton: Automaton,
    s3: S3State,
  ): Promise<{ s3: S3State; outcomes: Outcomes }> {
    let point = await automaton.begin();
    while (point.waiting.length > 0) {
      const [call] = point.waiting;
      const [after, answer] = execute(this.stage.model, s3, call);
      s3 = after;
      point = await automaton.after(point, { call: call.name, answer });
    }
    if (!point.outcomes) {
      throw new Stuck(point.thrown);
    }
    return { s3, outcomes: point.outcomes };
  }
}

function isFreeOrKept(there: Content | undefined, source: Content): boolean {
  return there === undefined || keeps(there, source);
}

function visible({ objects }: S3State): string {
  return (
    Object.entries(objects)
      .map(([key, { content }]) => `${key}=${content}`)
      .sort()
      .join(', ') || ARCHIVE + ' empty'
  );
}
