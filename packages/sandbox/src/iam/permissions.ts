import { ApiError, StateError } from 'cdk-s3-dated-archiver-engine';
import type { S3Guard } from 'cdk-s3-dated-archiver-s3-double';
import { Access } from './access';
import { AccessDenied } from './denied';
import { ForeignS3Guard } from './foreign-s3-guard';
import { Keys } from './keys';
import { readPolicies } from './policies';
import type { Caller } from './principals';
import { S3Checks } from './s3-checks';
import { guardS3 } from './s3-guard';
import { readForeignResources } from '../assembly/foreign-resources';
import type { App } from '../assembly/scope';
import type { Environment } from '../assembly/template';
import type { SandboxOptions } from '../common/api';
import { SnsError } from '../common/aws-errors';

/** The actions whose answers have input and output of an execution. */
const READS_EXECUTION = new Set(['DescribeExecution', 'GetExecutionHistory']);

/** Permission checks of the services other than S3, and how each service refuses. */
export class Permissions {
  /** Enforces the policies of an app's templates. */
  static of(
    app: App,
    environment: Environment,
    {
      bucketPolicies,
      organizations,
    }: Pick<SandboxOptions, 'bucketPolicies' | 'organizations'> = {},
  ): Permissions {
    return new Permissions(
      new Access(readPolicies(app, readForeignResources(app), bucketPolicies), organizations),
      app,
      environment,
    );
  }

  /** Allows everything. */
  static none(app: App, environment: Environment): Permissions {
    return new Permissions(
      new Access({ roles: new Map(), resources: new Map(), accounts: new Map(), unknown: [] }),
      app,
      environment,
    );
  }

  private readonly keys: Keys;

  private constructor(
    readonly access: Access,
    app: App,
    private readonly environment: Environment,
  ) {
    this.keys = new Keys(app, environment);
  }

  s3Guard(): S3Guard {
    return guardS3(this.s3Checks());
  }

  /** For a proxy in front of another S3. */
  foreignS3Guard(): ForeignS3Guard {
    return new ForeignS3Guard(this.s3Checks());
  }

  /**
   * An action of the Step Functions API, on what the request names: "Actions, resources, and
   * condition keys for AWS Step Functions", list_awsstepfunctions. Refused as CommonErrors of the
   * API says.
   */
  demandStepFunctions(
    accessKeyId: string | undefined,
    action: string,
    request: Record<string, unknown>,
  ): void {
    const resource = String(
      request.mapRunArn ?? request.executionArn ?? request.stateMachineArn ?? '*',
    );
    refusing(
      () => this.access.demand(accessKeyId, { action: `states:${action}`, resource }),
      (message) => new ApiError('AccessDeniedException', message),
    );
    if (READS_EXECUTION.has(action)) {
      this.demandDecryption(accessKeyId, resource);
    }
  }

  /**
   * Publish by the caller with this access key; with an encrypted topic the caller also needs the
   * topic's KMS key: sns-key-management.
   */
  demandPublish(accessKeyId: string | undefined, topicArn: string): void {
    const caller = this.access.caller(accessKeyId);
    if (caller) {
      this.publishAs(caller, topicArn);
    }
  }

  /**
   * A Task that invokes a function. Step Functions reports it as Lambda.AWSLambdaException, which
   * is retried.
   */
  demandInvoke(accessKeyId: string, functionArn: string): void {
    refusing(
      () =>
        this.access.demand(accessKeyId, { action: 'lambda:InvokeFunction', resource: functionArn }),
      (message) =>
        new StateError(
          'Lambda.AWSLambdaException',
          `${message} (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; ` +
            'Request ID: sandbox; Proxy: null)',
        ),
    );
  }

  /** A Task that sends events to the default event bus of the account: list_amazoneventbridge. */
  demandPutEvents(accessKeyId: string): void {
    const { partition, region, account } = this.environment;
    const resource = `arn:${partition}:events:${region}:${account}:event-bus/default`;
    refusing(
      () => this.access.demand(accessKeyId, { action: 'events:PutEvents', resource }),
      (message) =>
        new StateError(
          'EventBridge.EventBridgeException',
          `${message} (Service: EventBridge; Status Code: 400; Error Code: ` +
            'AccessDeniedException; Request ID: sandbox; Proxy: null)',
        ),
    );
  }

