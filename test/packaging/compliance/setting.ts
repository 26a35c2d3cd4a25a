import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Judged } from './judge';
import { installPackages, ownModule, ROOT, tarball, tryProgram } from './programs';

/** A folder outside the repository with CDK, cdk-nag, the tarball, and the apps that are judged. */
export class Setting {
  constructor(private readonly folder: string) {}

  public install(given?: string): void {
    const { dependencies } = JSON.parse(
      fs.readFileSync(path.join(__dirname, 'package.json'), 'utf8'),
    ) as { dependencies: Record<string, string> };
    installPackages(this.folder, {
      ...dependencies,
      'cdk-s3-dated-archiver': `file:${tarball(path.join(this.folder, 'packed'), given)}`,
    });
    fs.cpSync(path.join(__dirname, 'apps'), path.join(this.folder, 'apps'), { recursive: true });
    fs.cpSync(path.join(ROOT, 'examples/typescript'), path.join(this.folder, 'examples'), {
      recursive: true,
    });
  }

  /** Returns every example, and the apps of this folder that judges should accept. */
  public apps(): Judged[] {
    const examples = fs
      .readdirSync(path.join(this.folder, 'examples'))
      .filter((name) => fs.existsSync(path.join(this.folder, 'examples', name, 'app.ts')));
    return [
      ...['default', 'guarded'].map((name) => this.synthesize(name, `apps/${name}.ts`)),
      ...examples.sort().map((name) => this.synthesize(name, `examples/${name}/app.ts`)),
    ];
  }

  /** Returns an app that is wrong on purpose. */
  public spoiled(name: string): Judged {
    return this.synthesize(name, `apps/${name}.ts`, false);
  }

  private synthesize(name: string, app: string, mustSucceed = true): Judged {
    const assembly = path.join(this.folder, 'cdk.out', name);
    const nag = path.join(this.folder, `${name}.nag.json`);
    const loader = [
      '--require',
      ownModule('tsx/dist/preflight.cjs'),
      '--import',
      `file://${ownModule('tsx/dist/loader.mjs')}`,
    ];
    // Judges only read templates. Copies of the bundles would waste space.
    const env = {
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:disable-asset-staging': true }),
    };
    const { status, output } = tryProgram('node', [...loader, 'apps/synth.ts', app, nag], {
      cwd: this.folder,
      env,
    });
    if (mustSucceed && status !== 0) {
      throw new Error(`${app} does not synthesize:\n${output}`);
    }
    return { name, assembly, nag, templates: templatesIn(assembly) };
  }
}

function templatesIn(assembly: string): string[] {
  return fs
    .readdirSync(assembly, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.template.json'))
    .map((file) => path.join(assembly, file));
}

/** Returns a copy of an app's assembly with changed templates. */
export function changed(app: Judged, change: (template: Template) => void): Judged {
  const assembly = `${app.assembly}.${Math.random().toString(36).slice(2)}`;
  fs.cpSync(app.assembly, assembly, { recursive: true });
  const templates = templatesIn(assembly);
  for (const file of templates) {
    const template = readTemplate(file);
    change(template);
    fs.writeFileSync(file, JSON.stringify(template));
  }
  return { ...app, assembly, templates };
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

export interface Template {
  readonly Resources: Record<string, Resource>;
}

export function readTemplate(file: string): Template {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as Template;
}

/** Returns the resources of a type. */
export function ofType({ Resources }: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(Resources).filter(([, { Type }]) => Type === type);
}
