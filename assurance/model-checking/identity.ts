/**
 * Equal states have equal identities. Numbers replace long keys. Nothing is hashed, so two
 * different states never get the same identity.
 */
import type { Call } from './client';
import type { Answer, S3State } from './s3-model';
import { isDone, isOver, type Attempt, type Seen, type State } from './state';

const numbers = new Map<string, number>();
const ofObject = new WeakMap<object, number>();

function numberOf(text: string): number {
  let number = numbers.get(text);
  if (number === undefined) {
    numbers.set(text, (number = numbers.size));
  }
  return number;
}

function remembered(object: object, text: () => string): number {
  let number = ofObject.get(object);
  if (number === undefined) {
    ofObject.set(object, (number = numberOf(text())));
  }
  return number;
}

/**
 * Writes a record with its keys in sorted order, so that the order of the writes does not matter.
 */
function sorted(record: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    Object.keys(record)
      .sort()
      .map((key) => [key, record[key]]),
  );
}

export function identityOf(s3: S3State): number {
  return remembered(
    s3,
    () => `s3 ${sorted(s3.objects)}${sorted(s3.uploads)}${sorted(s3.writes)}${sorted(s3.ledger)}`,
  );
}

export function answerIdentity(answer: Answer): number {
  return remembered(answer, () => `answer ${JSON.stringify(answer)}`);
}

export function callIdentity({ operation, input }: Pick<Call, 'operation' | 'input'>): number {
  return remembered(input, () => `call ${operation}${JSON.stringify(input)}`);
}

function callsIdentity(calls: readonly Call[]): string {
  return calls.length === 0 ? '' : calls.map(callIdentity).sort().join('.');
}

function seenIdentity(seen: Seen): number {
  return remembered(seen, () => `seen ${sorted(seen)}`);
}

function attemptIdentity(attempt: Attempt, programOf: (mover: number) => string): number {
  return remembered(attempt, () => {
    const { mover, point, late, seen, removed, behind, gone = [] } = attempt;
    // What the ledger must say in the end depends on what an attempt removed. Otherwise the way in
    // which it ended does not change what can follow.
    const owes = behind ? '' : removed.join();
    if (isDone(point)) {
      return `done ${owes} ${late.length > 0 ? `${callsIdentity(late)}${seenIdentity(seen)}` : ''}`;
    }
    return (
      `attempt ${programOf(mover)} ${point.id} ${callsIdentity(late)} ${seenIdentity(seen)} ` +
      `${removed.join()} ${behind} ${gone.join()}`
    );
  });
}

/**
 * Identifies a state among those with the same S3. Attempts of the same program are
 * interchangeable, and so are orphans.
 */
export function keyOf(state: State, programOf: (mover: number) => string): string {
  const attempts = state.attempts
    .map((each) => attemptIdentity(each, programOf))
    .sort()
    .join('/');
  const orphans = state.orphans
    .map((each) =>
      remembered(each, () => `orphan ${callIdentity(each.call)} ${seenIdentity(each.seen)}`),
    )
    .sort()
    .join('.');
  const rest = `${attempts};${orphans};${state.faultsLeft};${state.foreign.length}`;
  // The actions of the other writer matter only while movers still have to report outcomes.
  return isOver(state)
    ? rest
    : `${rest};${remembered(state.foreign, () => `foreign ${[...state.foreign].sort().join()}`)};${remembered(state.ghost, () => `ghost ${JSON.stringify(state.ghost)}`)}`;
}
