import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

const toldIn = new WeakMap<Stack, Map<string, Construct>>();

/** Adds a note to an archiver. One that is the same for several archivers of a stack is told once, by the first of them. */
export function addInfo(scope: Construct, id: string, text: string): void {
  const stack = Stack.of(scope);
  const told = toldIn.get(stack) ?? new Map<string, Construct>();
  toldIn.set(stack, told);
  if (!told.has(text)) { told.set(text, scope); }
  if (told.get(text) === scope) { Annotations.of(scope).addInfoV2(id, text); }
}
