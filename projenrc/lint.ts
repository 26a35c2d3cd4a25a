import { readdirSync } from 'node:fs';
import { type awscdk, Component, javascript, type Task } from 'projen';

/**
 * Who may not import whom in `src`. Each row is a wall: files below `target` must not import files
 * below `from`.
 */
const WALLS: ReadonlyArray<{
  readonly target: string;
  readonly from: string;
  readonly except?: string[];
  readonly message: string;
}> = [
  {
    target: './src/construct',
    from: './src/lambda',
    message:
      "The construct runs in the consumer's app and the functions run in Lambda: what both need " +
      'belongs in src/contract or src/dates.',
  },
  {
    target: './src/*.ts',
    from: './src/lambda',
    message:
      "The public API runs in the consumer's app and the functions run in Lambda: what both " +
      'need belongs in src/contract or src/dates.',
  },
  {
    target: './src/lambda',
    from: './src',
    except: ['./lambda', './contract', './dates', './features', './actions'],
    message:
      'The functions must not load the construct or aws-cdk-lib: what both need belongs in ' +
      'src/contract or src/dates.',
  },
  {
    target: './src/contract',
    from: './src',
    except: ['./contract', './dates', './features'],
    message: 'The contract is what both sides agree on: it imports neither of them.',
  },
  {
    target: './src/dates',
    from: './src',
    except: ['./dates'],
    message: 'Dates are arithmetic that everybody loads: they import nobody.',
  },
  {
    target: './src',
    from: './packages',
    message: 'The published package must not load the sandbox or the S3 double.',
  },
  {
    target: './packages/s3-double/src',
    from: './packages/sandbox',
    message: 'The S3 double is a server of its own: it does not know the sandbox.',
  },
  {
    target: './packages/engine/src',
    from: './packages',
    except: ['./engine'],
    message: 'The engine runs any definition on any S3: it does not know who uses it.',
  },
  {
    target: './packages/command/src',
    from: './packages/sandbox',
    message: 'The command asks AWS, which the sandbox must not reach: neither knows the other.',
  },
  {
    target: './packages/sandbox/src',
    from: './packages/command',
    message: 'The sandbox must not reach AWS, which the command asks: neither knows the other.',
  },
];

/**
 * The schemas of payloads load valibot, which would become a dependency of every consumer. Their
 * types load nothing.
 */
const PAYLOADS_AS_TYPES = {
  group: ['**/payloads/*'],
  allowTypeImports: true,
  message:
    'Only the functions may load payloads, because a consumer does not have the packages that ' +
    'they need: use "import type".',
};

/**
 * The folder of each Lambda function in `src/lambda`. What two functions need lies in a folder
 * beside them.
 */
const FUNCTION_FOLDERS = [
  'plan-run',
  'list-objects',
  'archive-batch',
  'verify-batch',
  'restore-batch',
  'report-run',
  'explain-failure',
];
/** Folders that the functions share. */
const LAMBDA_FOLDERS = [
  'surroundings',
  'text',
  'notes',
  'pricing',
  'runtime',
  's3',
  'alerts',
  'page',
  'plan',
  'throughput',
  'selection',
  'ledger',
  'attributes',
  'move',
  'calendar',
  'batch',
];
/**
 * Folders in ranks, from the ground up: each imports only those before it, and no file that lies
 * beside the folders.
 */
const RANKS: ReadonlyArray<{ readonly root: string; readonly folders: readonly string[] }> = [
  {
    root: './src/lambda',
    folders: LAMBDA_FOLDERS,
  },
  {
    root: './src/construct',
    folders: ['places', 'props', 'functions', 'monitoring', 'state-machine', 'access'],
  },
  {
    root: './packages/s3-double/src',
    folders: [
      'common',
      'policy-language',
      'checksums',
      'store',
      'http',
      'access',
      'faults',
      'objects',
      'operations',
      'server',
      'command',
    ],
  },
  {
    root: './packages/engine/src',
    folders: ['common', 'states-language', 'lambda', 'step-functions'],
  },
  {
    root: './packages/sandbox/src',
    folders: [
      'common',
      'files',
      'sns',
      'assembly',
      'iam',
      'eventbridge',
      'lambda',
      'sqs',
      's3-backend',
      'step-functions',
      'summary',
      'core',
      'demo',
      'cli',
      'bin',
    ],
  },
  {
    root: './packages/command/src',
    folders: ['guard', 'look', 'output', 'settings', 'processes', 'functions', 'run', 'cli', 'bin'],
  },
];

/** What can be read at one sitting, as prettier formats it. Lines without code do not count. */
const MAX_LINES = { skipBlankLines: true, skipComments: true };
/**
 * prettier wraps code, and neither comments nor strings. A template may hold HTML or CSS, whose
 * line breaks would be part of the text. Titles and expectations of tests are what they are.
 */
const MAX_LENGTH = {
  code: 100,
  ignoreUrls: true,
  ignoreRegExpLiterals: true,
  ignoreTemplateLiterals: true,
  ignoreStrings: true,
};

