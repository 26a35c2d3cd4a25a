import * as cdk from 'aws-cdk-lib';
import {
  type App,
  CfnResource,
  type IPropertyInjector,
  PropertyInjectors,
  RemovalPolicies,
  Stack,
  Tags,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { fullArchiver, quickApp } from './places';
import { definition, faults } from '../../../helpers/synth';

/* eslint-disable @typescript-eslint/no-explicit-any */

/** Creates an archiver in an app that changes all of its resources. */
function synthInApp(change: (stack: Stack, app: App) => void): Template {
  const app = quickApp();
  const stack = new Stack(app, 'Test');
  change(stack, app);
  fullArchiver(stack);
  const template = Template.fromStack(stack);
  expect(faults(definition(template))).toBe('');
  return template;
}

function findArchiverResources(template: Template, type: string): any[] {
  return Object.entries(template.findResources(type))
    .filter(([id]) => id.startsWith('Archiver'))
    .map(([, resource]) => resource);
}

describe('property injectors', () => {
  class Injector implements IPropertyInjector {
    constructor(
      public readonly constructUniqueId: string,
      private readonly props: object,
    ) {}
    public inject(original: any): any {
      return { ...original, ...this.props };
    }
  }

  test('of an organization change the resources of an archiver', () => {
    const template = synthInApp((stack) =>
      PropertyInjectors.of(stack).add(
        new Injector(s3.Bucket.PROPERTY_INJECTION_ID, { versioned: true }),
        new Injector(sns.Topic.PROPERTY_INJECTION_ID, { displayName: 'Platform' }),
        new Injector(lambda.Function.PROPERTY_INJECTION_ID, {
          systemLogLevelV2: lambda.SystemLogLevel.WARN,
        }),
        new Injector(logs.LogGroup.PROPERTY_INJECTION_ID, {
          retention: logs.RetentionDays.TEN_YEARS,
        }),
        new Injector(iam.Role.PROPERTY_INJECTION_ID, { path: '/platform/' }),
        new Injector(sfn.StateMachine.PROPERTY_INJECTION_ID, { tracingEnabled: false }),
      ),
    );
    expect(
      findArchiverResources(template, 'AWS::S3::Bucket').map(
        ({ Properties }) => Properties.VersioningConfiguration,
      ),
    ).toEqual([{ Status: 'Enabled' }]);
    expect(
      findArchiverResources(template, 'AWS::SNS::Topic').map(
        ({ Properties }) => Properties.DisplayName,
      ),
    ).toEqual(['Platform']);
    expect(
      findArchiverResources(template, 'AWS::Lambda::Function').map(
        ({ Properties }) => Properties.LoggingConfig.SystemLogLevel,
      ),
    ).toEqual(Array(5).fill('WARN'));
    expect(
      findArchiverResources(template, 'AWS::Logs::LogGroup').map(
        ({ Properties }) => Properties.RetentionInDays,
      ),
    ).toEqual(Array(6).fill(3653));
    expect(
      findArchiverResources(template, 'AWS::IAM::Role').map(({ Properties }) => Properties.Path),
    ).toEqual(Array(7).fill('/platform/'));
    expect(
      findArchiverResources(template, 'AWS::StepFunctions::StateMachine').map(
        ({ Properties }) => Properties.TracingConfiguration,
      ),
    ).toEqual([{ Enabled: false }]);
  });
});

describe('aspects', () => {
  test('a permissions boundary is on every role', () => {
    const template = synthInApp((stack) =>
      iam.PermissionsBoundary.of(stack).apply(
        iam.ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'boundary'),
      ),
    );
    const roles = findArchiverResources(template, 'AWS::IAM::Role');
    expect(roles).toHaveLength(7);
    for (const { Properties } of roles) {
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':policy/boundary');
    }
  });

  test('tags are on every resource that supports tags', () => {
    const template = synthInApp((stack, app) => {
      Tags.of(app).add('cost-center', '4711');
      Tags.of(stack).add('owner', 'data');
    });
    const taggable = [
      'AWS::Lambda::Function',
      'AWS::IAM::Role',
      'AWS::Logs::LogGroup',
      'AWS::S3::Bucket',
      'AWS::SNS::Topic',
      'AWS::SQS::Queue',
      'AWS::StepFunctions::StateMachine',
    ];
    for (const type of taggable) {
      const resources = findArchiverResources(template, type);
      expect(resources.length).toBeGreaterThan(0);
      for (const { Properties } of resources) {
        const tags = (Properties.Tags as { Key: string }[]).map(({ Key }) => Key);
        expect([type, tags]).toEqual([type, expect.arrayContaining(['cost-center', 'owner'])]);
      }
    }
  });

  test('the removal policies of the app replace those of the archiver', () => {
    const template = synthInApp((stack) => RemovalPolicies.of(stack).destroy());
    for (const type of ['AWS::Logs::LogGroup', 'AWS::S3::Bucket', 'AWS::SNS::Topic']) {
      for (const { DeletionPolicy } of findArchiverResources(template, type)) {
        expect([type, DeletionPolicy]).toEqual([type, 'Delete']);
      }
    }
  });

  test('an aspect that visits every resource finds no invalid type', () => {
    const types = new Set<string>();
    synthInApp((stack) =>
      cdk.Aspects.of(stack).add({
        visit: (node) => {
          if (CfnResource.isCfnResource(node)) {
            types.add(node.cfnResourceType);
          }
        },
      }),
    );
    expect(types).toContain('AWS::StepFunctions::StateMachine');
    expect([...types].filter((type) => !/^AWS::\w+::\w+$/.test(type))).toEqual([]);
  });
});

test('a permissions boundary of the stack is on every role', () => {
  const stack = new Stack(quickApp(), 'Test', {
    permissionsBoundary: cdk.PermissionsBoundary.fromName('boundary'),
  });
  fullArchiver(stack);
  const roles = findArchiverResources(Template.fromStack(stack), 'AWS::IAM::Role');
  expect(roles).toHaveLength(7);
  for (const { Properties } of roles) {
    expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':policy/boundary');
  }
});

/** Only newer versions of CDK have mixins. */
interface Mixable {
  with?: (...mixins: unknown[]) => unknown;
}
const mixins: Record<string, new (enabled: boolean) => unknown> | undefined = (s3 as any).mixins;

describe('mixins', () => {
  test('change the report bucket, if this version of CDK has mixins', () => {
    const app = quickApp();
    const stack = new Stack(app, 'Test');
    const archiver = fullArchiver(stack);
    const bucket = archiver.reportBucket as unknown as Mixable;
    const canMix = typeof bucket.with === 'function' && mixins?.BucketVersioning !== undefined;
    if (canMix) {
      bucket.with!(new mixins!.BucketVersioning(false));
    }
    const [{ Properties }] = findArchiverResources(Template.fromStack(stack), 'AWS::S3::Bucket');
    expect(Properties.VersioningConfiguration).toEqual({
      Status: canMix ? 'Suspended' : 'Enabled',
    });
  });
});
