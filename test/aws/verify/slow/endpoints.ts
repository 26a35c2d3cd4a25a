/**
 * The rehearsal's account over HTTP, for programs that run in processes of their own: the command,
 * the AWS CLI and the CDK CLI. Each request goes to the service that it is signed for.
 */
import { createHash } from 'node:crypto';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { definitionOf, Services } from './services';
import { type S3Double, startS3 } from '../../../../packages/s3-double/src';
import { STACK_TAG } from '../identity';
import { deploymentOf, type Machine, type Queue, TAG, tagOf } from '../names';
import { openRehearsal, type Rehearsal } from '../rehearsal';

export const ACCOUNT_ID = '111122223333';
const IDENTITY = `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>${ACCOUNT_ID}</Account><Arn>arn:aws:iam::${ACCOUNT_ID}:user/ann</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>`;
const BOOTSTRAP_BUCKET = 'cdk-bootstrap-assets';
/** What `cdk bootstrap` made before, and no call may touch. */
export const BOOTSTRAP = ['CDKToolkit', BOOTSTRAP_BUCKET, `${BOOTSTRAP_BUCKET}/asset.zip`];

const stackIdOf = (stack: string) =>
  `arn:aws:cloudformation:eu-central-1:${ACCOUNT_ID}:stack/${stack}/0f3a`;

