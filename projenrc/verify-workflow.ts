import { type awscdk, Component, github } from 'projen';

type Step = github.workflows.JobStep;

const { READ, WRITE } = github.workflows.JobPermission;
const TOOLS = { node: { version: '24' } };
const CHECKOUT: Step = { uses: 'actions/checkout@v7', with: { 'persist-credentials': false } };
const FUNCTIONS = { name: 'functions', path: 'assets' };

/**
 * Starts the command without what GitHub gives the job to ask for a token: no dependency gets one.
 */
const VERIFY =
  'env -u ACTIONS_ID_TOKEN_REQUEST_TOKEN -u ACTIONS_ID_TOKEN_REQUEST_URL npm run --silent ' +
  'verify:aws --';

/** Both end before the credentials do, so that the clean-up can always delete. */
const VERIFY_MINUTES = 40;
const CLEAN_UP_MINUTES = 15;
/**
 * No scenario begins after that, so that the command itself destroys and reports before GitHub ends
 * it.
 */
const PLAY_MINUTES = 30;

/**
 * A workflow that a maintainer starts by hand: it runs `npm run verify:aws` in an account for
 * tests, and keeps what it said. The role trusts GitHub's OIDC provider and this repository's
 * environment `verify-aws` only.
 * https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
 *
 * A job without rights builds. The job that may get a token waits for the environment's approval,
 * and installs the dependencies without their scripts.
 */
export class VerifyWorkflow extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    const workflow = project.github!.addWorkflow('verify-aws');
    workflow.on({
      workflowDispatch: {
        inputs: {
          role: {
            description: 'ARN of the role to assume, in an account for tests',
            required: true,
            type: 'string',
          },
          region: {
            description: 'Region in which cdk bootstrap was run',
            required: true,
            type: 'string',
          },
          only: {
            description: 'Scenarios whose name has this word, or smoke; all if empty',
            required: false,
            type: 'string',
          },
          with: {
            description:
              'More scenarios: kms, load, versioned, large, athena, locks, with commas between ' +
              'them',
            required: false,
            type: 'string',
          },
        },
      },
    });
    workflow.addJob('build', {
      runsOn: ['ubuntu-latest'],
      permissions: { contents: READ },
      tools: TOOLS,
      steps: [
        CHECKOUT,
        { run: 'npm ci' },
        { run: 'npx projen bundle' },
        { uses: 'actions/upload-artifact@v7', with: FUNCTIONS },
      ],
    });
    workflow.addJob('verify', {
      needs: ['build'],
      environment: 'verify-aws',
      runsOn: ['ubuntu-latest'],
      permissions: { contents: READ, idToken: WRITE },
      tools: TOOLS,
      timeoutMinutes: VERIFY_MINUTES + CLEAN_UP_MINUTES + 15,
      // Inputs reach scripts as variables only, so that no input is read as a command.
      env: {
        ROLE: '${{ inputs.role }}',
        REGION: '${{ inputs.region }}',
        ONLY: '${{ inputs.only }}',
        WITH: '${{ inputs.with }}',
      },
      steps: [
        CHECKOUT,
        { run: 'npm ci --ignore-scripts' },
        { uses: 'actions/download-artifact@v8', with: FUNCTIONS },
        assumeRole(),
        {
          name: 'Verify',
          timeoutMinutes: VERIFY_MINUTES,
          run:
            `set -o pipefail\n${VERIFY} --profile verify --region "$REGION" --yes --minutes ` +
            `${PLAY_MINUTES} --only "$ONLY" \${WITH:+--with "$WITH"} 2>&1 | tee transcript.txt`,
        },
        {
          name: 'Clean up what is left',
          if: 'always()',
          timeoutMinutes: CLEAN_UP_MINUTES,
          run: `set -o pipefail\n${VERIFY} --clean-up --yes 2>&1 | tee -a transcript.txt`,
        },
        {
          if: 'always()',
          uses: 'actions/upload-artifact@v7',
          with: { name: 'verify-aws-transcript', path: 'transcript.txt\nverify-report.*' },
        },
      ],
    });
  }
}

/**
 * The exchange happens once, and the credentials hold for an hour: the token itself expires before
 * the clean-up.
 */
function assumeRole(): Step {
  return {
    name: 'Assume the role',
    run: [
      'umask 077',
      'token=$(curl -sSf -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" ' +
        '"$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" | jq -r .value)',
      'credentials=$(aws sts assume-role-with-web-identity --region "$REGION" --role-arn ' +
        '"$ROLE" --role-session-name verify-aws ' +
        '--duration-seconds 3600 --web-identity-token "$token" --query Credentials --output json)',
      'mkdir -p ~/.aws',
      'jq -r \'"[verify]\\naws_access_key_id = \\(.AccessKeyId)\\naws_secret_access_key = ' +
        '\\(.SecretAccessKey)\\naws_session_token = \\(.SessionToken)"\' ' +
        '<<< "$credentials" > ~/.aws/credentials',
    ].join('\n'),
  };
}
