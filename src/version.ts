/** How the gate names itself to AWS and to the endpoints that it asks. */
export const NAME = 'apigw-iam-gate';
/** That of package.json, from where `npm version` writes it here. */
export const VERSION = '0.1.0';