export class Endpoints {
  /** What was asked, `SERVICE ACTION`. */
  readonly asked: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    this.answer(request, response).catch((error: Error) => {
      response.writeHead(500).end(error.message);
    });
  });
  private rehearsal?: Rehearsal;
  private services?: Services;
  private id?: string;
  private readonly stacks = new Set<string>(['CDKToolkit']);
  /** Whether the account has what `cdk bootstrap` makes, and whether that can be seen. */
  isBootstrapped = true;
  isDenied = false;
  private store?: S3Double;
  private scheduled?: Promise<unknown>;

  async open(): Promise<string> {
    this.store = await startS3({ account: ACCOUNT_ID });
    this.store.store.createBucket(BOOTSTRAP_BUCKET);
    this.store.store.put(BOOTSTRAP_BUCKET, 'asset.zip', 'code');
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.scheduled;
    await this.rehearsal?.close();
    await this.store?.close();
  }

  /** The stacks and buckets that are there, and the code that `cdk bootstrap`'s bucket has. */
  left(): string[] {
    return [
      ...this.stacks,
      ...this.store!.store.buckets.keys(),
      ...this.store!.store.keys(BOOTSTRAP_BUCKET).map((key) => `${BOOTSTRAP_BUCKET}/${key}`),
      ...(this.rehearsal ? [...this.first().s3!.store.buckets.keys()] : []),
    ];
  }

  private first() {
    return [...this.rehearsal!.sandboxes.values()][0]!;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, service = 'cdk'] =
      /Credential=[^/]+\/\d+\/[^/]*\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    if (service === 's3') {
      return this.s3(request, response);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) {
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString();
    const form = new URLSearchParams(body);
    const action = String(request.headers['x-amz-target'] ?? form.get('Action') ?? request.url)
      .split('.')
      .pop()!;
    this.asked.push(`${service} ${action}`);
    switch (service) {
      case 'cdk':
        response.end(await this.cdk(new URL(request.url!, 'http://cdk')));
        break;
      case 'sts':
        response.end(IDENTITY);
        break;
      case 'sqs':
        response.end(await this.sqs(action, body));
        break;
      case 'states':
        await this.stepFunctions(action, body, request, response);
        break;
      case 'monitoring':
      case 'athena':
        response.end(await this.services!.answer(this.services!.read(service, action, body)));
        break;
      case 'cloudformation':
        this.cloudFormation(action, form, response);
        break;
      case 'ssm':
        this.parameter(response);
        break;
      default:
        response
          .writeHead(403)
          .end(
            `<ErrorResponse><Error><Code>NotRehearsed</Code><Message>${service} ` +
              `${action}</Message></Error></ErrorResponse>`,
          );
    }
  }

  /** What the stub of the CDK CLI asks for. */
  private async cdk({ pathname, searchParams }: URL): Promise<string> {
    const stack = searchParams.get('stack') ?? '';
    if (pathname === '/deploy') {
      this.stacks.add(stack);
      this.id = stack.replace('archiver-verify-', '');
      const machines = searchParams.get('machines')!.split(',') as Machine[];
      const deployment = deploymentOf(
        this.id,
        { account: ACCOUNT_ID, region: 'eu-central-1' },
        machines,
      );
      this.rehearsal = await openRehearsal(
        searchParams.get('assembly')!,
        deployment,
        new AbortController().signal,
      );
      this.services = new Services(deployment, this.rehearsal.stage);
    }
    return 'done';
  }

  /** S3 deletes only an empty bucket. */
  private destroy(): void {
    const { store } = this.first().s3!;
    for (const name of [...store.buckets.keys()]) {
      if (store.keys(name).length > 0) {
        throw new Error(`${name} is not empty`);
      }
      store.buckets.delete(name);
    }
  }

  /** What CloudFormation gives to each resource of the stack. */
  private tags(): [string, string][] {
    return [
      [TAG, tagOf(this.id!)],
      [STACK_TAG, stackIdOf(`archiver-verify-${this.id}`)],
    ];
  }

  private async sqs(action: string, body: string): Promise<string> {
    if (action !== 'ReceiveMessage') {
      return '{}';
    }
    const queue: Queue = (JSON.parse(body) as { QueueUrl: string }).QueueUrl.includes('Schedule')
      ? 'ScheduleMessages'
      : 'Messages';
    const subjects = await this.services!.receive(queue);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return JSON.stringify({
      Messages: subjects
        .map((Subject) => JSON.stringify({ Subject }))
        .map((Body) => ({
          ReceiptHandle: 'x',
          MessageId: 'x',
          Body,
          MD5OfBody: createHash('md5').update(Body).digest('hex'),
        })),
    });
  }

  /** EventBridge Scheduler starts a run when a caller looks for one. */
  private async stepFunctions(
    action: string,
    body: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const states: Record<string, object> = {
      ValidateStateMachineDefinition: { result: 'OK', diagnostics: [] },
      TestState: { status: 'SUCCEEDED' },
      ListTagsForResource: { tags: this.tags().map(([key, value]) => ({ key, value })) },
    };
    const { sandboxes, stage } = this.rehearsal!;
    const named =
      [...sandboxes].find(([, { stateMachineArn }]) =>
        body.includes(`:${stateMachineArn.split(':').pop()!}`),
      ) ?? [...sandboxes][0]!;
    if (action === 'DescribeStateMachine') {
      states[action] = {
        definition: await definitionOf(stage.operations, named[0]),
        roleArn: 'arn:aws:iam::111122223333:role/x',
      };
    }
    if (states[action]) {
      response.end(JSON.stringify(states[action]));
      return;
    }
    if (action === 'ListExecutions' && !body.includes('RUNNING')) {
      this.scheduled ??= named[1].run({ schedule: named[0] });
    }
    forward(named[1].awsEndpoint, request, response, body);
  }

  private cloudFormation(action: string, form: URLSearchParams, response: ServerResponse): void {
    const asked = form.get('StackName')!;
    const stack = asked.startsWith('arn:') ? asked.split('/')[1]! : asked;
    if (!this.stacks.has(stack)) {
      response
        .writeHead(400)
        .end(
          '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack ' +
            `with id ${asked} does not exist</Message></Error></ErrorResponse>`,
        );
      return;
    }
    if (action === 'DeleteStack') {
      if (stack === `archiver-verify-${this.id}`) {
        this.destroy();
      }
      this.stacks.delete(stack);
    }
    const result =
      action === 'DescribeStackResource'
        ? `<StackResourceDetail><PhysicalResourceId>${BOOTSTRAP_BUCKET}</PhysicalResourceId></StackResourceDetail>`
        : `<Stacks><member><StackId>${stackIdOf(stack)}</StackId><StackName>${stack}</StackName><StackStatus>CREATE_COMPLETE</StackStatus><CreationTime>2026-11-25T00:00:00Z</CreationTime></member></Stacks>`;
    response.end(
      `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
    );
  }

  /** The parameter that has the version of the bootstrap. */
  private parameter(response: ServerResponse): void {
    if (this.isBootstrapped && !this.isDenied) {
      response.end(JSON.stringify({ Parameter: { Value: '27' } }));
      return;
    }
    response
      .writeHead(400)
      .end(
        JSON.stringify({ __type: this.isDenied ? 'AccessDeniedException' : 'ParameterNotFound' }),
      );
  }

  private s3(request: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`s3 ${request.method}`);
    // The sandbox deploys nothing, so its buckets have no tags.
    if (/^\/[^/?]+\/?\?tagging/.test(request.url!) && request.method === 'GET') {
      const tags = this.tags().map(
        ([key, value]) => `<Tag><Key>${key}</Key><Value>${value}</Value></Tag>`,
      );
      response.end(`<Tagging><TagSet>${tags.join('')}</TagSet></Tagging>`);
      return;
    }
    const isOfStack =
      !request.url!.startsWith(`/${BOOTSTRAP_BUCKET}`) && this.rehearsal !== undefined;
    forward(isOfStack ? this.first().s3Endpoint : this.store!.endpoint, request, response);
  }
}

function forward(
  endpoint: string,
  request: IncomingMessage,
  response: ServerResponse,
  body?: string,
): void {
  const sent = httpRequest(
    `${endpoint}${request.url}`,
    { method: request.method, headers: request.headers },
    (answered) => {
      response.writeHead(answered.statusCode!, answered.headers);
      answered.pipe(response);
    },
  );
  sent.on('error', () => response.destroy());
  if (body === undefined) {
    request.pipe(sent);
  } else {
    sent.end(body);
  }
}
