/**
 * A shell for the script for strangers: an empty home, and a PATH on which aws, npm, npx, git and
 * node are stubs that write down how they were called.
 */
import { execFileSync, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

export const SCRIPT = path.resolve(__dirname, '../../../../scripts/verify-in-cloudshell.sh');
export const COMMIT = 'c0ffee00'.repeat(5);

/** What `aws ssm get-parameter` and `aws cloudformation describe-stacks` answer. */
export interface Answer {
  readonly status: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** What happens at a prompt: what is typed, or what becomes of the terminal or the process. */
export type AtPrompt = 'yes' | 'no' | 'nothing' | 'Ctrl-C' | 'EOF' | 'hang-up' | 'kill';

export interface Call {
  readonly args?: readonly string[];
  readonly bootstrap?: Answer;
  readonly environment?: NodeJS.ProcessEnv;
  /** Another one than that of the repository. */
  readonly script?: string;
  /** At the first prompt, at the second, and so on. Unset: there is no terminal. */
  readonly atPrompts?: readonly AtPrompt[];
}

export interface Ended {
  /** Minus nine after a kill. */
  readonly status: number | null;
  readonly output: string;
}

const PROGRAMS = 'bash env sh mktemp rm rmdir mkdir find grep cat cut date sha256sum dirname'.split(
  ' ',
);

/** They stand for what reaches AWS or the network, and for what would take minutes. */
const STUB = `#!/usr/bin/env bash
name=\${0##*/}
printf '%s\\n' "$name $*" >> "$STUB_LOG"
case "$name $*" in
  'aws sts get-caller-identity'*) printf '%s\\n' "$STUB_ACCOUNT" ;;
  'aws configure get region'*) echo eu-west-1 ;;
  'aws ssm get-parameter'* | 'aws cloudformation describe-stacks'*)
    printf '%s' "$STUB_STDERR" >&2; printf '%s' "$STUB_STDOUT"; exit "$STUB_STATUS" ;;
  'aws cloudformation describe-stack-resource'*) echo somebodys-bucket ;;
  'aws s3api list-object-versions'*)
    [ -e "$STUB_LOG.emptied" ] || echo '{"Objects": [{"Key": "code.zip", "VersionId": "1"}]}' ;;
  'aws s3api delete-objects'*) : > "$STUB_LOG.emptied" ;;
  'git clone'* | 'git init'*) mkdir -p "\${@: -1}" ;;
  'git rev-parse'*) printf '%s\\n' "$STUB_HEAD" ;;
  'git fetch'*) exit "$STUB_FETCH" ;;
  'npm ci'*) mkdir -p "\${npm_config_cache:-$HOME/.npm}/_cacache/of-the-script" ;;
  'npx '*bootstrap*) mkdir -p "\${CDK_HOME:-$HOME/.cdk}/cache/of-the-script" ;;
  'node --version') echo "$STUB_NODE" ;;
  'node -e '*) [ "$STUB_NODE" != v20.14.0 ] ;;
  'node --import tsx '*)
    mkdir -p "$HOME/.cdk/cache/fingerprints/of-the-script" "\${CDK_HOME:-$HOME/.cdk}/cache/of-the-script"
    [ -z "$STUB_MEANWHILE" ] || : > "$HOME/.cdk/cache/of-somebody"
    case "$*" in *--yes*) exit "$STUB_VERIFY" ;; esac
    read -r -p 'Go on? Type yes: ' answer || exit 1
    [ "$answer" = yes ] || exit 1 ;;
esac
`;

/** A terminal, in which something happens at each prompt. */
const TERMINAL = `
import os, pty, signal, sys
actions = sys.argv[1].split(',')
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b''
while True:
    try:
        text = os.read(terminal, 4096)
    except OSError:
        break
    if not text:
        break
    sys.stdout.buffer.write(text)
    seen += text
    while actions and b'Type yes: ' in seen:
        seen = seen.split(b'Type yes: ', 1)[1]
        action = actions.pop(0)
        typed = {'yes': b'yes\\n', 'no': b'no\\n', 'nothing': b'\\n', 'Ctrl-C': b'\\x03', 'EOF': b'\\x04'}
        if action in typed:
            os.write(terminal, typed[action])
        elif action == 'kill':
            os.killpg(pid, signal.SIGKILL)
        else:
            os.close(terminal)
            terminal = -1
            break
    if terminal < 0:
        break
status = os.waitpid(pid, 0)[1]
sys.stdout.flush()
sys.exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 137)
`;

const placeOf = (program: string) =>
  fs.realpathSync(
    execFileSync('bash', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim(),
  );

/** Itself, and not a program that looks for it on the PATH. */
const PYTHON = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

export class Shell {
  readonly directory = fs.mkdtempSync(path.join(os.tmpdir(), 'shell-'));
  readonly home = this.folder('home');
  readonly tmp = this.folder('tmp');
  private readonly log = path.join(this.directory, 'log');

  constructor() {
    const bin = this.folder('bin');
    for (const program of PROGRAMS) {
      fs.symlinkSync(placeOf(program), path.join(bin, program));
    }
    for (const name of ['aws', 'npm', 'npx', 'git', 'node']) {
      fs.writeFileSync(path.join(bin, name), STUB, { mode: 0o755 });
    }
    fs.writeFileSync(this.log, '');
  }

  /** Writes a file into the home, as an earlier call or another program did. */
  keep(file: string, text: string): void {
    const place = path.join(this.home, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text);
  }

  /** The files and folders of the home, with what the files say. */
  contents(): Record<string, string> {
    const names = fs.readdirSync(this.home, { recursive: true }) as string[];
    return Object.fromEntries(
      names.sort().map((name) => {
        const place = path.join(this.home, name);
        return [name, fs.statSync(place).isFile() ? fs.readFileSync(place, 'utf8') : ''];
      }),
    );
  }

  /** How each stub was called since the shell was made. */
  calls(): string[] {
    return fs.readFileSync(this.log, 'utf8').split('\n').slice(0, -1);
  }

  run({
    args = [],
    bootstrap = PRESENT,
    environment,
    script = SCRIPT,
    atPrompts,
  }: Call): Promise<Ended> {
    const bash = path.join(this.directory, 'bin/bash');
    const [program, ...words] =
      atPrompts === undefined
        ? [bash, script, ...args]
        : [PYTHON, '-c', TERMINAL, atPrompts.join(','), bash, script, ...args];
    const child = spawn(program!, words, {
      cwd: this.home,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: path.join(this.directory, 'bin'),
        HOME: this.home,
        TMPDIR: this.tmp,
        AWS_REGION: 'eu-central-1',
        VERIFY_COMMIT: COMMIT,
        STUB_LOG: this.log,
        STUB_ACCOUNT: '111122223333',
        STUB_HEAD: COMMIT,
        STUB_FETCH: '0',
        STUB_NODE: 'v20.15.0',
        STUB_VERIFY: '0',
        STUB_MEANWHILE: '',
        STUB_STATUS: String(bootstrap.status),
        STUB_STDOUT: bootstrap.stdout ?? '',
        STUB_STDERR: bootstrap.stderr ?? '',
        ...environment,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    return new Promise((resolve) => child.once('close', (status) => resolve({ status, output })));
  }

  close(): void {
    fs.rmSync(this.directory, { recursive: true });
  }

  private folder(name: string): string {
    const folder = path.join(this.directory, name);
    fs.mkdirSync(folder);
    return folder;
  }
}

const failed = (code: string, text: string): Answer => ({
  status: 254,
  stderr: `\naws: [ERROR]: An error occurred (${code}) when calling the GetParameter operation: ${text}\n`,
});
export const PRESENT: Answer = { status: 0, stdout: '27\n' };
export const ABSENT = failed('ParameterNotFound', '');
/** Answers that say neither that it is there nor that it is not, by what they are. */
export const UNKNOWN: Readonly<Record<string, Answer>> = {
  throttled: failed('ThrottlingException', 'Rate exceeded (reached max retries: 2)'),
  denied: failed('AccessDeniedException', 'is not authorized to perform: ssm:GetParameter'),
  'timed out': { status: 255, stderr: 'Read timeout on endpoint URL: "https://ssm"\n' },
  'of expired credentials': failed('ExpiredTokenException', 'The security token is expired'),
  'of nobody': { status: 255, stderr: 'Could not connect to the endpoint URL: "https://ssm"\n' },
  missing: { status: 0 },
  'no number': { status: 0, stdout: 'None\n' },
  'of a proxy': { status: 0, stdout: '<html><title>Sign in</title></html>' },
  'an error that names another': failed('InternalServerError', 'not ParameterNotFound'),
  'nothing, and fails': { status: 130 },
};
