/**
 * A person's credentials have none of the limits that the roles of a deployed archiver have. So
 * each request passes this guard on its way to S3.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { findOwner, type RequestLimits } from './limits';
import { type Command, type RequestInput, toRequest } from './request';
import { type Rule, RULES } from './rules';
import { withSend } from '../../../../src/lambda/s3/with-send';

/** The archiver has a bug: it would have sent what it must never send. Nothing was sent. */
export class RefusedRequestError extends Error {
  constructor(operation: string, problem: string) {
    super(`the request ${operation} was not sent: ${problem}`);
    this.name = 'RefusedRequest';
  }
}

/** Returns what is wrong with a request, by the first rule that it breaks. */
export function findViolation(
  command: Command,
  limits: RequestLimits,
  rules: readonly Rule[] = Object.values(RULES),
): string | undefined {
  const request = toRequest(command);
  for (const rule of rules) {
    const problem = rule(request, limits);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

/** Returns a client that sends nothing that breaks a rule. */
export function guardRequests(s3: S3Client, limits: RequestLimits): S3Client {
  return withSend(s3, async (command: Command, options) => {
    // The copy is checked and sent, so a later change of the input has no effect.
    const copied = withInput(command, copyInput(command.input));
    const problem = findViolation(copied, limits);
    if (problem !== undefined) {
      throw new RefusedRequestError(toRequest(copied).operation, problem);
    }
    return s3.send(copied as never, options);
  });
}

/** Returns a client that says in each request whose buckets it expects. */
export function expectOwners(s3: S3Client, limits: RequestLimits): S3Client {
  return withSend(s3, async (command: Command, options) => {
    const { input } = command;
    const owned = {
      ...input,
      ExpectedBucketOwner: findOwner(limits, input.Bucket),
      ...(input.CopySource !== undefined && { ExpectedSourceBucketOwner: limits.source.owner }),
    };
    return s3.send(withInput(command, owned) as never, options);
  });
}

/** The same command, with its class and its middleware, and another input. */
function withInput(command: Command, input: RequestInput): Command {
  return Object.create(command, { input: { value: input, enumerable: true } }) as Command;
}

function copyInput(input: RequestInput): RequestInput {
  const { Delete } = input;
  return Delete === undefined
    ? { ...input }
    : {
        ...input,
        Delete: { ...Delete, Objects: Delete.Objects?.map((each) => ({ ...each })) },
      };
}
