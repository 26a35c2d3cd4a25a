/** This file describes schedules for people. */
import type { Call } from './client';
import { prepare } from './explore';
import type { Answer, S3State } from './s3-model';
import { CONTENT, type Scenario } from './scenario';
import { isOver, type State } from './state';
import { stepsFrom, type Step } from './world';

const nameOf = (content: string) =>
  Object.entries(CONTENT).find(([, value]) => value === content)?.[0] ?? content;
const letter = (mover: number) => 'ABCDEFGH'[mover];

function describeCall({ operation, input }: Call): string {
  const conditions = [
    input.CopySourceIfMatch && `source ${input.CopySourceIfMatch.slice(1, 7)}`,
    input.IfNoneMatch && 'if none there',
    input.IfMatch && `if ${input.IfMatch.slice(1, 7)}`,
  ]
    .filter(Boolean)
    .join(', ');
  const of = input.Delete
    ? input.Delete.Objects.map(
        ({ Key, ETag }) => `${Key}${ETag ? ` if ${ETag.slice(1, 7)}` : ''}`,
      ).join(', ')
    : (input.Key ?? input.Prefix);
  return (
    `${operation} ` +
    `${input.Bucket}/${of}${conditions ? ` (${conditions})` : ''}${input.PartNumber ? ` part ${input.PartNumber}` : ''}`
  );
}

function describeAnswer(answer: Answer | undefined): string {
  if (!answer) {
    return '';
  }
  if ('error' in answer) {
    return `: ${answer.error}`;
  }
  const { ETag, Errors } = answer.output as {
    ETag?: string;
    Errors?: { Key: string; Code: string }[];
  };
  return Errors?.length
    ? `: ${Errors.map(({ Key, Code }) => `${Key} ${Code}`).join(', ')}`
    : ETag
      ? `: ${ETag.slice(1, 7)}`
      : ': done';
}

/** @param movers the programs, if they differ */
function describeStep(step: Step, before: State, movers?: Scenario['movers']): string {
  if (step.kind === 'foreign') {
    return `other writer: ${step.action}`;
  }
  if (step.kind === 'orphan') {
    return `a killed attempt's ${describeCall(before.orphans[step.index].call)} is executed now`;
  }
  const { mover, late } = before.attempts[step.who];
  const who = `mover ${letter(mover)}${movers ? ` (${movers[mover]})` : ''}`;
  if (step.kind === 'kill') {
    return (
      `${who} is ` +
      `killed${step.after.length ? ' after what it had sent was executed' : step.late ? ' while what it had sent is under way' : ''} ` +
      'and starts again'
    );
  }
  if (step.kind === 'time') {
    return `${who}: the round's time is up`;
  }
  if (step.kind === 'late') {
    return `${who}: ${describeCall(late[step.index])}, given up before, is executed now`;
  }
  const fault = step.fault ? ` [${step.fault}${step.keys ? ` ${step.keys.join(', ')}` : ''}]` : '';
  return `${who}: ${describeCall(step.call)}${fault}`;
}

function describeObjects({ objects }: S3State): string {
  return (
    Object.entries(objects)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { content, etag }]) => `${key} ${nameOf(content)} ${etag.slice(1, 7)}`)
      .join(' | ') || 'nothing'
  );
}

export async function narrate(scenario: Scenario, choices: readonly number[]): Promise<string[]> {
  const { stage, world, judgeEnd } = prepare(scenario);
  let state = await world.begin();
  const lines = [`    ${describeObjects(state.s3)}`];
  for (const [index, choice] of choices.entries()) {
    const step = stepsFrom(stage, state)[choice];
    if (!step) {
      return [
        ...lines,
        `  there is no choice ${choice} here: the code or the scenario has changed`,
      ];
    }
    const { state: next, answer, violation } = await world.take(state, step);
    lines.push(
      `${String(index + 1).padStart(3)} ` +
        `${describeStep(step, state, scenario.runs ? scenario.movers : undefined)}${describeAnswer(answer)}`,
    );
    if (next.s3 !== state.s3) {
      lines.push(`    ${describeObjects(next.s3)}`);
    }
    if ('who' in step) {
      const {
        point: { outcomes, thrown },
        mover,
      } = next.attempts[step.who];
      for (const [key, { status, ...rest }] of Object.entries(outcomes ?? {})) {
        lines.push(
          `    mover ${letter(mover)} says: ${key} ${status} ${'code' in rest ? rest.code : ''}`,
        );
      }
      if (thrown) {
        lines.push(`    mover ${letter(mover)} threw ${thrown}`);
      }
    }
    if (violation) {
      return [...lines, `    VIOLATION: ${violation}`];
    }
    state = next;
  }
  const wrong = isOver(state) ? await judgeEnd(state) : undefined;
  if (wrong) {
    lines.push(`    VIOLATION: ${wrong}`);
  }
  return lines;
}
