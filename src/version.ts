/** How the gate names itself to AWS and to the endpoints that it asks. */
export const NAME = 'apigw-iam-gate';
export const VERSION = '0.1.0';