/** One code style, and the walls between folders (docs/architecture.md). */
export class Lint extends Component {
  private readonly lint: Task;
  private readonly eslint: Task;

  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const eslint = javascript.Eslint.of(project)!;
    eslint.addRules({
      curly: ['error', 'all'],
      'import/enforce-node-protocol-usage': ['error', 'always'],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      'max-len': ['error', MAX_LENGTH],
      'import/no-restricted-paths': [
        'error',
        { zones: [...WALLS, ...functionWalls(), ...rankWalls(), ...optionWalls()] },
      ],
    });
    eslint.addOverride({
      files: [
        'src/*.ts',
        'src/construct/**',
        'src/{features,actions}/*/{construct,contract}/**',
        'src/contract/*.ts',
        'src/contract/checks/**',
        'src/dates/**',
      ],
      rules: {
        '@typescript-eslint/no-restricted-imports': ['error', { patterns: [PAYLOADS_AS_TYPES] }],
      },
    });
    // Half of the linter's time if tests had to obey it, too.
    eslint.addOverride({
      files: ['src/**', 'packages/*/src/**'],
      rules: {
        'import/no-cycle': ['error', { ignoreExternal: true }],
        'max-len': ['error', { ...MAX_LENGTH, ignoreStrings: false }],
        'max-lines': ['error', { max: 400, ...MAX_LINES }],
        'max-lines-per-function': ['error', { max: 70, ...MAX_LINES }],
      },
    });
    // A reader of a type sees what it is. The compiler finds out what a function returns, and a
    // change of that would change types far away without a word. The types of schemas are inferred.
    eslint.addOverride({
      files: ['src/**'],
      excludedFiles: ['src/contract/payloads/**'],
      rules: {
        '@typescript-eslint/explicit-module-boundary-types': [
          'error',
          // Type guards take anything.
          { allowArgumentsExplicitlyTypedAsAny: true },
        ],
      },
    });
    // A workspace has dependencies of its own; what only its tests need, the root has.
    eslint.addOverride({
      files: [
        'packages/**/*.ts',
        'test/**/*.ts',
        'assurance/**/*.ts',
        'benchmark/**/*.ts',
        'scripts/**/*.ts',
      ],
      rules: {
        'import/no-extraneous-dependencies': [
          'error',
          {
            devDependencies: true,
            packageDir: [
              '.',
              ...['s3-double', 'engine', 'sandbox', 'command'].map((name) => `packages/${name}`),
            ],
          },
        ],
      },
    });
    // Apps outside the repository have packages of their own.
    eslint.addOverride({
      files: ['consumer', 'versions', 'compliance'].map(
        (folder) => `test/packaging/${folder}/**/*.ts`,
      ),
      rules: {
        'import/no-extraneous-dependencies': [
          'error',
          {
            devDependencies: true,
            packageDir: ['.', 'test/packaging/consumer', 'test/packaging/compliance'],
          },
        ],
      },
    });
    this.lint = project.addTask('lint', {
      description: 'Checks style, formatting and imports, and changes nothing',
      env: { ESLINT_USE_FLAT_CONFIG: 'false', NODE_NO_WARNINGS: '1' },
    });
    this.eslint = eslint.eslintTask;
  }

  /**
   * `eslint` repairs what it can, so it formats. `lint` takes the same files, and fails if a file
   * is not formatted, or has a warning that `eslint` would repair. All files are known only now.
   */
  preSynthesize(): void {
    const [{ execArgs = [] }] = this.eslint.steps;
    const check = execArgs.filter((each) => each !== '--fix' && each !== '$@');
    this.lint.execArgs([...check, '--max-warnings', '0']);
  }
}

function functionWalls() {
  return FUNCTION_FOLDERS.map((folder) => ({
    target: `./src/lambda/${folder}`,
    from: './src/lambda',
    except: [folder, ...LAMBDA_FOLDERS].map((allowed) => `./${allowed}`),
    message:
      "A function's folder must not import another function's folder: move what both need into " +
      'a folder that they share.',
  }));
}

/** Folders of options and of actions, each with its sides: construct, contract and lambda. */
const OPTION_ROOTS = ['features', 'actions'];
/** What the files of a side may not import, wherever they lie. */
const OTHER_SIDES: { readonly [side: string]: readonly string[] } = {
  construct: ['lambda'],
  lambda: ['construct'],
  contract: ['construct', 'lambda'],
};

const listFolders = (folder: string) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/**
 * An option or an action imports no other of its kind, and the walls between the construct and the
 * functions go through each of them.
 */
function optionWalls() {
  const folders = OPTION_ROOTS.flatMap((root) =>
    listFolders(`src/${root}`).map((name) => ({ root, name })),
  );
  const sides = folders.flatMap(({ root, name }) =>
    listFolders(`src/${root}/${name}`).map((side) => ({ side, path: `${root}/${name}/${side}` })),
  );
  const apart = folders.map(({ root, name }) => ({
    target: `./src/${root}/${name}`,
    from: `./src/${root}`,
    except: [`./${name}`],
    message: `Each folder of src/${root} can be read, and removed, without the others.`,
  }));
  const walls = Object.entries(OTHER_SIDES).flatMap(([side, others]) => {
    const targets = [
      side,
      ...sides.filter((each) => each.side === side).map(({ path }) => path),
      // The public API runs where the construct runs.
      ...(side === 'construct' ? ['*.ts'] : []),
    ];
    const from = others.flatMap((other) => [
      other,
      ...sides.filter((each) => each.side === other).map(({ path }) => path),
    ]);
    return targets.flatMap((target) =>
      // Between the layers, `WALLS` say more.
      from
        .filter((each) => target.includes('/') || each.includes('/'))
        .map((each) => ({
          target: `./src/${target}`,
          from: `./src/${each}`,
          message: `Files in a folder named ${side} never import one named ${others.join(' or ')}.`,
        })),
    );
  });
  return [...apart, ...walls];
}

function rankWalls() {
  return RANKS.flatMap(({ root, folders }) =>
    folders.map((folder, rank) => ({
      target: `${root}/${folder}`,
      from: root,
      except: folders.slice(0, rank + 1).map((allowed) => `./${allowed}`),
      message:
        `Imports lead down: ${folder} may import ` +
        `${rank === 0 ? 'no other folder' : folders.slice(0, rank).join(', ')}.`,
    })),
  );
}
