import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const read = (file: string) => readFileSync(path.resolve(__dirname, '../../..', file), 'utf8');
const { engines, peerDependencies, devDependencies } = JSON.parse(read('package.json'));

/** Returns the cells of the row of VERSIONS.md that begins with a name. */
function row(name: string): string[] {
  const line = read('VERSIONS.md')
    .split('\n')
    .find((text) => text.startsWith(`| ${name} |`));
  return line!
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

test(
  'VERSIONS.md names the floor that the package asks for, and the version that it is ' +
    'developed on',
  () => {
    const [supported, tested] = row('aws-cdk-lib');
    const floor = peerDependencies['aws-cdk-lib'].replace('^', '');
    expect([supported, tested]).toEqual([
      expect.stringContaining(`${floor} and later`),
      expect.stringContaining(`${floor}, ${devDependencies['aws-cdk-lib']} (development)`),
    ]);
    expect(row('constructs')[0]).toContain(
      `${peerDependencies.constructs.replace('^', '')} and later`,
    );
    expect(row('Node.js, to synthesize')[0]).toBe(`${/\d+\.\d+/.exec(engines.node)![0]} and later`);
  },
);

test('VERSIONS.md names the runtime of the functions', () => {
  const construct = read('src/construct/functions/runtime.ts');
  expect(row('Lambda runtime')[0]).toContain(`Node.js ${/nodejs(\d+)\.x/.exec(construct)![1]} `);
});

test.each([
  ['Java', 'examples/java/daily-cron/pom.xml', /<maven\.compiler\.release>(\d+)</],
  ['TypeScript and JavaScript', 'package.json', /"typescript": "\^(\d+\.\d+)/],
])('the version of %s in VERSIONS.md is the one of %s', (name, file, version) => {
  expect(row(name)[1]).toContain(version.exec(read(file))![1]);
});

test('the examples in Java and Go stand on the aws-cdk-lib of the others', () => {
  const version = devDependencies['aws-cdk-lib'];
  expect(read('examples/java/daily-cron/pom.xml')).toContain(
    `<cdk.version>${version}</cdk.version>`,
  );
  expect(read('examples/go/daily-cron/go.mod')).toContain(`awscdk/v2 v${version}\n`);
});