  /**
   * A Distributed Map starts its children as executions of its state machine:
   * iam-policies-eg-dist-map.
   */
  demandStart(accessKeyId: string, stateMachineArn: string): void {
    refusing(
      () =>
        this.access.demand(accessKeyId, {
          action: 'states:StartExecution',
          resource: stateMachineArn,
        }),
      (message) => new StateError('States.Permissions', message),
    );
  }

  /**
   * A Map Run redrives its STANDARD children with the role of the state machine: redrive-map-run.
   */
  demandRedrive(accessKeyId: string, executionArn: string): void {
    refusing(
      () =>
        this.access.demand(accessKeyId, {
          action: 'states:RedriveExecution',
          resource: executionArn,
        }),
      (message) => new StateError('States.Permissions', message),
    );
  }

  /**
   * Whether EventBridge may deliver to a rule's target: "Using resource-based policies",
   * eb-use-resource-based.
   */
  mayDeliver(ruleArn: string, targetArn: string): boolean {
    const caller = { kind: 'service', arn: 'events.amazonaws.com' } as const;
    const keys = () =>
      [
        ['aws:SourceArn', ruleArn],
        ['aws:SourceAccount', this.environment.account],
      ] as const;
    try {
      if (targetArn.split(':')[2] === 'sns') {
        this.publishAs(caller, targetArn, keys);
      } else {
        this.access.demandOf(caller, {
          action: 'lambda:InvokeFunction',
          resource: targetArn,
          keys,
        });
      }
      return true;
    } catch (error) {
      if (error instanceof AccessDenied || error instanceof SnsError) {
        return false;
      }
      throw error;
    }
  }

  /**
   * The schedule's role: that EventBridge Scheduler may assume it
   * (cross-service-confused-deputy-prevention), and that it may start the state machine.
   */
  demandSchedule(roleArn: string, stateMachineArn: string): void {
    const { partition, region, account } = this.environment;
    const group = `arn:${partition}:scheduler:${region}:${account}:schedule-group/default`;
    this.access.demandTrust('scheduler.amazonaws.com', roleArn, [
      ['aws:SourceAccount', account],
      ['aws:SourceArn', group],
    ]);
    const session = this.access.toSession(roleArn, 'scheduler');
    if (session) {
      this.access.demandOf(session, { action: 'states:StartExecution', resource: stateMachineArn });
    }
  }

  /**
   * The caller decrypts what it reads of an execution: "Data at rest encryption in Step Functions",
   * encryption-at-rest.
   */
  private demandDecryption(accessKeyId: string | undefined, executionArn: string): void {
    const stateMachineArn = executionArn.replace(/:execution:([^:/]+).*$/, ':stateMachine:$1');
    const key = this.keys.ofStateMachine(stateMachineArn);
    if (key === undefined) {
      return;
    }
    const keys = () =>
      [
        this.keys.via('states'),
        ['kms:EncryptionContext:aws:states:stateMachineArn', stateMachineArn],
      ] as const;
    refusing(
      () => this.access.demand(accessKeyId, { action: 'kms:Decrypt', resource: key, keys }),
      (message) => new ApiError('KmsAccessDeniedException', message),
    );
  }

  private s3Checks(): S3Checks {
    return new S3Checks(this.access, this.keys, this.environment);
  }

  private publishAs(
    caller: Caller,
    topicArn: string,
    keys: () => readonly (readonly [string, string])[] = () => [],
  ): void {
    refusing(
      () => this.access.demandOf(caller, { action: 'sns:Publish', resource: topicArn, keys }),
      (message) => new SnsError('AuthorizationError', message),
    );
    const key = this.keys.ofTopic(topicArn);
    if (key === undefined) {
      return;
    }
    const viaSns = () => [...keys(), this.keys.via('sns')];
    refusing(
      () => {
        for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
          this.access.demandOf(caller, { action, resource: key, keys: viaSns });
        }
      },
      (message) => new SnsError('KMSAccessDenied', message),
    );
  }
}

function refusing(demand: () => void, errorOf: (message: string) => Error): void {
  try {
    demand();
  } catch (error) {
    throw error instanceof AccessDenied ? errorOf(error.message) : error;
  }
}
