/**
 * CloudFormation, of which the verification needs two calls: too few for a client of the SDK. A
 * stack is deleted by its id only. A name may belong to another stack later, an id never does.
 */
import { call, type Signer } from './signed-query';

/** A stack as DescribeStacks shows it. */
export interface FoundStack {
  /** The ARN, which ends with a UUID. */
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface CloudFormation {
  /**
   * Returns `undefined` only if CloudFormation says that the stack is not there. Every other
   * error is thrown, since it says nothing about the stack.
   */
  describe(nameOrId: string): Promise<FoundStack | undefined>;
  delete(id: string): Promise<void>;
}

export function cloudFormationOnAws(signer: Signer): CloudFormation {
  return {
    describe: async (nameOrId) => {
      const text = await ask(signer, { Action: 'DescribeStacks', StackName: nameOrId }).catch(
        (error: Error) => {
          if (isNoStack(error)) {
            return undefined;
          }
          throw error;
        },
      );
      return text === undefined ? undefined : readStack(text);
    },
    delete: async (id) => {
      await ask(signer, { Action: 'DeleteStack', StackName: id });
    },
  };
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
const ask = (signer: Signer, parameters: Readonly<Record<string, string>>) =>
  call(signer, {
    service: 'cloudformation',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ Version: '2010-05-15', ...parameters }).toString(),
  });

/**
 * "If the stack doesn't exist, a ValidationError is returned." A request that is not valid gets the
 * same code, so the words count as well.
 */
const isNoStack = ({ name, message }: Error) =>
  name === 'ValidationError' && / does not exist\b/.test(message);

function readStack(text: string): FoundStack {
  const [id, status] = [field(text, 'StackId'), field(text, 'StackStatus')];
  if (id === undefined || status === undefined) {
    throw new Error(`CloudFormation answered without a stack: ${text.slice(0, 200)}`);
  }
  const [, list = ''] = /<Tags>(.*?)<\/Tags>/s.exec(text) ?? [];
  const tags = [...list.matchAll(/<member>(.*?)<\/member>/gs)].map(([, tag]) => [
    field(tag!, 'Key') ?? '',
    field(tag!, 'Value') ?? '',
  ]);
  return {
    id,
    status,
    reason: field(text, 'StackStatusReason'),
    tags: Object.fromEntries(tags) as Record<string, string>,
  };
}

function field(text: string, name: string): string | undefined {
  const [, value] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(text) ?? [];
  return value
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
