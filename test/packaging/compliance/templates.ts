import * as fs from 'node:fs';
import * as path from 'node:path';
import { definitionOf, policiesOf } from './deployed';
import type { Finding, Judge, Judged } from './judge';
import { ownModule, tryProgram } from './programs';
import { changed, ofType, readTemplate } from './setting';

/**
 * Applies the schemas and rules that newer versions of CDK apply to every template that they
 * synthesize.
 */
export function cloudFormationValidate(spoiled: Judged): Judge {
  return {
    name: 'CloudFormationValidatePlugin',
    violation: /^F3012: MemorySize/,
    explained: [],
    judge: (apps) =>
      apps.flatMap(({ name, assembly }) => {
        const report = JSON.parse(
          fs.readFileSync(path.join(assembly, 'validation-report.json'), 'utf8'),
        ) as ValidationReport;
        return report.pluginReports.flatMap(({ pluginName, violations }) =>
          violations
            .filter(() => pluginName !== 'Construct Annotations')
            .map(({ ruleName, description }) => ({ app: name, rule: ruleName, text: description })),
        );
      }),
    spoil: () => spoiled,
  };
}

interface ValidationReport {
  readonly pluginReports: {
    readonly pluginName: string;
    readonly violations: { readonly ruleName: string; readonly description: string }[];
  }[];
}

/**
 * Runs cfn-lint. It reads only complete definitions of state machines, so the references are
 * replaced first.
 */
