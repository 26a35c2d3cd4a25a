import { randomUUID } from 'node:crypto';
import type { ExecutionEvents, ExecutionRecord, Fleet } from 'cdk-s3-dated-archiver-engine';
import { statusChangeEvent } from './status-change';
import type { ArchiverMachine } from '../assembly/archiver';
import { ifResolvable } from '../assembly/resolvable';
import type { App } from '../assembly/scope';
import { SnsError } from '../common/aws-errors';
import { isObject, type Json, type JsonObject, utf8Length } from '../common/json';
import { matchingTargets, type RuleTarget } from '../eventbridge/rules';
import type { Permissions } from '../iam/permissions';
import { invokeAsynchronously } from '../lambda/asynchronous';
import type { Topics } from '../sns/topics';

/**
 * A retry of an asynchronous invocation comes after a minute on AWS; here a minute is this many
 * milliseconds.
 */
const ASYNC_MINUTE_MS = 200;
/** "The total entry size must be less than 256 KB": API_PutEvents. */
const MAX_ENTRY_BYTES = 256 * 1024;

export interface EventBusOptions {
  readonly app: App;
  readonly machine: ArchiverMachine;
  readonly fleet: Fleet;
  readonly topics: Topics;
  readonly permissions: Permissions;
  readonly clock: () => Date;
  readonly retryScale: number;
  /** Whether functions run that are not the archiver's. */
  readonly runOtherFunctions: boolean;
}

/** The default event bus of the archiver's account. */
export class EventBus implements ExecutionEvents {
  /** What PutEvents was asked to send since the sandbox was opened. */
  readonly sent: JsonObject[] = [];
  /** Construct paths of the functions that a rule would have invoked. */
  readonly functionsNotRun = new Set<string>();
  private readonly deliveries: Promise<void>[] = [];

  constructor(private readonly options: EventBusOptions) {}

  /**
   * Does what PutEvents does with one entry, and returns its result: API_PutEventsRequestEntry. The
   * event is delivered later.
   */
  put({ Source, DetailType, Detail }: JsonObject, resources: readonly string[]): JsonObject {
    const { account, region } = this.options.machine.scope.stack.environment;
    const [source, detailType, detail] = [
      Source,
      DetailType,
      typeof Detail === 'string' ? parse(Detail) : Detail,
    ];
    const refuse = (ErrorCode: string, ErrorMessage: string) => ({ ErrorCode, ErrorMessage });
    if (
      typeof source !== 'string' ||
      source === '' ||
      typeof detailType !== 'string' ||
      detailType === ''
    ) {
      return refuse('InvalidArgument', 'Parameter Source and DetailType are required.');
    }
    if (source.startsWith('aws.')) {
      return refuse('NotAuthorizedForSourceException', 'Not authorized for the source.');
    }
    if (!isObject(detail)) {
      return refuse('MalformedDetail', 'Detail is malformed.');
    }
    if (
      utf8Length(source) + utf8Length(detailType) + utf8Length(JSON.stringify(detail)) >
      MAX_ENTRY_BYTES
    ) {
      return refuse(
        'InvalidArgument',
        'Total size of the entries in the request is over the limit.',
      );
    }
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': detailType,
      source,
      account,
      time: this.options
        .clock()
        .toISOString()
        .replace(/\.\d+Z$/, 'Z'),
      region,
      resources: [...resources],
      detail: detail as JsonObject,
    };
    this.sent.push(event);
    const delivery = this.deliver(event);
    // It is awaited in `delivered`; until then nothing else handles its failure.
    delivery.catch(() => undefined);
    this.deliveries.push(delivery);
    return { EventId: event.id };
  }

  /** Sends the execution's current status to the rules of the app, and waits for their targets. */
  statusChanged(record: ExecutionRecord): Promise<void> {
    const { machine, clock } = this.options;
    return this.deliver(
      statusChangeEvent(record, {
        environment: machine.scope.stack.environment,
        now: clock(),
        isEncryptedByCustomer: machine.isEncryptedByCustomer,
      }),
    );
  }

  /** Sends the event to the rules of the app, and waits for their targets. */
  private async deliver(event: Record<string, unknown>): Promise<void> {
    const { app, permissions } = this.options;
    await Promise.all(
      matchingTargets(app, event).map(async (target) => {
        // EventBridge only counts an event that it may not deliver in a metric.
        if (!permissions.mayDeliver(target.ruleArn, target.arn)) {
          return;
        }
        if (target.arn.split(':')[2] === 'sns') {
          this.deliverToTopic(target);
        } else {
          await this.deliverToFunction(target);
        }
      }),
    );
  }

  /** Waits for the targets of all events that were put. */
  async delivered(): Promise<void> {
    while (this.deliveries.length > 0) {
      await Promise.all(this.deliveries.splice(0));
    }
  }

  /** A topic that a rule names exists, even if it is imported. */
  private deliverToTopic({ arn, input }: RuleTarget): void {
    const { topics } = this.options;
    topics.add(arn);
    dropping(() => topics.publish(arn, input, null));
  }

  private async deliverToFunction({ arn, input }: RuleTarget): Promise<void> {
    const { app, fleet, machine, clock, retryScale, runOtherFunctions } = this.options;
    // The archiver's own functions are read before a run; other functions may have a runtime that
    // the sandbox does not support.
    const host = ifResolvable(() => fleet.host(arn));
    // Other targets, such as queues and log groups, accept the event without effect.
    if (!host) {
      return;
    }
    // A user who tries out an archiver does not expect other functions to run: they may send
    // messages or change data.
    if (!runOtherFunctions && !host.spec.path.startsWith(`${machine.path}/`)) {
      this.functionsNotRun.add(host.spec.path.replace(/\/Resource$/, ''));
      return;
    }
    await invokeAsynchronously(host, input, {
      fleet,
      app,
      minuteMs: ASYNC_MINUTE_MS * retryScale,
      clock,
      publish: (topicArn, message) => this.publishFor(host.spec.logicalId, topicArn, message),
    });
  }

  /**
   * Lambda publishes to a failure destination with the function's role; it drops the record if the
   * role may not publish (invocation-async-retain-records).
   */
  private publishFor(accessKeyId: string, topicArn: string, message: string): void {
    const { permissions, topics } = this.options;
    dropping(() => {
      permissions.demandPublish(accessKeyId, topicArn);
      topics.publish(topicArn, message, null);
    });
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** EventBridge and Lambda drop a message that SNS refuses. */
function dropping(publish: () => void): void {
  try {
    publish();
  } catch (error) {
    if (!(error instanceof SnsError)) {
      throw error;
    }
  }
}
