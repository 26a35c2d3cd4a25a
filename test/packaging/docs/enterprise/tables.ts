/**
 * Renders the tables and policies of docs/quotas.md and docs/network-and-scp.md.
 * `npx tsx --tsconfig tsconfig.dev.json test/packaging/docs/enterprise/tables.ts` writes them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { type Grant, grantsOf, serviceGrantsOf, unique } from './actions';
import { everyFeature } from './apps';
import { quotas, ROOT } from './quotas';

/** The text between two comments of a page. */
export interface Block {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

/** What the functions call with a client of their own. A test looks for the clients. */
export const CLIENTS: Readonly<Record<string, string>> = {
  '@aws-sdk/client-s3': 's3',
  '@aws-sdk/client-sfn': 'states',
  '@aws-sdk/client-sns': 'sns',
};

const FUNCTIONS = /Batch$|Run$|Objects$|Failure$/;

const serviceOf = (action: string) => action.split(':')[0]!;

export function blocks(): Block[] {
  const templates = everyFeature();
  const grants = grantsOf(templates);
  return [
    { file: 'docs/quotas.md', name: 'quotas', text: quotaTable() },
    { file: 'docs/network-and-scp.md', name: 'actions', text: actionTable(grants) },
    {
      file: 'docs/network-and-scp.md',
      name: 'services',
      text: [
        '| Service | What it may do | On |',
        '|---|---|---|',
        ...unique(
          serviceGrantsOf(templates).map(
            ({ service, action, resource }) => `| \`${service}\` | \`${action}\` | ${resource} |`,
          ),
        ),
      ].join('\n'),
    },
    { file: 'docs/network-and-scp.md', name: 'allow list', text: json(allowList(grants)) },
    { file: 'docs/network-and-scp.md', name: 'endpoints', text: endpoints(grants) },
  ];
}

function quotaTable(): string {
  return [
    '| Quota | AWS allows | One archiver takes | Twelve take | To change it |',
    '|---|---|---|---|---|',
    ...quotas().map(
      ({ name, value, page, one, twelve, change }) =>
        `| [${name}](${page}) | ${value} | ${one} | ${twelve} | ${change} |`,
    ),
  ].join('\n');
}

function actionTable(grants: readonly Grant[]): string {
  const rows = unique(grants.map(({ action, on }) => `${serviceOf(action)}\n${on}`)).map((key) => {
    const [service, on] = key.split('\n');
    const here = grants.filter((grant) => serviceOf(grant.action) === service && grant.on === on);
    const actions = unique(here.map(({ action }) => action.split(':')[1]))
      .map((action) => `\`${action}\``)
      .join(' ');
    return `| \`${service}\` | ${on} | ${actions} | ${rolesOf(here)} |`;
  });
  return ['| Service | On | Actions | Roles |', '|---|---|---|---|', ...rows].join('\n');
}

function rolesOf(grants: readonly Grant[]): string {
  const roles = unique(grants.map(({ role }) => role));
  const functions = roles.filter((role) => FUNCTIONS.test(role));
  const others = roles.filter((role) => !FUNCTIONS.test(role));
  const all = unique(grants.map(({ role }) => role)).length;
  return all > 6 ? ['the functions', ...others].join(', ') : [...functions, ...others].join(', ');
}

/** The statement of a service control policy that allows nothing else. */
function allowList(grants: readonly Grant[]): object {
  return {
    Effect: 'Allow',
    Action: unique(grants.map(({ action }) => action)),
    Resource: '*',
  };
}

/** What the functions themselves ask for, by the service whose endpoint they use. */
export function endpointActions(grants: readonly Grant[]): ReadonlyMap<string, string[]> {
  return new Map(
    Object.values(CLIENTS).map((service) => [
      service,
      unique(
        grants
          .filter(({ role, action }) => FUNCTIONS.test(role) && serviceOf(action) === service)
          .map(({ action }) => action),
      ),
    ]),
  );
}

function endpoints(grants: readonly Grant[]): string {
  return [...endpointActions(grants)]
    .map(([service, Action]) => {
      const name = service === 's3' ? 's3` (a gateway)' : `${service}\` (an interface)`;
      const statement = {
        Effect: 'Allow',
        Principal: '*',
        Action,
        Resource: '*',
        Condition: { StringEquals: { 'aws:PrincipalAccount': 'ACCOUNT' } },
      };
      return `\`com.amazonaws.REGION.${name}:\n\n${json(statement)}`;
    })
    .join('\n\n');
}

const json = (value: object) =>
  // Lists of actions are in lines of about 100 characters.
  `\`\`\`json\n${JSON.stringify(value, null, 2).replace(
    /\[\n([^\]]*?)\n\s*\]/g,
    (_, items: string) =>
      `[\n${wrap(
        items
          .split(/,?\n\s*/)
          .filter(Boolean)
          .map((item) => item.trim()),
      )}\n  ]`,
  )}\n\`\`\``;

function wrap(items: readonly string[]): string {
  const lines: string[] = [];
  for (const [index, item] of items.entries()) {
    const text = index < items.length - 1 ? `${item},` : item;
    const last = lines[lines.length - 1];
    if (last === undefined || last.length + text.length > 98) {
      lines.push(`    ${text}`);
    } else {
      lines[lines.length - 1] = `${last} ${text}`;
    }
  }
  return lines.join('\n');
}

export const pageOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const marks = (name: string) => [`<!-- ${name} -->\n`, `\n<!-- end of ${name} -->`] as const;

/** The text that a page has between the comments. */
export function blockIn(page: string, name: string): string {
  const [begin, end] = marks(name);
  const [, rest] = page.split(begin);
  if (rest === undefined || !rest.includes(end)) {
    throw new Error(`the page has no comments ${begin.trim()} and ${end.trim()}`);
  }
  return rest.split(end)[0]!;
}

if (require.main === module) {
  for (const { file, name, text } of blocks()) {
    const page = pageOf(file);
    const [begin] = marks(name);
    writeFileSync(
      path.join(ROOT, file),
      page.replace(begin + blockIn(page, name), () => begin + text),
    );
  }
}