export function cfnLint(venv: string): Judge {
  return {
    name: 'cfn-lint',
    violation: /^E3002: .*Timeouts/,
    explained: [
      {
        rule: /^W3005$/,
        why: 'CDK lets functions and state machines wait for all that belongs to their role',
      },
      {
        rule: /^W3045$/,
        why:
          "CDK lets S3 write an app's access logs by an ACL, unless a feature flag is set; the " +
          'archiver has no such bucket',
      },
    ],
    judge: (apps) => {
      const resolved = apps.map((app) =>
        changed(app, (template) => {
          for (const [, { Properties }] of ofType(template, 'AWS::StepFunctions::StateMachine')) {
            Properties.Definition = definitionOf(template, Properties);
            delete Properties.DefinitionString;
          }
        }),
      );
      const files = resolved.flatMap(({ templates }) => templates);
      const { output } = tryProgram(path.join(venv, 'bin/cfn-lint'), [
        '--format',
        'json',
        '--template',
        ...files,
      ]);
      const matches = JSON.parse(output) as LintMatch[];
      return matches.map(({ Filename, Rule, Message, Location }) => ({
        app: resolved.find(({ templates }) => templates.includes(Filename))!.name,
        rule: Rule.Id,
        text: `${Message} (${Location.Path.join('/')})`,
      }));
    },
    spoil: (app) =>
      changed(app, (template) => {
        for (const [, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
          Properties.Timeouts = 3;
        }
      }),
  };
}

interface LintMatch {
  readonly Filename: string;
  readonly Message: string;
  readonly Rule: { readonly Id: string };
  readonly Location: { readonly Path: (string | number)[] };
}

export const aslValidator: Judge = {
  name: 'asl-validator',
  violation: /^asl: .*target: ReportRun/,
  explained: [],
  judge: (apps) =>
    definitions(apps, ({ app, definition }) => {
      // The package has no types.
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const validate = require(ownModule('asl-validator')) as (asl: object) => {
        isValid: boolean;
        errorsText: (separator: string) => string;
      };
      const verdict = validate(definition);
      return verdict.isValid ? [] : [{ app, rule: 'asl', text: verdict.errorsText('; ') }];
    }),
  spoil: (app) =>
    changed(app, (template) => {
      for (const [, { Properties }] of ofType(template, 'AWS::StepFunctions::StateMachine')) {
        const definition = definitionOf(template, Properties) as {
          States: Record<string, unknown>;
        };
        delete definition.States.ReportRun;
        Properties.DefinitionString = JSON.stringify(definition);
      }
    }),
};

function definitions(
  apps: readonly Judged[],
  look: (found: { app: string; definition: object }) => Finding[],
): Finding[] {
  return apps.flatMap(({ name, templates }) =>
    templates.flatMap((file) => {
      const template = readTemplate(file);
      return ofType(template, 'AWS::StepFunctions::StateMachine').flatMap(([, { Properties }]) =>
        look({ app: name, definition: definitionOf(template, Properties) }),
      );
    }),
  );
}

/** Runs parliament, a linter for IAM policies. */
export function parliament(venv: string): Judge {
  return {
    name: 'parliament',
    violation: /^UNKNOWN_ACTION: .*s3:MoveObject/,
    explained: [
      {
        rule: /^UNKNOWN_ACTION$/,
        text: /s3:((Get|Put)ObjectAnnotation|ListObjectAnnotations)/,
        why: 'actions of 2026, which its copy of the reference does not have',
      },
      {
        rule: /^RESOURCE_STAR$/,
        text: /^\S+: \['ec2:/,
        why:
          'network interfaces are made before any of them has an ARN (Lambda ' +
          '"configuration-vpc")',
      },
      {
        rule: /^RESOURCE_MISMATCH$/,
        text: /states:DescribeExecution/,
        why: 'its copy of the reference knows executions of EXPRESS workflows only',
      },
      {
        rule: /^RESOURCE_(STAR|MISMATCH)$/,
        text: /^InsertRoleDefaultPolicy/,
        why:
          "CDK's grants to the state machine of an app that queries with Athena; the archiver has " +
          'no such role',
      },
    ],
    judge: (apps) => {
      const policies = apps.flatMap(({ name, templates }) =>
        templates
          .flatMap((file) => policiesOf(readTemplate(file)))
          .map(({ id, document }) => ({ app: name, id, document })),
      );
      const input = path.join(path.dirname(apps[0].assembly), 'policies.json');
      fs.writeFileSync(input, JSON.stringify(policies));
      const { status, output } = tryProgram(path.join(venv, 'bin/python'), [
        path.join(__dirname, 'python/policies.py'),
        input,
      ]);
      if (status !== 0) {
        throw new Error(output);
      }
      return JSON.parse(output.trim().split('\n').pop()!) as Finding[];
    },
    spoil: (app) =>
      changed(app, (template) => {
        for (const [, { Properties }] of ofType(template, 'AWS::IAM::Policy')) {
          (Properties.PolicyDocument as { Statement: object[] }).Statement.push({
            Effect: 'Allow',
            Action: 's3:MoveObject',
            Resource: '*',
          });
        }
      }),
  };
}

/**
 * Deploys to moto, as far as it supports CloudFormation. This shows that the resources can be
 * created and that their references exist.
 */
export function deployment(venv: string): Judge {
  return {
    name: 'moto',
    violation: /^function: .*:forgotten/,
    explained: [],
    judge: (apps) => {
      const script = path.join(__dirname, 'python/deploy.py');
      const given = apps.flatMap(({ name, assembly }) => [name, assembly]);
      const { status, output } = tryProgram(path.join(venv, 'bin/python'), [
        '-W',
        'ignore',
        script,
        ...given,
      ]);
      if (status !== 0) {
        throw new Error(output);
      }
      const { findings, shown } = JSON.parse(output.trim().split('\n').pop()!) as {
        findings: Finding[];
        shown: string;
      };
      console.log(`moto: ${shown}`);
      return findings;
    },
    spoil: (app) =>
      changed(app, (template) => {
        for (const [, { Properties }] of ofType(template, 'AWS::StepFunctions::StateMachine')) {
          const { 'Fn::Sub': definition } = Properties.DefinitionString as { 'Fn::Sub': string };
          Properties.DefinitionString = {
            'Fn::Sub': definition.replace(
              /\$\{\w+Function\w+\.Arn\}/,
              'arn:aws:lambda:us-east-1:123456789012:function:forgotten',
            ),
          };
        }
      }),
  };
}
